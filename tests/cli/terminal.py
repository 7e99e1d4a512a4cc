"""A terminal of our own with a program on it: what it shows, and what a person types."""

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """A program on a pseudo-terminal; it is the leader of its session, so that Ctrl-C reaches it."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], folder: Path, stdout: int | None = None
    ) -> None:
        self._ours, theirs = pty.openpty()
        self._name = os.ttyname(theirs)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *command],
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            env=dict(environ),
            cwd=folder,
        )
        os.close(theirs)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._ours)  # hangs up: whatever still runs on it ends
        self.process.wait(timeout=20)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows `text`."""
        deadline = time.monotonic() + 50
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} is not in {self.shown!r}"
            self._read()

    def wait_until_read(self) -> None:
        """Wait until the program has taken every line that was typed."""
        deadline = time.monotonic() + 50
        while self._typed_and_not_read():
            assert time.monotonic() < deadline, f"nothing is read; shown: {self.shown!r}"
            self._read()

    def _typed_and_not_read(self) -> bool:
        theirs = os.open(self._name, os.O_RDWR | os.O_NOCTTY)
        try:
            return any(fcntl.ioctl(theirs, termios.FIONREAD, bytes(4)))
        finally:
            os.close(theirs)

    def end(self) -> int:
        """Wait until the program ends; return its exit code."""
        while self._read():
            pass
        return self.process.wait(timeout=20)

    def _read(self) -> bool:
        if select.select([self._ours], [], [], 0.1)[0]:
            try:
                self.shown += os.read(self._ours, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                return False
        return True

"""Servers that tests start for themselves: found on the machine, on a free port, gone with the session."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

BEHIND = Path("/usr/lib/postgresql")
"""Where Debian puts PostgreSQL, a folder a release, and nothing into the usual folders."""


def find(program: str, *more: str) -> str:
    """Return where a program is, also beside the usual folders; skip the test where it is missing."""
    versions = [folder / "bin" / program for folder in sorted(BEHIND.glob("*"), reverse=True)]
    for place in (shutil.which(program), *(str(path) for path in versions), *more):
        if place is not None and Path(place).exists():
            return place
    pytest.skip(f"needs {program}, which is not installed here")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Server:
    """A running server: what it says goes to a file, and it can be ended and started again."""

    ending = signal.SIGKILL

    def __init__(self, command: list[str], folder: Path, port: int, user: str | None = None) -> None:
        self.port = port
        self._command = command
        self._log = folder / "log"
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; whether it answers is for the caller to ask."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd="/",
                start_new_session=True,
            )

    def said(self) -> str:
        """Return what it wrote."""
        return self._log.read_text(errors="replace")

    def wait_until(self, answers: Callable[[], object], not_yet: type[Exception]) -> None:
        """Ask until it answers without this error; fails with what it said if that takes 20 seconds."""
        for _ in range(800):
            try:
                answers()
            except not_yet:
                assert not self.has_ended(), self.said()
                time.sleep(0.025)
            else:
                return
        pytest.fail(self.said())

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """End it at once; nothing that it holds is wanted."""
        if self._process is not None:
            self._process.send_signal(self.ending)
            self._process.wait()
            self._process = None

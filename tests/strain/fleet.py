"""Worker processes that come and go, and what their ledger says about who did what when."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from tests.strain.account_worker import Entry


class Fleet:
    """So many workers; one that is gone is followed by a new one."""

    def __init__(
        self, size: int, ledger: Path, arguments: Sequence[str], environment: dict[str, str]
    ) -> None:
        self._command = [
            sys.executable,
            "-m",
            "tests.strain.account_worker",
            str(ledger),
            "worker",
            *arguments,
        ]
        self._environment = environment
        self._ledger = ledger
        self._log = ledger.with_suffix(".log")
        self._workers = [self._start() for _ in range(size)]

    def kill_one(self, chance: random.Random) -> None:
        """End a worker without a warning, in the middle of whatever it does, and start another."""
        at = chance.randrange(len(self._workers))
        self._workers[at].kill()
        self._workers[at].wait()
        self._workers[at] = self._start()

    def pause_one(self, chance: random.Random, seconds: float) -> None:
        """Stop a worker for so long, then let it go on."""
        worker = chance.choice(self._workers)
        worker.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        worker.send_signal(signal.SIGCONT)

    def renew(self) -> None:
        """Start a new worker for each that has ended by itself, as a supervisor does."""
        for at, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[at] = self._start()

    def stop(self) -> list[int]:
        """Ask all to end, and return their exit codes."""
        for worker in self._workers:
            worker.terminate()
        return [worker.wait(30) for worker in self._workers]

    def kill(self) -> None:
        """End what is left."""
        for worker in self._workers:
            worker.kill()
            worker.wait()

    def said(self) -> str:
        """Return what all of them wrote to stderr."""
        return self._log.read_text("utf-8")

    def entries(self) -> list[Entry]:
        """Return what all of them noted, in the order in which it happened."""
        lines = self._ledger.read_bytes().splitlines()
        return sorted((msgspec.json.decode(line, type=Entry) for line in lines), key=lambda entry: entry.at)

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
            )


def turns(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield what one process after the other noted of an account; two at once would have turns in each other's."""
    turn: list[Entry] = []
    for entry in entries:
        if turn and turn[-1].pid != entry.pid:
            yield turn
            turn = []
        turn.append(entry)
    if turn:
        yield turn


def overlaps(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Return where a process noted something while a call of another one was under way that was answered later."""
    answered = {(entry.pid, entry.call): entry.at for entry in entries if not entry.is_sent}
    return [
        (last[-1], first[0])
        for last, first in pairwise(turns(entries))
        if any(answered.get((entry.pid, entry.call), 0.0) > first[0].at for entry in last)
    ]

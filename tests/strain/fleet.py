"""Worker processes that come and go, and who of them changed an account when, by the sandbox's log."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from fenzu.control import Control

CHANGING = {"groups.create", "groups.move_many"}
WORKER = re.compile(r"\bworker=(\d+)")
PAGE = 1_000


class Fleet:
    """So many workers; one that is gone is followed by a new one."""

    def __init__(self, size: int, log: Path, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self._command = [sys.executable, "-m", "tests.strain.account_worker", *arguments]
        self._environment = environment
        self._log = log
        self._started = 0
        self._workers = [self._start() for _ in range(size)]

    def is_up(self) -> bool:
        """Tell whether all who were started have begun to work."""
        return self._log.read_text("utf-8").count('"event":"working"') >= self._started

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

    def _start(self) -> "subprocess.Popen[bytes]":
        self._started += 1
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
            )


class Change(msgspec.Struct, frozen=True):
    """A call that changed an account: whose, by which process, and from when to when the sandbox had it."""

    appid: str
    worker: int
    begun: float
    ended: float


def changes(control: Control) -> dict[str, list[Change]]:
    """Return what workers have changed, by account, in the order in which it began."""
    found: dict[str, list[Change]] = defaultdict(list)
    page = control.requests.list(call="groups.*", after=0, limit=PAGE)
    while page:
        for request in page:
            marked = WORKER.search(request.query)
            if marked and request.call in CHANGING and request.appid:
                begun = request.time - request.duration_ms / 1000
                found[request.appid].append(Change(request.appid, int(marked[1]), begun, request.time))
        page = control.requests.list(call="groups.*", after=page[-1].id, limit=PAGE)
    for those in found.values():
        those.sort(key=lambda change: change.begun)
    return found


def turns(those: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield what one process after the other changed of an account."""
    turn: list[Change] = []
    for change in those:
        if turn and turn[-1].worker != change.worker:
            yield turn
            turn = []
        turn.append(change)
    yield turn


def overlaps(those: Sequence[Change]) -> list[tuple[Change, Change]]:
    """Return where a process changed something while a call of the one before was under way."""
    return [
        (last[-1], first[0])
        for last, first in pairwise(turns(those))
        if max(change.ended for change in last) > first[0].begun
    ]

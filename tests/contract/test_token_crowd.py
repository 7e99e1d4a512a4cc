"""Sixteen processes share an account: one token call per expired token, whatever happens to whoever makes it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
import pytest
from tests.contract.token_worker import Outcome, Round
from tests.fixtures.stores import Place

from fenzu.testing import SandboxAccount
from fenzu.tokens import StoredToken, TokenKey

ROOT = Path(__file__).parents[2]
PROCESSES, TASKS = 16, 50
ENDED = StoredToken("long-gone", 0.0, 1.0, 2.0)
"""Its two hours are over, by the client's own clock."""
MADE_UP = StoredToken("made-up", 0.0, 1e12, 1e12)
"""It looks alive, and the platform answers 40001."""


class Worker:
    """A process of the crowd."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.token_worker"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def tell(self, line: str) -> None:
        self._pipes[0].write(line + "\n")
        self._pipes[0].flush()

    def hear(self) -> str:
        return self._pipes[1].readline()

    def end(self) -> None:
        self.process.kill()
        for pipe in self._pipes:
            pipe.close()
        self.process.wait()


class Crowd:
    """Sixteen processes that do round after round together; whoever was killed is replaced."""

    def __init__(self) -> None:
        self.workers = [Worker() for _ in range(PROCESSES)]

    def begin(self, todo: Round) -> None:
        """Let all prepare a round, then begin it at the same moment."""
        line = msgspec.json.encode(todo).decode()
        for worker in self.workers:
            worker.tell(line)
        for worker in self.workers:
            assert worker.hear() == "ready\n"
        for worker in self.workers:
            worker.tell("go")

    def outcomes(self, *, but: int | None = None) -> list[Outcome]:
        """Return what came of it, without the process that was killed."""
        left = [worker for worker in self.workers if worker.pid != but]
        return [msgspec.json.decode(worker.hear(), type=Outcome) for worker in left]

    def replace(self, pid: int) -> None:
        """Bury a process and start another."""
        [dead] = [worker for worker in self.workers if worker.pid == pid]
        dead.end()
        self.workers[self.workers.index(dead)] = Worker()

    def end(self) -> None:
        for worker in self.workers:
            worker.end()


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    """The processes, started once for all rounds of all stores."""
    crowd = Crowd()
    yield crowd
    crowd.end()


class Scene:
    """An account whose token is dead, a store that holds it, and a note of the token calls."""

    def __init__(self, account: SandboxAccount, place: Place, note: Path) -> None:
        self.todo = Round(account.base_url, account.appid, account.secret, place.kind, place.where, str(note))
        self.note = note
        self._store = place.open()
        self._key = TokenKey(account.base_url, account.appid, "stable")

    def put(self, token: StoredToken) -> None:
        """Let the store hold this token, and forget the calls so far."""
        lease = self._store.acquire(self._key, 10.0)
        assert lease is not None
        assert self._store.put(self._key, token, lease)
        self._store.release(self._key, lease)
        self.note.write_text("")

    @property
    def callers(self) -> list[int]:
        """Return who has made a token call, call by call."""
        return [int(line) for line in self.note.read_text().splitlines()]

    def first_caller(self) -> int:
        """Wait until somebody makes a token call."""
        while not self.callers:
            time.sleep(0.002)
        return self.callers[0]


@pytest.fixture
def scene(account: SandboxAccount, shared_place: Place, tmp_path: Path) -> Scene:
    return Scene(account, shared_place, tmp_path / "token-calls")


def all_well(outcomes: list[Outcome]) -> None:
    """Every task of every process has its answer, and all hold the same token."""
    assert [outcome.errors for outcome in outcomes] == [[] for _ in outcomes]
    assert {outcome.done for outcome in outcomes} == {TASKS}
    assert len({token for outcome in outcomes for token in outcome.tokens}) == 1


@pytest.mark.timeout(1200)
def test_one_token_call_per_dead_token(crowd: Crowd, scene: Scene, full: bool) -> None:
    """16 processes with 50 tasks each on one dead token make exactly one token call, round after round."""
    for number in range(100 if full else 10):
        scene.put(MADE_UP if number % 2 else ENDED)
        crowd.begin(scene.todo)
        all_well(crowd.outcomes())
        assert len(scene.callers) == 1, f"round {number}"


def test_a_slow_token_endpoint(crowd: Crowd, scene: Scene) -> None:
    """While the one token call takes its time, everybody waits for it and nobody makes another."""
    scene.put(ENDED)
    crowd.begin(msgspec.structs.replace(scene.todo, slow=1.0))
    all_well(crowd.outcomes())
    assert len(scene.callers) == 1


@pytest.mark.timeout(600)
def test_the_holder_is_killed(crowd: Crowd, scene: Scene, full: bool) -> None:
    """When whoever fetches is killed, the others make one call more: with a file at once, else when its lease ends.

    The file's lease is longer than this test may take.
    """
    for _ in range(5 if full else 1):
        scene.put(ENDED)
        lease = 3600.0 if scene.todo.kind == "file" else 4.0
        crowd.begin(msgspec.structs.replace(scene.todo, slow=0.5, lease=lease))
        killed = scene.first_caller()
        os.kill(killed, signal.SIGKILL)
        all_well(crowd.outcomes(but=killed))
        assert len(scene.callers) == 2
        assert scene.callers[1] != killed
        crowd.replace(killed)
    scene.put(MADE_UP)
    crowd.begin(scene.todo)
    all_well(crowd.outcomes())
    assert len(scene.callers) == 1


@pytest.mark.timeout(600)
def test_the_holder_sleeps_past_its_lease(crowd: Crowd, scene: Scene, full: bool) -> None:
    """A holder that stood still past its lease and goes on then ends nobody's fresh token: it takes it."""
    for _ in range(5 if full else 1):
        scene.put(ENDED)
        crowd.begin(msgspec.structs.replace(scene.todo, slow=0.5, lease=4.0))
        asleep = scene.first_caller()
        os.kill(asleep, signal.SIGSTOP)
        try:
            outcomes = crowd.outcomes(but=asleep)
        finally:
            os.kill(asleep, signal.SIGCONT)
        [late] = [worker for worker in crowd.workers if worker.pid == asleep]
        all_well([*outcomes, msgspec.json.decode(late.hear(), type=Outcome)])
        assert len(scene.callers) == 2

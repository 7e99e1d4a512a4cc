"""The plan of a larger move: pressed again, and stopped while it is written."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from tests.pretended_account import PretendedAccount, openid_of
from tests.unit.console.pretended_desk import over

from fenzu.console.account.desk import Desk
from fenzu.console.account.jobs import Job
from fenzu.console.groups import moving
from fenzu.console.groups.moving import Planning, move_or_plan
from fenzu.console.regroup import planning
from fenzu.console.regroup.plan_files import all_runs, save_run
from fenzu.errors import UsageError
from fenzu.mirror import Query
from fenzu.wire.words import Words

OPENIDS = tuple(map(openid_of, range(60)))
FRIENDS = 100
ABOUT = Words("all to friends", "全部移到朋友")


@pytest.fixture
def platform() -> PretendedAccount:
    """More than are moved at once."""
    return PretendedAccount(dict.fromkeys(OPENIDS, 0), {FRIENDS: "朋友"})


class Writing:
    """Plans are written as long as a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._has_begun, self.may_end = threading.Event(), threading.Event()
        monkeypatch.setattr(planning, "save_run", self._save)
        monkeypatch.setattr(moving, "PATIENCE_SECONDS", 0)

    async def begun(self) -> None:
        """Wait until one is being written."""
        await asyncio.to_thread(self._has_begun.wait)

    def _save(self, *given: object) -> str:
        self._has_begun.set()
        self.may_end.wait()
        return save_run(*given)  # type: ignore[arg-type]  # what it is given


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    """Decides how long a plan is written."""
    held = Writing(monkeypatch)
    yield held
    held.may_end.set()


async def turns() -> None:
    """Let what can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def press(desk: Desk) -> Job:
    """Ask to move all, and return the job that plans it."""
    nobody = UsageError(Words("nobody", "没有人"))
    planned = await move_or_plan(desk, FRIENDS, Query(), lambda _: ABOUT, kind="move", nobody=nobody)
    assert isinstance(planned, Planning)
    job = desk.jobs.get(planned.go.rpartition("/")[2])
    assert job is not None
    return job


async def test_a_plan_that_is_stopped_while_it_is_written_leaves_nothing(
    desk: Desk, writing: Writing
) -> None:
    """Stopping waits until the plan is written, and takes it away again: nothing was changed, as the page says."""
    job = await press(desk)
    await writing.begun()
    stopping = asyncio.create_task(job.stop())
    await turns()
    assert not stopping.done()
    writing.may_end.set()
    await stopping
    assert job.state == "stopped"
    assert list(desk.account.runs.iterdir()) == []


async def test_who_presses_again_gets_no_plan_that_is_being_stopped(desk: Desk, writing: Writing) -> None:
    """Asked for again while it is being stopped, a plan is made anew, and it is the only one."""
    first = await press(desk)
    assert await press(desk) is first
    await writing.begun()
    stopping = asyncio.create_task(first.stop())
    again = asyncio.create_task(press(desk))
    await turns()
    writing.may_end.set()
    second = await again
    await stopping
    assert second is not first
    await over(second)
    assert (first.state, second.state) == ("stopped", "done")
    assert len(all_runs(desk.account.runs)) == 1

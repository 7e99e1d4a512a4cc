"""Work on plans as jobs, on an account in memory: carried out, stopped, gone on with, checked, taken back."""

import asyncio
from pathlib import Path

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of
from tests.unit.console.pretended_desk import a_desk, over, plan_of, put_away

from fenzu.console.account.desk import Desk
from fenzu.console.regroup import running
from fenzu.console.regroup.plan_files import find_run
from fenzu.console.regroup.plan_page import read_run
from fenzu.console.regroup.run_words import back_words, checked_words, left_words, tell_asking, tell_run
from fenzu.regroup import Finished, Settings, Stopped
from fenzu.wire.words import Words

OPENIDS = tuple(map(openid_of, range(400)))
FRIENDS = 100
ABOUT = Words("to friends", "移到朋友")


@pytest.fixture
def platform() -> PretendedAccount:
    """Four hundred without a group."""
    return PretendedAccount(OPENIDS, {FRIENDS: "朋友"})


async def planned(desk: Desk, n: int = 100) -> Path:
    """Plan that the first so many become friends."""
    address = await plan_of(desk, FRIENDS, OPENIDS[:n], ABOUT)
    path = find_run(desk.account.runs, address.rpartition("/")[2])
    assert path is not None
    return path


async def test_a_plan_is_carried_out_checked_and_taken_back(desk: Desk, platform: PretendedAccount) -> None:
    """The whole way leads back to where it began, and each step tells how it stands."""
    before, path = platform.state(), await planned(desk)
    assert read_run(path).may == {"apply", "discard"}

    job = desk.jobs.start("run", "x", running.apply(desk, path, Settings()), tell_run)
    assert (await over(job)).heard(Finished) is not None
    told = job.told("en")
    assert (told["state"], told["done"], told["total"]) == ("done", 100, 100)
    assert read_run(path).may == {"undo", "check"}
    assert (await desk.mirrors()).read.counts()[FRIENDS] == 100

    job = await over(desk.jobs.start("check", "x", running.check(desk, path), tell_asking))
    checked = job.heard(running.Checked)
    assert checked is not None
    assert "all 100" in checked_words(checked).en

    platform.members[OPENIDS[0]] = 2
    job = await over(desk.jobs.start("look", "x", running.look(desk, path), tell_asking))
    found = job.heard(running.WayBack)
    assert found is not None
    assert (found.moves, dict(found.left)) == (99, {"moved_since": 1})
    assert "99" in back_words(found).zh
    assert left_words(found) == (Words("moved since: 1", "之后被移动：1 个"),)
    assert job.told("en")["total"] == 100

    await over(desk.jobs.start("run", "x", running.undo(desk, path, Settings()), tell_run))
    shown = read_run(path)
    assert (shown.standing.kind, shown.standing.state, shown.may) == ("undo", "done", frozenset())
    assert shown.undone is not None and shown.undone.moved == 99
    platform.members[OPENIDS[0]] = 0
    assert platform.state() == before


async def test_a_run_that_ends_with_the_console_goes_on_in_the_next(
    desk: Desk, platform: PretendedAccount, tmp_path: Path
) -> None:
    """A console that ends stops its runs in good order, and the next one goes on without moving anybody twice."""
    path = await planned(desk)
    begun = asyncio.Event()

    async def wait_at_second(made: Made) -> None:
        if made.call == "groups.move_many" and OPENIDS[60] in made.openids:
            begun.set()
            await asyncio.Event().wait()

    platform.before = wait_at_second
    job = desk.jobs.start("run", "x", running.apply(desk, path, Settings()), tell_run)
    await begun.wait()
    assert read_run(path).standing.state == "running"
    await desk.jobs.close()
    stopped = job.heard(Stopped)
    assert job.state == "stopped" and stopped is not None
    assert "nothing is lost" in str(job.told("en")["message"])
    assert read_run(path).may >= {"resume", "undo"}

    platform.before = None
    next_desk = await a_desk(platform, tmp_path)
    await over(next_desk.jobs.start("run", "x", running.apply(next_desk, path, Settings()), tell_run))
    report = read_run(path).report
    assert report is not None
    assert (report.state, report.moved, report.failed) == ("done", 100, 0)
    await put_away(next_desk)


async def test_two_runs_at_once_are_refused(desk: Desk, platform: PretendedAccount) -> None:
    """While one plan is carried out, another is refused in words, and nothing of it is done."""
    first, second = await planned(desk), await planned(desk)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(made: Made) -> None:
        if made.call == "groups.move_many":
            begun.set()
            await go_on.wait()

    platform.before = wait
    job = desk.jobs.start("run", "first", running.apply(desk, first, Settings()), tell_run)
    await begun.wait()
    other = await over(desk.jobs.start("run", "second", running.apply(desk, second, Settings()), tell_run))
    assert other.state == "failed"
    assert "another run changes wx1 just now" in str(other.told("en")["error"])
    go_on.set()
    assert (await over(job)).state == "done"


async def test_a_call_that_fails_while_looking_is_told(desk: Desk, platform: PretendedAccount) -> None:
    """What is met while it is asked where everybody is ends the job with its words, and nothing is changed."""
    path = await planned(desk)
    await over(desk.jobs.start("run", "x", running.apply(desk, path, Settings()), tell_run))
    platform.daily["followers.get_many"] = 0
    job = await over(desk.jobs.start("look", "x", running.look(desk, path), tell_asking))
    assert job.state == "failed"
    assert job.error is not None

"""What takes long: it is stopped once, and ends in good order."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from fenzu.console.account import jobs as console_jobs
from fenzu.console.account.jobs import JOBS_KEPT, Board, Jobs
from fenzu.console.account.refused import Refused
from fenzu.errors import StoreError
from fenzu.wire.words import Language, Words


def tell(board: Board, language: Language) -> dict[str, object]:
    """Tell nothing."""
    return {}


class Run:
    """Work that has something to write down at its end."""

    def __init__(self) -> None:
        self.has_begun, self.is_ending, self.may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.is_written = False

    async def events(self) -> AsyncGenerator[object, None]:
        """Work on and on; stopped, write down what was done."""
        try:
            self.has_begun.set()
            await asyncio.Event().wait()
            yield tell
        finally:
            self.is_ending.set()
            await self.may_end.wait()
            self.is_written = True


async def test_a_second_stop_waits_for_the_clean_end_of_the_first() -> None:
    """Stopping twice, as somebody impatient does, does not keep a run from writing down what was done."""
    run = Run()
    job = Jobs().start("run", "plan", run.events(), tell)
    await run.has_begun.wait()
    first = asyncio.create_task(job.stop())
    await run.is_ending.wait()
    second = asyncio.create_task(job.stop())
    await asyncio.sleep(0)
    run.may_end.set()
    await asyncio.gather(first, second)
    assert (run.is_written, job.state) == (True, "stopped")


async def test_a_job_that_is_stopped_before_its_first_step_is_over() -> None:
    """Who watches a job that never came to begin is told that it was stopped."""
    job = Jobs().start("run", "plan", Run().events(), tell)
    await job.stop()
    assert [told["state"] async for told in job.watch("en")] == ["stopped"]


async def fail(error: Exception) -> AsyncGenerator[object, None]:
    """Fail after a step."""
    yield tell
    raise error


async def test_what_went_wrong_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """An error is told in the reader's language; a mistake of ours is told as one, and only the log says which."""
    jobs = Jobs()
    lost = jobs.start("sync", "mirror", fail(StoreError(Words("the disk is gone", "磁盘不可用"))), tell)
    assert [told async for told in lost.watch("zh")][-1]["error"] == "磁盘不可用"
    mistaken = jobs.start("sync", "mirror", fail(ValueError("s3cret")), tell)
    [*_, last] = [told async for told in mistaken.watch("en")]
    assert last["state"] == "failed"
    assert "s3cret" not in str(last["error"])
    assert "s3cret" in caplog.text


async def test_what_is_at_work_is_not_begun_twice() -> None:
    """Who asks for what is at work already gets that, and of what is over only the newest is kept."""
    jobs, run = Jobs(), Run()
    first = jobs.start("run", "plan", run.events(), tell)
    assert jobs.start("run", "plan", run.events(), tell) is first
    run.may_end.set()
    await first.stop()
    for _ in range(JOBS_KEPT + 1):
        await jobs.start("run", "plan", Run().events(), tell).stop()
    assert jobs.get(first.id) is None


async def test_a_watcher_hears_the_news_and_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens while somebody watches is told, and then that it is over."""
    monkeypatch.setattr(console_jobs, "PAUSE_SECONDS", 0)
    go_on = asyncio.Event()

    async def events() -> AsyncGenerator[object, None]:
        yield 1
        await go_on.wait()
        yield 2

    watching = Jobs().start("run", "plan", events(), tell).watch("en")
    assert (await anext(watching))["state"] == "running"
    assert (await anext(watching))["state"] == "running"
    go_on.set()
    assert [told["state"] async for told in watching][-1] == "done"


async def test_a_watcher_is_told_now_and_then_without_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a run waits for hours nothing happens, and what the page says of the time still goes on."""
    monkeypatch.setattr(console_jobs, "SAME_AGAIN_SECONDS", 0)
    monkeypatch.setattr(console_jobs, "PAUSE_SECONDS", 0)
    run = Run()
    run.may_end.set()
    job = Jobs().start("run", "plan", run.events(), tell)
    watching = job.watch("en")
    assert [(await anext(watching))["state"] for _ in range(3)] == ["running"] * 3
    await job.stop()
    assert [told["state"] async for told in watching][-1] == "stopped"


async def test_what_is_at_work_tells_that_the_platform_refuses() -> None:
    """While a call is tried again, every job at work says why nothing goes on; one that is over says nothing of it."""
    jobs, over = Jobs(), Jobs().start("run", "over", Run().events(), tell)
    await over.stop()
    run = Run()
    run.may_end.set()
    job = jobs.start("run", "plan", run.events(), tell)
    watched = job.watch("en")
    assert (await anext(watched))["waiting"] == ""
    jobs.hear(Refused(-1))
    over.hear(Refused(-1))
    assert str((await anext(watched))["waiting"]).startswith("The platform refuses just now: ")
    assert "（-1）" in str(job.told("zh")["waiting"])
    assert "waiting" not in over.told("en")
    await job.stop()


async def test_jobs_that_are_over_hear_nothing() -> None:
    """What concerns the work going on is not written onto what has ended."""
    jobs = Jobs()
    job = jobs.start("run", "plan", Run().events(), tell)
    await job.stop()
    jobs.hear(Refused(-1))
    assert job.heard(Refused) is None

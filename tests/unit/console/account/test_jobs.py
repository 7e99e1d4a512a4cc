"""What takes long: it is stopped once, and ends in good order."""

import asyncio
from collections.abc import AsyncGenerator

from fenzu.console.account.jobs import Board, Jobs
from fenzu.wire.words import Language


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

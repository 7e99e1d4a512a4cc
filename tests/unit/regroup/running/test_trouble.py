"""What goes wrong beside the platform's usual faults, and how a run ends then."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest
from tests.unit.regroup.plans import a_book, a_plan, a_platform, again, carried_out, only, openids
from tests.unit.regroup.platform import Event, Mirror, Slow
from tests.unit.regroup.timeless import Clock, inline, run

from fenzu.errors import FenzuError, StalePlan, StoreError, TransportError, UsageError, api_error
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Failed, Sent, StateChanged
from fenzu.regroup._running.events import Finished, Progress, Stopped
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._values import Failure
from fenzu.wire.words import Words

MOVE = "groups.move_many"
BUSY = api_error(-1, "system error")
OVER = api_error(45009, "reach max api daily quota limit")
LOST = TransportError(Words("no answer", "没有应答"))


class Hold:
    """A hold that is lost after it was asked so often."""

    def __init__(self, asked: int) -> None:
        self.left = asked

    def holds(self) -> bool:
        self.left -= 1
        return self.left >= 0


class FullMirror(Mirror):
    """A mirror that cannot be written."""

    def moved(self, openids: object, group_id: int, at: float) -> None:
        raise StoreError(Words("the disk is full", "磁盘已满"))


@pytest.mark.parametrize("code", [40050, -1])
def test_a_target_group_that_vanishes_stops_the_run(tmp_path: Path, code: int) -> None:
    """An unknown group, which rulebook 2021 calls -1, is looked for once; the run stops with what happened."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)

    def script(call: str, n: int) -> Event:
        if call == MOVE and n > 20:
            platform.names.pop(100, None)
            return api_error(code, "invalid group id")
        return None

    platform.script = script
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, type(last.error)) == ("StalePlan", StalePlan)
    assert platform.count("groups.list") == 2


@pytest.mark.parametrize("target", [100, 2])
def test_minus_one_about_a_group_that_is_there_is_only_busy(tmp_path: Path, target: int) -> None:
    """Where the look finds the group, or the group is reserved, the call is repeated like any busy one."""
    book, platform = a_book(tmp_path, a_plan(60, target)), a_platform(60)
    platform.script = lambda call, n: BUSY if call == MOVE and n <= 8 else None
    assert isinstance(carried_out(book, platform)[-1], Finished)
    assert platform.count("groups.list") == (1 if target == 2 else 2)


def test_a_look_that_fails_decides_nothing(tmp_path: Path) -> None:
    """Where groups/get does not answer either, the call itself is repeated up to its bound."""
    book, platform = a_book(tmp_path, a_plan(60)), a_platform(60)
    platform.script = lambda call, n: BUSY if call == MOVE or (call == "groups.list" and n > 1) else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "-1"
    assert platform.count(MOVE) <= 2 * 8


def test_looks_in_short_order_count_as_one(tmp_path: Path) -> None:
    """Many calls that ask whether their group is there share one look for some seconds."""
    book, platform = a_book(tmp_path, a_plan(1_000)), a_platform(1_000)
    platform.script = lambda call, n: BUSY if call == MOVE and platform.at[-1] < 3.0 else None
    assert isinstance(carried_out(book, platform)[-1], Finished)
    assert platform.count("groups.list") == 2


def test_a_lost_hold_ends_the_calls_and_writes_no_state(tmp_path: Path) -> None:
    """Whoever has lost the account sends nothing more, and leaves it to the next one to say how the run stands."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    last = carried_out(book, platform, hold=Hold(30))[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "lost"
    assert len([call for call in platform.calls if call != "quota.get"]) == 30
    assert again(book).state().state == "running"
    assert last.tally.moved == list(platform.members.values()).count(100)


def test_a_forbidden_call_stops_the_run_with_the_platform_s_words(tmp_path: Path) -> None:
    """A code that repeating does not help ends the run at once; the advice is the code's own."""
    book, platform = a_book(tmp_path, a_plan(60)), a_platform(60)
    forbidden = api_error(48001, "api unauthorized")
    platform.script = lambda call, n: forbidden if call == MOVE else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("48001", forbidden)


def test_a_run_that_cannot_even_begin_is_stopped(tmp_path: Path) -> None:
    """Where the first look at the groups does not come through, nothing was changed and the run can be tried again."""
    book, platform = a_book(tmp_path, a_plan(60)), a_platform(60)
    platform.script = lambda call, n: LOST
    events = carried_out(book, platform)
    assert [type(event) for event in events] == [Stopped]
    assert platform.count("groups.list") == 8
    platform.script = lambda call, n: None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)


def test_a_mirror_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """What happened is not in the journal where the mirror does not have it; resuming repeats it."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    with pytest.raises(StoreError, match="full"):
        carried_out(book, platform, FullMirror())
    assert again(book).tally().settled == 0
    assert isinstance(carried_out(again(book), platform, Mirror())[-1], Finished)


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_platform(tmp_path: Path) -> None:
    """Any other exception ends the run and comes out as it is, after the calls under way have ended."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)

    def script(call: str, n: int) -> Event:
        if call == MOVE and n in (9, 10):
            raise ZeroDivisionError
        return None

    platform.script = script
    with pytest.raises(ZeroDivisionError):
        carried_out(book, platform)
    platform.script = lambda call, n: None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)


def test_an_openid_that_cannot_be_sent_fails_alone(tmp_path: Path) -> None:
    """What is refused before it is sent, as no openid at all, is found like a bad one; it has no code."""
    plan, platform = a_plan(60), a_platform(60)
    first, second = plan.batches
    first = msgspec.structs.replace(first, openids=("né", *first.openids[1:]))
    book = a_book(tmp_path, msgspec.structs.replace(plan, batches=(first, second)))
    move = platform.move

    async def strict(some: object, to: int) -> None:
        if "né" in list(some):  # type: ignore[call-overload]  # a sequence of openids
            raise UsageError(Words("not an openid", "不是 openid"))
        await move(some, to)  # type: ignore[arg-type]  # the same

    platform.move = strict  # type: ignore[method-assign,assignment]  # stands for the client's own check
    assert isinstance(carried_out(book, platform)[-1], Finished)
    assert [(one.openid, one.code, one.message) for one in book.failures()] == [("né", None, "not an openid")]


def test_a_client_that_refuses_to_send_speaks_of_no_openid(tmp_path: Path) -> None:
    """What the client refuses for a reason of its own stops the run, and no follower counts as failed for it."""
    book, platform = a_book(tmp_path, a_plan(600)), a_platform(600)
    closed = UsageError(Words("the client is closed", "客户端已关闭"))
    platform.script = lambda call, n: closed if call == MOVE and n > 3 else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error, last.tally.failed) == ("UsageError", closed, 0)
    platform.script = lambda call, n: None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert set(platform.members.values()) == {100}


def test_too_many_failures_stop_the_run_and_are_not_asked_for_again(tmp_path: Path) -> None:
    """More failures than allowed stop the run; who was found is in the journal, and is left out when it is resumed."""
    book, platform = a_book(tmp_path, a_plan(200)), a_platform(200)
    platform.bad = {*openids(120)}
    last = carried_out(book, platform, max_failures=30)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "failures"
    assert "30" in str(last.error)
    found = last.tally.failed
    assert found > 30
    known, asked, move = {failure.openid for failure in book.failures()}, set[str](), platform.move

    async def noted(openids: Sequence[str], to: int) -> None:
        asked.update(openids)
        await move(openids, to)

    platform.move = noted  # type: ignore[method-assign]  # as it was, and noted
    last = carried_out(again(book), platform, max_failures=1_000)[-1]
    assert isinstance(last, Finished)
    assert (last.tally.moved, last.tally.failed) == (80, 120)
    assert len(known) == found and not known & asked


def test_a_batch_of_failures_only_is_settled_without_a_call(tmp_path: Path) -> None:
    """Where all of a batch had failed before the run stopped, there is nobody left to be moved by it."""
    book, platform = a_book(tmp_path, a_plan(1)), a_platform(1)
    failure = Failure(openids(1)[0], 1, 40003, "invalid openid")
    book.write([StateChanged("running", 1.0), Sent(1, 1.0), Failed((failure,))])
    book.write([StateChanged("stopped", 2.0, "failures")])
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert platform.count(MOVE) == 0 and book.tally().settled == 1


def test_an_interruption_does_not_wait_for_slow_answers(tmp_path: Path) -> None:
    """Answers that do not come within half a second are not waited for; their batches are repeated."""
    book, platform = a_book(tmp_path, a_plan(20_000)), a_platform(20_000)
    platform.script = lambda call, n: Slow(60.0) if call == MOVE and n % 10 == 0 else None

    async def go() -> float:
        task = asyncio.create_task(collect())
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait([task])
        return asyncio.get_running_loop().time()

    events: list[object] = []

    async def collect() -> None:
        steps = carry_out(
            book, platform, None, Settings(), clock=Clock(), chance=random.Random(1), work=inline
        )
        async with aclosing(steps):
            async for event in steps:
                events.append(event)  # noqa: PERF401 - what came before the interruption counts

    assert run(go()) <= 0.2 + 0.6
    last = events[-1]
    assert isinstance(last, Stopped)
    assert 0 < last.tally.moved <= list(platform.members.values()).count(100)
    platform.script = lambda call, n: None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)


def test_who_leaves_early_ends_the_run(tmp_path: Path) -> None:
    """Closing the events ends the calls and writes what was answered, as an interruption does."""
    book, platform = a_book(tmp_path, a_plan(20_000)), a_platform(20_000)

    async def leave() -> None:
        steps = carry_out(
            book, platform, None, Settings(), clock=Clock(), chance=random.Random(1), work=inline
        )
        async with aclosing(steps):
            async for event in steps:
                if isinstance(event, Progress):
                    return

    run(leave())
    assert (again(book).state().state, book.state().reason) == ("stopped", "interrupted")
    assert book.tally().moved == list(platform.members.values()).count(100)


def test_the_quota_is_asked_now_and_then(tmp_path: Path) -> None:
    """A long run asks every minute what is left of the day, for others may use it too."""
    book, platform = a_book(tmp_path, a_plan(2_000)), a_platform(2_000)
    platform.remain = 80_000
    platform.script = lambda call, n: Slow(100.0) if call == MOVE else None
    events = carried_out(book, platform, in_flight=4)
    assert isinstance(events[-1], Finished)
    assert platform.count("quota.get") >= 10
    assert only(Progress, events)[-1].calls_left == 79_996  # four were under way when it was asked last


def test_an_error_of_the_token_store_stops_the_run(tmp_path: Path) -> None:
    """What the client cannot do for reasons of its own is told as it is."""
    book, platform = a_book(tmp_path, a_plan(60)), a_platform(60)
    trouble: FenzuError = StoreError(Words("the token store is away", "令牌存储不可用"))
    platform.script = lambda call, n: trouble if call == MOVE else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("StoreError", trouble)


def begun(book: Book) -> list[int]:
    """The numbers of the batches that may have moved somebody, by the journal."""
    return [batch.number for batch in book.begun()]


def test_what_a_stopped_run_has_not_sent_is_not_taken_for_sent(tmp_path: Path) -> None:
    """Batches that stood ready, or were refused whole, when the run stops are in the journal as sent no more."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.script = lambda call, n: OVER if call == MOVE and n > 20 else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert last.tally.settled == 20
    assert begun(again(book)) == begun(book) == list(range(1, 21))
    assert again(book).in_doubt() == set()


def test_what_may_have_moved_somebody_stays_in_the_journal(tmp_path: Path) -> None:
    """A batch whose answer was lost counts as sent when the run stops, and after a later run that has sent nothing."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.script = lambda call, n: (
        (LOST if n == 21 else OVER if n > 20 else None) if call == MOVE else None
    )
    carried_out(book, platform)
    lost = again(book).in_doubt()
    assert len(lost) == 1
    platform.script = lambda call, n: OVER if call == MOVE else None
    assert isinstance(carried_out(again(book), platform)[-1], Stopped)
    assert again(book).in_doubt() == lost
    platform.script = lambda call, n: None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert set(platform.members.values()) == {100}


def test_a_batch_moved_in_part_stays_in_the_journal(tmp_path: Path) -> None:
    """Where one half of a batch was moved before the run stops, it counts as sent."""
    book, platform = a_book(tmp_path, a_plan(50)), a_platform(50)
    platform.bad = {openids(50)[-1]}
    platform.script = lambda call, n: OVER if call == MOVE and n > 2 else None
    assert isinstance(carried_out(book, platform)[-1], Stopped)
    assert begun(book) == [1]


def test_a_run_that_has_lost_its_account_takes_nothing_back(tmp_path: Path) -> None:
    """Whoever has taken over goes by the same rows: they are left as they are."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    last = carried_out(book, platform, hold=Hold(30))[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "lost"
    assert len(begun(book)) > last.tally.settled

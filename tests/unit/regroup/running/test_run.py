"""Carrying a plan out on a platform that does what it is told to."""

from pathlib import Path

import pytest
from tests.unit.regroup.plans import a_book, a_plan, a_platform, again, carried_out, only, openids
from tests.unit.regroup.platform import Event, Lost, Mirror

from fenzu.errors import ApiError, PlanError, StalePlan, TransportError, api_error
from fenzu.regroup._running.events import Finished, GroupReady, Progress, Started, Stopped
from fenzu.regroup._values import Create, Rename
from fenzu.wire.words import Words

LOST = TransportError(Words("no answer", "没有应答"))


def test_everybody_is_moved_in_as_few_calls_as_there_are_batches(tmp_path: Path) -> None:
    """A run without faults makes one moving call a batch, tells how it goes, and leaves a book that says done."""
    book, platform, mirror = a_book(tmp_path, a_plan(1_234)), a_platform(1_234), Mirror()
    events = carried_out(book, platform, mirror)
    assert set(platform.members.values()) == {100}
    assert platform.count("groups.move_many") == 25
    assert isinstance(events[0], Started) and not events[0].resumed
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.tally.moved, last.tally.failed, last.tally.calls) == (1_234, 0, 25)
    assert again(book).state().state == "done"
    assert mirror.members == dict.fromkeys(openids(1_234), 100)


def test_many_calls_are_under_way_but_never_more_than_asked_for(tmp_path: Path) -> None:
    """It begins with few calls at once and comes to as many as the settings allow."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    events = carried_out(book, platform, in_flight=16)
    assert platform.most_at_once == 16
    assert only(Progress, events)[-1].done == 5_000


def test_a_run_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    """Applying twice equals once: the second time makes no call."""
    book, platform = a_book(tmp_path, a_plan(120)), a_platform(120)
    carried_out(book, platform)
    before = len(platform.calls)
    events = carried_out(again(book), platform)
    assert [type(event) for event in events] == [Finished]
    assert len(platform.calls) == before


def test_groups_are_renamed_and_made_before_anybody_is_moved(tmp_path: Path) -> None:
    """A rename and a create come first; batches go into the group that was made, and the mirror learns of it."""
    plan = a_plan(60, -1, creates=(Create(-1, "VIP"),), renames=(Rename(101, "同事", "同事们"),))
    book, platform, mirror = a_book(tmp_path, plan), a_platform(60), Mirror()
    events = carried_out(book, platform, mirror)
    assert only(GroupReady, events) == [
        GroupReady("rename", 101, "同事们"),
        GroupReady("create", 102, "VIP", -1),
    ]
    assert set(platform.members.values()) == {102}
    assert (102, "VIP") in [(group.id, group.name) for group in mirror.groups]
    assert book.tally().calls == 4


@pytest.mark.parametrize("bad", [{0}, {49}, {13, 14}, set(range(50)), {0, 63, 119}])
def test_bad_openids_do_not_keep_the_others_from_being_moved(tmp_path: Path, bad: set[int]) -> None:
    """A refused batch is halved until the bad ones are alone: they are told with their code, all others are moved."""
    everybody = openids(120)
    book, platform, mirror = a_book(tmp_path, a_plan(120)), a_platform(120), Mirror()
    platform.bad = {everybody[n] for n in bad}
    events = carried_out(book, platform, mirror, max_failures=1_000)
    assert {openid for openid in everybody if platform.members[openid] == 100} == {*everybody} - platform.bad
    assert {(failure.openid, failure.code) for failure in book.failures()} == {
        (openid, 40003) for openid in platform.bad
    }
    assert {*mirror.members} == {*everybody} - platform.bad
    assert isinstance(events[-1], Finished)
    assert platform.count("groups.move_many") <= min(3 + 12 * len(bad), 3 * 99)


@pytest.mark.parametrize(
    "error", [LOST, api_error(-1, "system error"), api_error(40001, "invalid credential", "groups.move_many")]
)
def test_a_lost_or_busy_answer_is_repeated_and_counted(tmp_path: Path, error: ApiError) -> None:
    """What may have been carried out is sent again after a pause; each try counts as a call."""
    book, platform = a_book(tmp_path, a_plan(500)), a_platform(500)
    platform.script = lambda call, n: Lost(error) if call == "groups.move_many" and n % 3 == 0 else None
    events = carried_out(book, platform)
    assert isinstance(events[-1], Finished)
    assert set(platform.members.values()) == {100}
    assert book.tally().calls == platform.count("groups.move_many") > 10


def test_a_platform_that_is_away_stops_the_run_for_now(tmp_path: Path) -> None:
    """After so many tries the run stops with the reason and can go on later; few calls are wasted meanwhile."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.script = lambda call, n: LOST if call == "groups.move_many" and n > 40 else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("TransportError", LOST)
    assert (again(book).state().state, book.state().reason) == ("stopped", "TransportError")
    assert platform.count("groups.move_many") < 40 + 64 * 8
    platform.script = lambda call, n: None
    events = carried_out(again(book), platform)
    assert isinstance(events[0], Started) and events[0].resumed
    assert isinstance(events[-1], Finished)
    assert set(platform.members.values()) == {100}


def test_the_first_45009_ends_the_calls_until_midnight(tmp_path: Path) -> None:
    """No call is begun after 45009; the run tells when the calls renew, and goes on then without loss."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    over = api_error(45009, "reach max api daily quota limit")
    first_at: list[float] = []

    def script(call: str, n: int) -> Event:
        if call == "groups.move_many" and n > 50:
            first_at.append(platform.at[-1])
            return over
        return None

    platform.script = script
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("45009", over)
    assert last.renews_at == 1_780_027_200.0 + 12 * 3600
    assert max(platform.at) <= first_at[0] + 0.02
    assert last.tally.moved == list(platform.members.values()).count(100)
    platform.script = lambda call, n: None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert set(platform.members.values()) == {100}


def test_ctrl_c_ends_within_a_second_and_loses_nothing(tmp_path: Path) -> None:
    """Interrupted, no call is begun any more; what was answered is in the journal, and resuming does the rest."""
    book, platform = a_book(tmp_path, a_plan(20_000)), a_platform(20_000)
    last = carried_out(book, platform, interrupt_after=0.2)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "interrupted"
    assert 0 < last.tally.moved == list(platform.members.values()).count(100) < 20_000
    assert max(platform.at) <= platform.at[0] + 0.2
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert platform.count("groups.move_many") == 400


def test_a_lost_create_is_found_and_not_repeated(tmp_path: Path) -> None:
    """After a create whose answer was lost, the group of that name with a new id is ours; there is never a second."""
    plan = a_plan(60, -1, creates=(Create(-1, "朋友"),))
    book, platform = a_book(tmp_path, plan), a_platform(60)
    platform.script = lambda call, n: Lost(LOST) if call == "groups.create" else None
    assert isinstance(carried_out(book, platform)[-1], Finished)
    assert list(platform.names.values()).count("朋友") == 2
    assert set(platform.members.values()) == {102}


def test_a_plan_of_another_account_is_refused_before_any_call(tmp_path: Path) -> None:
    """A plan that was made for another account or host never reaches this one."""
    book, platform = a_book(tmp_path, a_plan(60)), a_platform(60)
    platform.appid = "wx2"
    with pytest.raises(PlanError, match="wx2"):
        carried_out(book, platform)
    assert platform.calls == []


def test_a_stale_plan_is_refused_and_the_refusal_says_what_moved(tmp_path: Path) -> None:
    """A group with another name stops the run before anything is changed."""
    book, platform = a_book(tmp_path, a_plan(60)), a_platform(60)
    platform.names[100] = "敌人"
    with pytest.raises(StalePlan, match="敌人"):
        carried_out(book, platform)
    assert platform.calls == ["groups.list"]
    assert book.state().state == "planned"

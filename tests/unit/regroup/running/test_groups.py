"""The groups of a plan while it is carried out: made once, renamed, and deleted only where nobody is in them."""

from pathlib import Path

import pytest
from tests.unit.regroup.plans import a_book, a_plan, a_platform, again, carried_out, only
from tests.unit.regroup.platform import Event, Lost, Slow

from fenzu.errors import StalePlan, TransportError, UsageError, api_error
from fenzu.regroup._books.entries import ActionSent, Entry, StateChanged
from fenzu.regroup._running.events import Finished, GroupKept, GroupReady, Stopped
from fenzu.regroup._values import Create, Delete, Rename
from fenzu.wire.words import Words

LOST = TransportError(Words("no answer", "没有应答"))
BUSY = api_error(-1, "system error")


def begun(*entries: Entry) -> list[Entry]:
    """What a journal holds after a crash."""
    return [StateChanged("running", 1.0), *entries]


@pytest.mark.parametrize("was_made", [True, False])
def test_a_create_that_a_crash_has_cut_off_is_looked_for(tmp_path: Path, was_made: bool) -> None:
    """Resumed, a create that was begun is looked for before anything: it is made only if it is not there."""
    book = a_book(tmp_path, a_plan(60, -1, creates=(Create(-1, "VIP"),)))
    platform = a_platform(60)
    book.write(begun(ActionSent("create", -1, 1.0, 101)))
    if was_made:
        platform.names[102] = "VIP"
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert list(platform.names.values()).count("VIP") == 1
    assert platform.count("groups.create") == (0 if was_made else 1)
    assert set(platform.members.values()) == {102}


def test_groups_that_are_made_are_not_made_again(tmp_path: Path) -> None:
    """A run that stops between two creates goes on with the second; two of the same name are two groups."""
    creates = (Create(-1, "VIP"), Create(-2, "VIP"))
    book, platform = a_book(tmp_path, a_plan(60, -2, creates=creates)), a_platform(60)
    forbidden = api_error(45018, "too many group now, no need to add new")
    platform.script = lambda call, n: forbidden if call == "groups.create" and n == 2 else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("45018", forbidden)
    platform.script = lambda call, n: Lost(BUSY) if call == "groups.create" else None
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert [id_ for id_, name in platform.names.items() if name == "VIP"] == [102, 103]
    assert set(platform.members.values()) == {103}


def test_a_create_that_the_day_s_quota_stops_is_not_looked_for(tmp_path: Path) -> None:
    """What was refused for certain was not done: after midnight it is sent again, without a look at the groups."""
    book, platform = a_book(tmp_path, a_plan(60, -1, creates=(Create(-1, "VIP"),))), a_platform(60)
    over = api_error(45009, "reach max api daily quota limit")
    platform.script = lambda call, n: over if call == "groups.create" and n == 1 else None
    assert isinstance(carried_out(book, platform, wait_for_quota=True)[-1], Finished)
    assert platform.calls[:4] == ["groups.list", "groups.create", "groups.create", "quota.get"]


def test_a_rename_is_repeated_and_done_once(tmp_path: Path) -> None:
    """A rename whose answer was lost is sent again; once it is in the journal it is not."""
    book = a_book(tmp_path, a_plan(60, renames=(Rename(101, "同事", "East"),)))
    platform = a_platform(60)
    over = api_error(45009, "reach max api daily quota limit")

    def script(call: str, n: int) -> Event:
        if call == "groups.move_many":
            return over
        return Lost(LOST) if call == "groups.rename" and n == 1 else None

    platform.script = script
    assert isinstance(carried_out(book, platform)[-1], Stopped)
    assert (platform.names[101], platform.count("groups.rename")) == ("East", 2)
    platform.script = lambda call, n: None
    events = carried_out(again(book), platform)
    assert isinstance(events[-1], Finished)
    assert only(GroupReady, events) == []
    assert platform.count("groups.rename") == 2


def test_a_group_that_vanishes_before_its_rename_stops_the_run(tmp_path: Path) -> None:
    """Somebody else deletes the group between the look and the rename: the run stops and says so."""
    book = a_book(tmp_path, a_plan(60, renames=(Rename(101, "同事", "East"),)))
    platform = a_platform(60)

    def script(call: str, n: int) -> Event:
        if call == "groups.rename":
            platform.names.pop(101, None)
        return None

    platform.script = script
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert isinstance(last.error, StalePlan)
    assert "101" in str(last.error)


@pytest.mark.parametrize("met", [None, Lost(LOST)])
def test_only_empty_groups_are_deleted(tmp_path: Path, met: Event) -> None:
    """After the moves a group with somebody in it stays and is told; one that is empty or gone is out of the way."""
    deletes = (Delete(101, "同事"), Delete(100, "朋友"), Delete(99, "gone"))
    book, platform = a_book(tmp_path, a_plan(60, deletes=deletes)), a_platform(60)
    platform.script = lambda call, n: met if call == "groups.delete" and n == 1 else None
    events = carried_out(book, platform)
    assert isinstance(events[-1], Finished)
    assert only(GroupKept, events) == [GroupKept(100, "朋友", 60)]
    assert [event.group_id for event in only(GroupReady, events)] == [101, 99]
    assert 101 not in platform.names
    assert 100 in platform.names


def test_deletes_that_are_done_are_not_done_again(tmp_path: Path) -> None:
    """A run that was cut off behind its last delete has nothing left to do, and asks for nothing."""
    book, platform = a_book(tmp_path, a_plan(60, deletes=(Delete(101, "同事"),))), a_platform(60)
    carried_out(book, platform)
    book.write([StateChanged("running", 2.0)])
    before = len(platform.calls)
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert platform.calls[before:] == ["groups.list", "quota.get"]


def test_an_interruption_does_not_wait_for_an_answer_about_a_group(tmp_path: Path) -> None:
    """Ctrl-C while a create is under way ends within a second; resuming finds out whether it was made."""
    book, platform = a_book(tmp_path, a_plan(60, -1, creates=(Create(-1, "VIP"),))), a_platform(60)
    platform.script = lambda call, n: Slow(30.0) if call == "groups.create" and n == 1 else None
    last = carried_out(book, platform, interrupt_after=1.0)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "interrupted"
    assert isinstance(carried_out(again(book), platform)[-1], Finished)
    assert list(platform.names.values()).count("VIP") == 1


def test_a_name_that_the_client_refuses_stops_the_run(tmp_path: Path) -> None:
    """A group's name that cannot be sent at all stops the run with the client's own words."""
    book, platform = a_book(tmp_path, a_plan(60, -1, creates=(Create(-1, " "),))), a_platform(60)
    refused = UsageError(Words("a group has a name", "分组要有名称"))
    platform.script = lambda call, n: refused if call == "groups.create" else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("UsageError", refused)

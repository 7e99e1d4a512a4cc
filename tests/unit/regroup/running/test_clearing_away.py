"""Groups that an undo deletes: once, only if they are empty, and under a platform that says -1 of what is not there."""

import random
from contextlib import aclosing
from pathlib import Path

from tests.by_hand import new_book, plan_by_hand
from tests.pretended_account import Made, PretendedAccount, openid_of, refusal
from tests.unit.regroup.timeless import Clock, inline, run

from fenzu.errors import TransportError
from fenzu.regroup import Event, Finished, GroupKept, GroupReady, Settings
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import ActionSent, StateChanged
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._values import Delete, Plan
from fenzu.wire.words import Words

VIP, FRIENDS = 100, 101


def an_account() -> PretendedAccount:
    """A platform of today's rules: a group that is not there is answered by -1."""
    account = PretendedAccount({openid_of(0): FRIENDS}, {VIP: "VIP", FRIENDS: "朋友"})

    def before(made: Made) -> None:
        if made.call == "groups.delete" and made.group not in account.names:
            raise refusal(-1, made.call)

    account.before = before
    return account


def a_book(folder: Path, account: PretendedAccount, *deletes: Delete) -> Book:
    plan = plan_by_hand(account, {})
    return new_book(folder, Plan(plan.header, (), (), (), deletes, ()))


def carried_out(book: Book, account: PretendedAccount) -> list[Event]:
    async def go() -> list[Event]:
        clock, chance = Clock(), random.Random(1)
        steps = carry_out(book, account, None, Settings(), clock=clock, chance=chance, work=inline)
        async with aclosing(steps) as coming:
            return [event async for event in coming]

    return run(go())


def deletes(account: PretendedAccount) -> int:
    return [made.call for made in account.calls].count("groups.delete")


def test_an_empty_group_is_deleted_and_another_is_kept(tmp_path: Path) -> None:
    """A group that nobody is in is deleted; one that somebody is in stays, and is told."""
    account = an_account()
    events = carried_out(a_book(tmp_path, account, Delete(VIP, "VIP"), Delete(FRIENDS, "朋友")), account)
    assert GroupReady("delete", VIP, "VIP") in events
    assert GroupKept(FRIENDS, "朋友", 1) in events
    assert isinstance(events[-1], Finished)
    assert VIP not in account.names and FRIENDS in account.names


def test_a_lost_answer_is_settled_by_looking(tmp_path: Path) -> None:
    """A delete whose answer was lost is not sent again: the group is gone, and that is what was wanted."""
    account = an_account()

    def lose(made: Made) -> None:
        if made.call == "groups.delete":
            raise TransportError(Words("no answer", "没有应答"))

    account.after = lose
    book = a_book(tmp_path, account, Delete(VIP, "VIP"))
    assert isinstance(carried_out(book, account)[-1], Finished)
    assert deletes(account) == 1
    assert [action.group_id for action in book.actions()] == [VIP]


def test_a_busy_platform_is_asked_again(tmp_path: Path) -> None:
    """A delete that a busy platform did not do is sent again, once it is seen that the group is still there."""
    account = an_account()
    troubles = [refusal(-1, "groups.delete")]

    def before(made: Made) -> None:
        if made.call == "groups.delete" and troubles:
            raise troubles.pop()

    account.before = before
    assert isinstance(carried_out(a_book(tmp_path, account, Delete(VIP, "VIP")), account)[-1], Finished)
    assert deletes(account) == 2


def test_what_is_gone_needs_no_call(tmp_path: Path) -> None:
    """After a kill between the delete and its note, the group is not there, and the run ends without another call."""
    account = an_account()
    book = a_book(tmp_path, account, Delete(VIP, "VIP"))
    book.write([StateChanged("running", 1.0), ActionSent("delete", VIP, 1.0)])
    del account.names[VIP]
    events = carried_out(book, account)
    assert GroupReady("delete", VIP, "VIP") in events
    assert isinstance(events[-1], Finished)
    assert deletes(account) == 0


def test_somebody_else_was_quicker(tmp_path: Path) -> None:
    """A group that is deleted by somebody else at the same moment is deleted, whatever the platform calls that."""
    account = an_account()

    def before(made: Made) -> None:
        if made.call == "groups.delete":
            account.names.pop(VIP, None)

    account.before = before
    assert isinstance(carried_out(a_book(tmp_path, account, Delete(VIP, "VIP")), account)[-1], Finished)
    assert deletes(account) == 1

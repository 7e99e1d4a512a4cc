"""The way back: what a run did is taken back, and what somebody else did since is not."""

from pathlib import Path

import pytest
from tests.by_hand import START, carry_out_by_hand, new_book, plan_by_hand
from tests.pretended_account import PretendedAccount, openid_of

from fenzu.errors import PlanError
from fenzu.mirror import Mirror
from fenzu.model import Group
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import ActionSent, Sent, Settled
from fenzu.regroup._settling.returning import LeftAlone
from fenzu.regroup._settling.undo import GroupLeft, make_undo
from fenzu.regroup._values import Batch, Delete, Failure, KnownGroup, Rename

OPENIDS = tuple(map(openid_of, range(200)))
NEW, FRIENDS, EAST = -1, 100, 101


def an_account() -> PretendedAccount:
    """A hundred without a group, a hundred in 101."""
    members = dict.fromkeys(OPENIDS[:100], 0) | dict.fromkeys(OPENIDS[100:], EAST)
    return PretendedAccount(members, {FRIENDS: "朋友", EAST: "华东"})


def a_run(folder: Path, account: PretendedAccount) -> Book:
    """Ninety from each into a new group, and 101 is renamed."""
    wish = dict.fromkeys(OPENIDS[10:190], NEW)
    return new_book(folder, plan_by_hand(account, wish, {NEW: "VIP"}, Rename(EAST, "华东", "East")))


async def test_the_way_back_leads_to_the_beginning(tmp_path: Path) -> None:
    """Carrying out the undo of a run leaves groups, names and members as they were before it."""
    account = an_account()
    before = account.state()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account)
    [made] = account.ids("VIP")
    undo = await make_undo(book, Asking(account))
    assert undo.plan.header.kind == "undo"
    assert (undo.plan.header.undoes, undo.plan.header.revision, undo.plan.header.wishes) == (1, 0, 180)
    assert len(undo.plan.header.digest) == 64
    assert undo.plan.renames == (Rename(EAST, "East", "华东"),)
    assert undo.plan.deletes == (Delete(made, "VIP"),)
    assert undo.plan.groups == (KnownGroup(0, "未分组"), KnownGroup(EAST, "East"), KnownGroup(made, "VIP"))
    assert [(batch.target, len(batch.openids)) for batch in undo.plan.batches] == [
        (0, 50),
        (0, 40),
        (EAST, 50),
        (EAST, 40),
    ]
    assert undo.plan.batches[0] == Batch(1, 0, OPENIDS[10:60], (made,) * 50)
    assert not undo.left and not undo.groups_left
    await carry_out_by_hand(_book.create(book.database, undo.plan), account)
    assert account.state() == before


class UnlistedAccount(PretendedAccount):
    """An account of rulebook 2021, whose list of groups leaves 0 and 1 out."""

    async def groups(self) -> list[Group]:
        """The groups from 2 on."""
        return [group for group in await super().groups() if group.id > 1]


async def test_who_was_in_no_group_goes_back_there(tmp_path: Path) -> None:
    """Group 0 is always there, also where the platform does not list it: who came from it goes back to it."""
    account = UnlistedAccount(an_account().members, {FRIENDS: "朋友", EAST: "华东"})
    before = account.state()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account)
    undo = await make_undo(book, Asking(account))
    assert not undo.left
    await carry_out_by_hand(_book.create(book.database, undo.plan), account)
    assert account.state() == before


async def test_whom_somebody_else_touched_is_left(tmp_path: Path) -> None:
    """Who was moved since, is gone, or whose former group is deleted stays and is told; who is back already, counts."""
    account = an_account()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account)
    [made] = account.ids("VIP")
    account.members[OPENIDS[10]] = FRIENDS
    del account.members[OPENIDS[11]]
    account.members[OPENIDS[12]] = 0
    await account.delete_group(EAST)
    undo = await make_undo(book, Asking(account))
    assert undo.left[:2] == (
        LeftAlone(OPENIDS[10], "moved_since", FRIENDS),
        LeftAlone(OPENIDS[11], "gone", None),
    )
    assert set(undo.left[2:]) == {LeftAlone(openid, "group_gone", made) for openid in OPENIDS[100:190]}
    assert undo.back == undo.plan.header.unchanged == 1
    assert undo.plan.moves == 87
    assert undo.plan.header.problems == {"moved_since": 1, "gone": 1, "group_gone": 90}
    assert undo.groups_left == (GroupLeft(EAST, "East", None),)


async def test_names_that_somebody_else_gave_stay(tmp_path: Path) -> None:
    """A group that was renamed since keeps its name and is not deleted; one that has its old name needs nothing."""
    account = an_account()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account)
    [made] = account.ids("VIP")
    account.names[made], account.names[EAST] = "Gold", "东"
    undo = await make_undo(book, Asking(account))
    assert (undo.plan.renames, undo.plan.deletes) == ((), ())
    assert undo.groups_left == (GroupLeft(EAST, "East", "东"), GroupLeft(made, "VIP", "Gold"))
    account.names[EAST] = "华东"
    assert (await make_undo(book, Asking(account))).groups_left == (GroupLeft(made, "VIP", "Gold"),)


async def test_half_a_run_is_taken_back(tmp_path: Path) -> None:
    """What was sent and not settled is taken back where it was done; whom the platform refused is not asked for."""
    account = an_account()
    before = account.state()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account, batches=1)
    [second, third] = [batch for batch in book.unsettled(0, 3) if batch.number < 4]
    [made] = account.ids("VIP")
    refused = Failure(second.openids[0], 2, 40003, "invalid openid")
    lost = Failure(second.openids[1], 2, None, "no answer")
    book.write([Sent(2, START), Sent(3, START), Settled(2, START, 48, (refused, lost))])
    await account.move(second.openids, made)
    await account.move([second.openids[0]], FRIENDS)
    undo = await make_undo(book, Asking(account))
    assert undo.plan.moves == 99
    assert undo.back == len(third.openids)
    assert not undo.left
    await account.move([second.openids[0]], before[1][second.openids[0]])
    await carry_out_by_hand(_book.create(book.database, undo.plan), account)
    assert account.state() == before


async def test_a_group_whose_answer_was_lost_is_found(tmp_path: Path) -> None:
    """What a create without an answer has made is the first group of its name above the highest id before, if any."""
    account = an_account()
    book = a_run(tmp_path, account)
    book.write([ActionSent("create", NEW, START, EAST)])
    assert (await make_undo(book, Asking(account))).plan.is_empty
    made, _ = await account.create_group("VIP"), await account.create_group("VIP")
    assert (await make_undo(book, Asking(account))).plan.deletes == (Delete(made.id, "VIP"),)


async def test_what_was_not_begun_is_not_taken_back(tmp_path: Path) -> None:
    """The undo of a plan that was never applied is empty and asks for the groups alone."""
    account = an_account()
    undo = await make_undo(a_run(tmp_path, account), Asking(account))
    assert undo.plan.is_empty and not undo.groups_left
    assert [made.call for made in account.calls] == ["groups.list"]


async def test_an_undo_is_not_undone(tmp_path: Path) -> None:
    """The undo of an undo is refused before anything is asked."""
    account = an_account()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account)
    undo = _book.create(book.database, (await make_undo(book, Asking(account))).plan)
    with pytest.raises(PlanError, match="cannot be undone"):
        await make_undo(undo, Asking(account))


async def test_the_mirror_learns_before_the_plan_is_made(tmp_path: Path) -> None:
    """The undo is made from the revision at which the mirror knows where everybody was found."""
    account = an_account()
    book = a_run(tmp_path, account)
    await carry_out_by_hand(book, account)
    with Mirror.open(str(tmp_path / "mirror.db"), account.base_url, account.appid) as mirror:
        undo = await make_undo(book, Asking(account, mirror))
        assert undo.plan.header.revision == mirror.revision > 0
        assert undo.plan.header.mirror == mirror.id

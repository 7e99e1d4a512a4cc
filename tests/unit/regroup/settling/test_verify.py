"""Verifying a run: what the platform holds against what the journal says."""

from pathlib import Path

from tests.by_hand import carry_out_by_hand, new_book, plan_by_hand
from tests.pretended_account import Made, PretendedAccount, openid_of

from fenzu.regroup._asking.present import Asking
from fenzu.regroup._settling.verify import Elsewhere, GroupDiffers, verify_run
from fenzu.regroup._values import Rename

OPENIDS = tuple(map(openid_of, range(250)))
NEW, OLD = -1, 100


def an_account() -> PretendedAccount:
    return PretendedAccount(dict.fromkeys(OPENIDS, 0), {OLD: "朋友"})


def a_wish() -> dict[str, int]:
    """A hundred and twenty into a new group, eighty into an old one."""
    return dict.fromkeys(OPENIDS[:120], NEW) | dict.fromkeys(OPENIDS[120:200], OLD)


async def test_what_is_right_is_told_in_one_number(tmp_path: Path) -> None:
    """A run that nobody has touched since is right, everybody asked for once and nothing changed."""
    account = an_account()
    book = new_book(tmp_path, plan_by_hand(account, a_wish(), {NEW: "VIP"}))
    await carry_out_by_hand(book, account)
    before, told = len(account.calls), list[tuple[int, int]]()
    found = await verify_run(book, Asking(account), told=lambda done, total: told.append((done, total)))
    assert (found.planned, found.asked, found.right, found.is_right, found.seed) == (
        200,
        200,
        200,
        True,
        None,
    )
    assert [made.call for made in account.calls[before:]] == ["groups.list", *["followers.get_many"] * 2]
    assert told == [(0, 200), (200, 200)]


async def test_each_deviation_is_told(tmp_path: Path) -> None:
    """Who is elsewhere, gone, or was refused before is told each in its own way, and so is who still waits."""
    account = an_account()
    book = new_book(tmp_path, plan_by_hand(account, a_wish(), {NEW: "VIP"}))
    account.bad.add(OPENIDS[3])
    await carry_out_by_hand(book, account, batches=3)
    account.bad.clear()
    account.members[OPENIDS[0]] = OLD
    del account.members[OPENIDS[1]]
    found = await verify_run(book, Asking(account))
    [target] = account.ids("VIP")
    assert not found.is_right
    assert found.elsewhere == (Elsewhere(OPENIDS[0], target, OLD),)
    assert found.gone == (OPENIDS[1],)
    assert (found.failed, found.waiting, found.asked, found.right) == (1, 80, 119, 117)


async def test_a_sample_asks_for_few(tmp_path: Path) -> None:
    """A sample takes the calls of a sample, and some of each group; one larger than the run is the whole run."""
    account = an_account()
    book = new_book(tmp_path, plan_by_hand(account, a_wish(), {NEW: "VIP"}))
    await carry_out_by_hand(book, account)
    before = len(account.calls)
    found = await verify_run(book, Asking(account), sample=50, seed=7)
    [_, made] = account.calls[before:]
    assert (found.asked, found.seed, found.is_right) == (50, 7, True)
    assert {account.members[openid] for openid in made.openids} == {OLD, *account.ids("VIP")}
    assert (await verify_run(book, Asking(account), sample=1000)).seed is None


async def test_groups_are_compared_too(tmp_path: Path) -> None:
    """A group that the run made or renamed, and that is called otherwise or gone by now, differs from the plan."""
    account = an_account()
    plan = plan_by_hand(account, {}, {NEW: "VIP"}, Rename(OLD, "朋友", "Friends"))
    book = new_book(tmp_path, plan)
    await carry_out_by_hand(book, account)
    assert (await verify_run(book, Asking(account))).is_right
    account.names[OLD] = "朋友"
    [made] = account.ids("VIP")
    await account.delete_group(made)
    found = await verify_run(book, Asking(account))
    assert found.groups == (GroupDiffers(OLD, "Friends", "朋友"), GroupDiffers(made, "VIP", None))
    assert not found.is_right


async def test_a_run_that_was_not_begun_has_nothing_to_verify(tmp_path: Path) -> None:
    """Of a plan that was never applied everybody waits, and nobody is asked for."""
    account = an_account()
    book = new_book(tmp_path, plan_by_hand(account, a_wish(), {NEW: "VIP"}))
    found = await verify_run(book, Asking(account))
    assert (found.waiting, found.asked, found.is_right, account.calls) == (
        200,
        0,
        False,
        [Made("groups.list")],
    )

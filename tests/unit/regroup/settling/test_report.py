"""A run's report: what its book tells, in sums and follower by follower."""

from pathlib import Path

from tests.by_hand import START, carry_out_by_hand, new_book, plan_by_hand
from tests.pretended_account import PretendedAccount, openid_of

from fenzu.errors import UNKNOWN_ADVICE
from fenzu.model import Group, GroupID
from fenzu.regroup._books.entries import ActionDone, ActionSent, Sent, Settled
from fenzu.regroup._settling.report import NO_CODE, FailureKind, Outcome, advice_on, outcomes, report_of
from fenzu.regroup._values import Delete, Failure, Rename
from fenzu.wire.errcodes import ERRCODES

OPENIDS = tuple(map(openid_of, range(130)))
NEW, FRIENDS = -1, 100


def an_account() -> PretendedAccount:
    return PretendedAccount(dict.fromkeys(OPENIDS, 0), {FRIENDS: "朋友"})


async def test_sums_of_a_run(tmp_path: Path) -> None:
    """Moved, failed by reason with advice, groups made and renamed, calls and time stand in the report."""
    account = an_account()
    wish = dict.fromkeys(OPENIDS[:120], NEW) | {OPENIDS[120]: 0}
    plan = plan_by_hand(account, wish, {NEW: "VIP"}, Rename(FRIENDS, "朋友", "Friends"))
    book = new_book(tmp_path, plan)
    account.bad |= {OPENIDS[3], OPENIDS[4]}
    await carry_out_by_hand(book, account)
    report = report_of(book)
    assert (report.followers, report.moved, report.already_there, report.failed, report.waiting) == (
        120,
        118,
        1,
        2,
        0,
    )
    assert report.failures == (FailureKind(40003, ERRCODES[40003].message, 2, ERRCODES[40003].advice),)
    assert report.made == (Group(GroupID(101), "VIP"),)
    assert report.renamed == (Rename(FRIENDS, "朋友", "Friends"),)
    assert report.calls == {"groups.create": 1, "groups.move_many": 3, "groups.rename": 1}
    assert (report.state, report.reason, report.kind, report.wish, report.digest) == (
        "done",
        "",
        "apply",
        "crm.csv",
        "",
    )
    assert report.seconds == 9.0


async def test_what_has_become_of_each(tmp_path: Path) -> None:
    """Each follower of the plan stands once: moved, failed with the reason, or waiting."""
    account = an_account()
    wish = dict.fromkeys(OPENIDS[:60], NEW) | dict.fromkeys(OPENIDS[60:], FRIENDS)
    book = new_book(tmp_path, plan_by_hand(account, wish, {NEW: "VIP"}))
    assert {(one.fate, one.target) for one in outcomes(book)} == {("waiting", None), ("waiting", FRIENDS)}
    account.bad.add(OPENIDS[5])
    await carry_out_by_hand(book, account, batches=3)
    found = list(outcomes(book))
    assert [one.openid for one in found] == list(OPENIDS)
    assert found[0] == Outcome(OPENIDS[0], 0, 101, "moved")
    assert found[5] == Outcome(OPENIDS[5], 0, 101, "failed", 40003, ERRCODES[40003].message)
    assert found[-1] == Outcome(OPENIDS[-1], 0, FRIENDS, "waiting")
    assert report_of(book).waiting == 20


def test_a_run_that_was_not_begun(tmp_path: Path) -> None:
    """The report of a plan that was never applied says that everybody waits, and knows no time."""
    report = report_of(new_book(tmp_path, plan_by_hand(an_account(), {OPENIDS[0]: FRIENDS})))
    assert (report.state, report.waiting, report.began_at, report.seconds) == ("planned", 1, None, 0.0)


def test_the_most_frequent_reason_comes_first(tmp_path: Path) -> None:
    """Reasons stand by how many they kept from moving; one without a code has advice too."""
    account = an_account()
    book = new_book(tmp_path, plan_by_hand(account, dict.fromkeys(OPENIDS[:50], FRIENDS)))
    failures = [Failure(openid, 1, 40003, "invalid openid") for openid in OPENIDS[1:4]]
    failures.append(Failure(OPENIDS[0], 1, None, "no answer"))
    book.write([Sent(1, START), Settled(1, START + 2, 46, tuple(failures))])
    assert [(kind.code, kind.followers, kind.advice) for kind in report_of(book).failures] == [
        (40003, 3, ERRCODES[40003].advice),
        (None, 1, NO_CODE),
    ]
    assert advice_on(99999) == UNKNOWN_ADVICE


def test_what_an_undo_deleted(tmp_path: Path) -> None:
    """A group that was deleted is told; one that stayed, because somebody was in it, is not."""
    account = an_account()
    plan = plan_by_hand(account, {})
    deletes = (Delete(100, "朋友"), Delete(101, "VIP"))
    book = new_book(tmp_path, type(plan)(plan.header, plan.groups, (), (), deletes, ()))
    book.write([ActionSent("delete", 100, START), ActionDone("delete", 100, START + 1, 100)])
    assert report_of(book).deleted == (Delete(100, "朋友"),)

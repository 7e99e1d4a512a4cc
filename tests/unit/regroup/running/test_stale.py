"""When a plan does not stand any more, and what does not matter."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from tests.unit.regroup.plans import NAMES, a_book, a_plan, openids
from tests.unit.regroup.platform import Mirror, Row

from fenzu.errors import PlanError, StalePlan
from fenzu.model import Group, GroupID
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Action
from fenzu.regroup._running.stale import READ, check_digest, check_followers, check_groups
from fenzu.regroup._values import Delete, Rename

SOMEBODY = openids(1)[0]


def groups(names: dict[int, str]) -> list[Group]:
    return [Group(GroupID(id_), name, 5) for id_, name in names.items()]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A plan that moves 120, renames a group and deletes another."""
    return a_book(
        tmp_path, a_plan(120, renames=(Rename(101, "同事", "East"),), deletes=(Delete(100, "朋友"),))
    )


def test_new_groups_and_counts_never_matter(book: Book) -> None:
    """Groups that the plan does not name may come and go; reserved ones need not be listed (rulebook 2021)."""
    check_groups(book, groups({2: "星标组", 100: "朋友", 101: "同事", 102: "another"}), [])


@pytest.mark.parametrize(
    ("names", "told"), [({**NAMES, 100: "敌人"}, "is called 敌人 now"), ({101: "同事"}, "100 朋友 is gone")]
)
def test_a_group_that_is_another_makes_a_plan_stale(book: Book, names: dict[int, str], told: str) -> None:
    """A plan whose group has another name, or is gone, is refused with what happened."""
    with pytest.raises(StalePlan, match=told):
        check_groups(book, groups(names), [])


def test_what_the_run_itself_has_begun_is_no_staleness(book: Book) -> None:
    """Resumed after a crash, a group may have its old name or its new one, and one to be deleted may be gone."""
    begun = [Action("rename", 101, 0, None), Action("delete", 100, 0, None)]
    check_groups(book, groups({101: "East"}), begun)
    check_groups(book, groups({100: "朋友", 101: "同事"}), begun)
    with pytest.raises(StalePlan, match="101 is called West"):
        check_groups(book, groups({100: "朋友", 101: "West"}), begun)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Row(SOMEBODY, 101), "is in group 101 now, not in 0"),
        (Row(SOMEBODY, 100), "is in group 100 now, not in 0"),
        (Row(SOMEBODY, None), "is in group None now"),
        (Row(SOMEBODY, 0, follows=False), "does not follow any more"),
    ],
)
def test_a_listed_follower_who_is_elsewhere_makes_a_plan_stale(book: Book, row: Row, told: str) -> None:
    """Somebody who is to be moved and is not where the plan found them makes it stale; no whole openid is told."""
    with pytest.raises(StalePlan, match=told) as refused:
        check_followers(book, Mirror([row]), {}, resumed=False)
    assert SOMEBODY not in str(refused.value)


def test_who_is_not_listed_or_back_again_does_not_matter(book: Book) -> None:
    """Changes of others, and of somebody who is where the plan found them, leave a plan as it is."""
    check_followers(book, Mirror([Row("o-another", 101), Row(SOMEBODY, 0)]), {}, resumed=False)


def test_who_is_at_the_target_already_is_right_once_the_run_has_begun(book: Book) -> None:
    """After a crash the mirror may know moves that the journal does not: they are this run's own."""
    check_followers(book, Mirror([Row(SOMEBODY, 100)]), {}, resumed=True)
    with pytest.raises(StalePlan):
        check_followers(book, Mirror([Row(SOMEBODY, 101)]), {}, resumed=True)


def test_of_many_changes_some_are_told(book: Book) -> None:
    """Three are told, and how many more there are."""
    with pytest.raises(StalePlan, match="; and 117 more"):
        check_followers(book, Mirror([Row(openid, 101) for openid in openids(120)]), {}, resumed=False)


def test_a_group_that_somebody_joined_is_not_renamed(tmp_path: Path) -> None:
    """Where a rename stands for moving all of a group, one who has joined it since would be carried along."""
    book = a_book(tmp_path, a_plan(60, renames=(Rename(101, "同事", "East", 4),)))
    there = [Group(GroupID(100), "朋友"), Group(GroupID(101), "同事", 5)]
    with pytest.raises(StalePlan, match="5 followers are in group 101 同事 now, not 4"):
        check_groups(book, there, [])
    check_groups(book, there, [Action("rename", 101, 0, None)])
    check_groups(book, [Group(GroupID(100), "朋友"), Group(GroupID(101), "同事", 4)], [])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Book:
    """A plan of another mirror of the account, made from facts of which the oldest was learnt at 100."""
    plan = a_plan(120)
    header = msgspec.structs.replace(plan.header, mirror="another mirror", mirrored_at=100.0, revision=1_000)
    return a_book(tmp_path, msgspec.structs.replace(plan, header=header))


@pytest.mark.parametrize(
    "row",
    [
        Row(SOMEBODY, 101, revision=1, seen_at=101.0),
        Row(SOMEBODY, 0, follows=False, revision=1, seen_at=50.0, gone_at=101.0),
    ],
)
def test_revisions_of_another_mirror_excuse_nobody(elsewhere: Book, row: Row) -> None:
    """In another mirror than the plan's a row counts by when it was learnt: its revisions begin anew."""
    with pytest.raises(StalePlan):
        check_followers(elsewhere, Mirror([row]), {}, resumed=False)


@pytest.mark.parametrize(
    "row",
    [Row(SOMEBODY, 101, seen_at=99.0), Row(SOMEBODY, None, seen_at=101.0), Row(SOMEBODY, 0, seen_at=101.0)],
)
def test_another_mirror_that_knows_nothing_newer_says_nothing(elsewhere: Book, row: Row) -> None:
    """What another mirror learnt before all that the plan was made from, or does not know, is no staleness."""
    check_followers(elsewhere, Mirror([row]), {}, resumed=False)


class Watched(Mirror):
    """A mirror that counts how many are looked up at once."""

    most = 0

    def find(self, openids: Iterable[str]) -> dict[str, Row]:
        wanted = list(openids)
        self.most = max(self.most, len(wanted))
        return super().find(wanted)


def test_rows_are_looked_up_some_at_a_time(tmp_path: Path) -> None:
    """However many have changed, only the rows of some batches are held, and none where nobody changed."""
    n = 2 * READ * 50 + 10
    book = a_book(tmp_path, a_plan(n))
    mirror = Watched([Row(openid, 0) for openid in openids(n)])
    check_followers(book, mirror, {}, resumed=False)
    assert mirror.most == READ * 50
    quiet = Watched()
    check_followers(book, quiet, {}, resumed=False)
    assert quiet.most == 0


class _Over(Exception):
    """What ends a check."""


def test_a_long_check_ends_when_the_run_does(tmp_path: Path) -> None:
    """An interrupted run does not wait until all of a large plan is looked at."""
    plan = a_plan(120)
    book = a_book(
        tmp_path, msgspec.structs.replace(plan, header=msgspec.structs.replace(plan.header, digest="0"))
    )

    def over() -> None:
        raise _Over

    with pytest.raises(_Over):
        check_digest(book, over)
    with pytest.raises(_Over):
        check_followers(book, Mirror([Row(SOMEBODY, 101)]), {}, resumed=False, go_on=over)
    with pytest.raises(PlanError):
        check_digest(book)

"""What is told of groups that are not clear, so that somebody can mend the file."""

import polars as pl
import pytest
from tests.unit.regroup.wishes.reading import A, B, C, read

from fenzu.regroup._frames import PROBLEM_COLUMNS
from fenzu.regroup._values import KnownGroup
from fenzu.regroup._wishes import Problems, explained, near_new_names

GROUPS = (
    KnownGroup(0, "未分组"),
    KnownGroup(100, "VIP"),
    KnownGroup(101, "ＶＩＰ 客户"),
    KnownGroup(102, "twice"),
    KnownGroup(103, "twice"),
    KnownGroup(104, "贵宾"),
)


def unfollowed(*rows: tuple[int, str, str, str]) -> Problems:
    frame = [(row, kind, A, group, detail) for row, kind, group, detail in rows]
    return explained(pl.DataFrame(frame, schema=PROBLEM_COLUMNS, orient="row"), GROUPS)


def test_a_name_that_is_nearly_right() -> None:
    """A name that differs only in white space, width or case is told with the group that is called nearly so."""
    near, far = unfollowed((2, "unknown_group", "vip客户", ""), (3, "unknown_group", "nope", ""))
    assert near.text.en == ("the account has no group of this name or id; nearly the same: ＶＩＰ 客户 (101)")
    assert near.text.zh.endswith("；相近的有 ＶＩＰ 客户 (101)")
    assert far.text.en == "the account has no group of this name or id"


@pytest.mark.parametrize(
    ("mistyped", "told"),
    [
        ("tvice", "twice (102), twice (103)"),
        ("twicee", "twice (102), twice (103)"),
        ("未分祖", "未分组 (0)"),
        ("VP", "VIP (100)"),
        ("贵宝", "贵宾 (104)"),
    ],
)
def test_a_mistyped_letter(mistyped: str, told: str) -> None:
    """A name with one letter wrong, left out or too many is told with the groups that may be meant."""
    (problem,) = unfollowed((2, "unknown_group", mistyped, ""))
    assert problem.text.en.endswith(f"; nearly the same: {told}")


@pytest.mark.parametrize("other", ["twelve", "VX", "", "VIP VIP", "金牌"])
def test_another_name_is_no_mistyped_one(other: str) -> None:
    """Of a name from which more differs, no group is told."""
    (problem,) = unfollowed((2, "unknown_group", other, ""))
    assert problem.text.en == "the account has no group of this name or id"


def test_a_name_of_several_groups() -> None:
    """Of an ambiguous name the ids are told."""
    (problem,) = unfollowed((2, "ambiguous_group", "twice", ""))
    assert problem.text.en.endswith("; their ids are 102, 103")


def test_other_kinds_stay_as_they_are() -> None:
    """What a plan says about other rows, such as another row's number, is told as it is, by row."""
    problems = unfollowed(
        (9, "unknown_openid", "VIP", ""), (4, "conflicting", "VIP", "7"), (5, "repeated", "VIP", "2")
    )
    assert [problem.row for problem in problems] == [4, 5, 9]
    assert next(problem.text.en for problem in problems) == "row 7 wants this openid in another group"
    assert sum(problem.left_out for problem in problems) == 2 and problems.counts["repeated"] == 1


def test_no_problems() -> None:
    """A plan that follows every row has no problems."""
    assert len(unfollowed()) == 0


def test_a_new_group_that_is_nearly_an_old_one() -> None:
    """Before a group is made, one is told that people would take for the same; nobody is left out for it."""
    wishes = read(f"openid,group\n{A},vip\n{B},VIP\n{C},new\n")
    problems = near_new_names(wishes, GROUPS)
    assert [(problem.row, problem.kind, problem.left_out) for problem in problems] == [
        (2, "near_new_group", False)
    ]
    assert "VIP (100)" in str([problem.text for problem in problems])
    assert len(near_new_names(read(f"openid,group_id\n{A},vip\n"), GROUPS)) == 0

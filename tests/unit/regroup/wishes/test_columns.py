"""Columns that are not clear, offered to be chosen from."""

import pytest

from fenzu.regroup._wishes.columns import UnclearColumns, find_columns

OPENID = "oTest001_0000000000000000001"


def test_unclear_columns_are_offered_by_number() -> None:
    """Where titles tell nothing, each column is offered with its number, and the numbers then say which are meant."""
    with pytest.raises(UnclearColumns) as met:
        find_columns(["客户", "去向"])
    assert met.value.choices == (("1", "客户"), ("2", "去向"))
    found = find_columns(["客户", "去向"], "1", "2")
    assert (found.openid, found.group, found.has_header) == (0, 1, True)


def test_a_first_row_of_values_is_offered_without_whole_openids() -> None:
    """Values without titles above them are offered too, and an openid among them is masked."""
    with pytest.raises(UnclearColumns) as met:
        find_columns([OPENID, "VIP", "2020-01-01"], left=1)
    [first, *others] = met.value.choices
    assert first[0] == "2"
    assert OPENID not in first[1]
    assert others == [("3", "VIP"), ("4", "2020-01-01")]


@pytest.mark.parametrize("titles", [("openid", "openid", "group"), ("openid", "group", "分组")])
def test_two_columns_of_one_title_are_offered(titles: tuple[str, ...]) -> None:
    """Several that could be meant are as unclear as none."""
    with pytest.raises(UnclearColumns):
        find_columns(titles)


def test_one_column_twice_is_unclear() -> None:
    """Openid and group cannot be the same column."""
    for first in (["openid", "group"], [OPENID, "VIP"]):
        with pytest.raises(UnclearColumns):
            find_columns(first, "1", "1")


def test_clear_columns_are_told_with_all_others() -> None:
    """Where it is clear which columns are meant, all are told, so that somebody can say otherwise."""
    assert find_columns(["name", "openid", "group"]).choices == (
        ("1", "name"),
        ("2", "openid"),
        ("3", "group"),
    )
    assert find_columns([OPENID, "VIP"]).choices[1] == ("2", "VIP")

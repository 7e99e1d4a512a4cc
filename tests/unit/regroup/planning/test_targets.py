"""Which group a text of a wish means."""

from tests.unit.regroup.planned import GROUPS

from fenzu.regroup._planning.targets import find_targets
from fenzu.regroup._values import KnownGroup


def test_an_id_and_a_name_mean_the_same_group() -> None:
    """A group may be given by its id or by its name, in one file."""
    found = find_targets(["100", "VIP", "0", "未分组"], GROUPS, create=False)
    assert found.ids == {"100": 100, "VIP": 100, "0": 0, "未分组": 0}
    assert not found.unclear


def test_what_means_no_group_is_told() -> None:
    """A name that several groups have is ambiguous; a name or an id that none has is unknown; ids begin with no 0."""
    found = find_targets(["twin", "nobody", "999", "9" * 19, "0101", "00"], GROUPS, create=False)
    assert found.unclear == {
        "twin": "ambiguous_group",
        "nobody": "unknown_group",
        "999": "unknown_group",
        "9" * 19: "unknown_group",
        "0101": "unknown_group",
        "00": "unknown_group",
    }


def test_missing_groups_are_made_where_that_is_asked_for() -> None:
    """With `create` a name that no group has is one to be made; an id never is, nor what no group can be called."""
    found = find_targets(["b", "a", "999", "x" * 31, " ", "VIP"], GROUPS, create=True)
    assert found.new == ("a", "b")
    assert found.unclear == {"999": "unknown_group", "x" * 31: "bad_group_name", " ": "bad_group_name"}


def test_a_column_of_names_holds_no_ids() -> None:
    """Where a column is known to hold names, a group may be called by digits; where it holds ids, a name is unknown."""
    groups = (*GROUPS, KnownGroup(104, "2024"))
    assert find_targets(["2024"], groups, create=False, named_by="name").ids == {"2024": 104}
    assert find_targets(["VIP"], groups, create=True, named_by="id").unclear == {"VIP": "unknown_group"}


def test_reserved_groups_need_not_be_listed() -> None:
    """The platform of today lists neither 0 nor 1; their names mean them all the same, unless another group has it."""
    listed = (KnownGroup(2, "星标组"), KnownGroup(100, "黑名单"))
    found = find_targets(["未分组", "黑名单", "1"], listed, create=False)
    assert found.ids == {"未分组": 0, "黑名单": 100, "1": 1}

"""The table of followers for spreadsheets."""

from typing import Self, cast

import pytest
from tests.pretended_account import openid_of

from fenzu.console.followers.table import table
from fenzu.mirror import Found, Mirror, Query
from fenzu.mirror.rows import Row
from fenzu.model import Group, GroupID, OpenID

GROUPS = [Group(GroupID(n), name, 0) for n, name in ((100, "VIP"), (101, "VIP"), (102, "=x"))]


class OneFollower:
    """A mirror with one follower, who is in this group; it tells that it was closed."""

    def __init__(self, group: int | None) -> None:
        self.row = Row(OpenID(openid_of(1)), None if group is None else GroupID(group), True, 1, 1)
        self.is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.is_open = False

    def search(self, query: Query, *, cursor: str | None, limit: int) -> Found:
        return Found(rows=(self.row,), previous=None, next=None)


@pytest.mark.parametrize(("group", "told"), [(100, "100"), (102, "'=x"), (103, "103"), (None, "")])
def test_a_group_is_named_so_that_a_list_can_name_it(group: int | None, told: str) -> None:
    """A name stands for itself, and runs as no formula; groups of one name and those that nobody lists stand by id."""
    mirror = OneFollower(group)
    made = b"".join(table(lambda: cast("Mirror", mirror), Query(), GROUPS, "en")).decode()
    assert made.splitlines()[1] == f"{openid_of(1)},{told},,"
    assert not mirror.is_open

"""The rules with plain values: no store, no socket, no clock."""

from collections.abc import Callable

import pytest

from fenzu.errors import ApiError
from fenzu.sandbox.rules.decide import decide
from fenzu.sandbox.rules.requests import CreateGroup, DeleteGroup, FetchToken, Move, RenameGroup, Request
from fenzu.sandbox.rules.rows import GroupRow, Ledger, TokenRow
from fenzu.sandbox.store.overlay import Overlay
from fenzu.wire.rulebooks import RULES_2013, RULES_2021, Rulebook

ROWS = {
    0: GroupRow(0, "未分组", 2),
    1: GroupRow(1, "黑名单", 0),
    2: GroupRow(2, "星标组", 0),
    100: GroupRow(100, "a", 1),
}


@pytest.fixture
def rows() -> Overlay:
    overlay = Overlay(1, Ledger(101, 4, 0, 0, 0, 0), dict(ROWS), [])
    overlay.members = {"o1": (1, 0), "o2": (2, 0), "o3": (3, 100)}
    return overlay


def refused(request: Request, rows: Overlay, book: Rulebook = RULES_2013) -> int:
    with pytest.raises(ApiError) as caught:
        decide(request, rows, book)
    return caught.value.code


def test_a_rule_changes_nothing_itself(rows: Overlay) -> None:
    """What a rule decides is a value; the rows are as they were until it is applied."""
    for request in (
        CreateGroup(1, "b"),
        RenameGroup(1, 100, "b"),
        DeleteGroup(1, 100),
        Move(1, ("o1",), 100),
    ):
        decide(request, rows, RULES_2013)
    assert rows.groups == ROWS
    assert not rows.is_changed


def test_a_move_tells_only_what_changes(rows: Overlay) -> None:
    """Who is in the group already is no change; the counts change by those who came."""
    changes = decide(Move(1, ("o1", "o3"), 100), rows, RULES_2013).changes
    assert changes.members == {"o1": (1, 100)}
    assert changes.groups == {0: GroupRow(0, "未分组", 1), 100: GroupRow(100, "a", 2)}
    assert not decide(Move(1, ("o3",), 100), rows, RULES_2013).changes.groups


def test_a_batch_from_several_groups(rows: Overlay) -> None:
    """Each group that somebody leaves is counted down by those who left it."""
    rows.apply(decide(Move(1, ("o1", "o2", "o3"), 2), rows, RULES_2013).changes)
    assert {id_: group.size for id_, group in rows.groups.items()} == {0: 0, 1: 0, 2: 3, 100: 0}
    assert rows.moved == {1: 2, 2: 2, 3: 2}


def test_deleting_a_group_touches_no_member(rows: Overlay) -> None:
    """Two rows change, however many were in it; those at hand are seen in 0 by the next rule."""
    changes = decide(DeleteGroup(1, 100), rows, RULES_2013).changes
    assert changes.groups == {100: None, 0: GroupRow(0, "未分组", 3)}
    assert not changes.members
    rows.apply(changes)
    assert rows.members["o3"] == (3, 0)
    assert refused(Move(1, ("o1",), 100), rows) == 40050


def test_a_created_group_moves_the_next_id(rows: Overlay) -> None:
    """Two creates decided one after another give two ids."""
    ids = []
    for _ in range(2):
        decision = decide(CreateGroup(1, "b"), rows, RULES_2013)
        rows.apply(decision.changes)
        ids.append(decision.value)
    assert ids == [{"group": {"id": 101, "name": "b"}}, {"group": {"id": 102, "name": "b"}}]
    assert rows.ledger.next_group == 103


@pytest.mark.parametrize(
    ("book", "fill", "code"), [(RULES_2013, 499, 45018), (RULES_2021, 99, 45018)], ids=["2013", "2021"]
)
def test_reserved_groups_do_not_count_as_custom(rows: Overlay, book: Rulebook, fill: int, code: int) -> None:
    """The limit is one of custom groups: 500, or 100."""
    rows.groups.update({200 + index: GroupRow(200 + index, "x", 0) for index in range(fill - 1)})
    rows.apply(decide(CreateGroup(1, "last"), rows, book).changes)
    assert refused(CreateGroup(1, "one too many"), rows, book) == code


@pytest.mark.parametrize(
    ("make", "old", "new"),
    [
        (lambda: Move(1, ("o1",), 9), 40050, -1),
        (lambda: Move(1, ("o1",), None), 40050, -1),
        (lambda: Move(1, ("o9",), None), 40003, 40003),
        (lambda: RenameGroup(1, 9, "x"), 40050, -1),
        (lambda: RenameGroup(1, 1, "x"), 45016, -1),
        (lambda: DeleteGroup(1, 9), 40050, 40152),
    ],
    ids=range(6),
)
def test_refusals_by_rulebook(rows: Overlay, make: Callable[[], Request], old: int, new: int) -> None:
    """Each rulebook has its code for the same mistake."""
    assert (refused(make(), rows, RULES_2013), refused(make(), rows, RULES_2021)) == (old, new)


def test_a_token_given_together_with_another_sees_it() -> None:
    """Of two stable fetches in one commit the second gets the first one's token; of two ordinary ones each its own."""
    rows = Overlay(1, Ledger(100, 1, 0, 0, 0, 0), {}, [])
    texts: list[object] = []
    for kind in ("stable", "stable", "plain", "plain"):
        decision = decide(FetchToken(1, kind, 50, f"t{len(texts)}"), rows, RULES_2013)
        rows.apply(decision.changes)
        assert isinstance(decision.value, dict)
        texts.append(decision.value["access_token"])
    assert texts == ["t0", "t0", "t2", "t3"]
    assert rows.tokens("plain") == [
        TokenRow(1, "plain", 1, "t2", 7250, 350),
        TokenRow(1, "plain", 2, "t3", 7250, 7250),
    ]


def test_values_keep_secrets_out_of_their_text() -> None:
    """A token stands in no repr of a row or request."""
    assert "t0k3n" not in repr(TokenRow(1, "stable", 1, "t0k3n", 5, 5))
    assert "t0k3n" not in repr(FetchToken(1, "stable", 5, "t0k3n"))

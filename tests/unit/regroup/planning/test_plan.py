"""Making a plan: what is compared, in which order it is done, and what is left out."""

import msgspec
import polars as pl
import pytest
from tests.unit.regroup.planned import FACTS, GROUPS, applied, mirror_of, openid, plan_for, wishes_of

from fenzu.errors import UsageError
from fenzu.regroup._digest import digest_of
from fenzu.regroup._frames import mirror_frame
from fenzu.regroup._planning import compare as _compare
from fenzu.regroup._planning.compare import OnConflict
from fenzu.regroup._planning.plan import make_plan
from fenzu.regroup._values import Batch, Create, KnownGroup

STATE = {openid(n): (0, 100, 101)[n % 3] for n in range(12)}


def test_no_ops_are_left_out() -> None:
    """Who is where he should be is counted and not moved."""
    plan = plan_for(STATE, [(openid(0), "0"), (openid(1), "VIP"), (openid(2), "VIP")])
    assert plan.batches == (Batch(1, 100, (openid(2),), (101,)),)
    assert (plan.header.wishes, plan.header.unchanged, plan.header.followers) == (3, 2, 12)


def test_batches_are_sorted_and_never_over_fifty() -> None:
    """Groups to be made come first, then ids upwards; within a group followers stand in follow order, fifty a batch."""
    state = {openid(n): 0 for n in range(150, 0, -1)}
    rows = [(one, "new" if at < 60 else "101" if at < 120 else "100") for at, one in enumerate(sorted(state))]
    plan = plan_for(state, rows, create=True)
    assert [(batch.number, batch.target, len(batch.openids)) for batch in plan.batches] == [
        (1, -1, 50),
        (2, -1, 10),
        (3, 100, 30),
        (4, 101, 50),
        (5, 101, 10),
    ]
    assert plan.batches[0].openids == tuple(openid(n) for n in range(60, 10, -1))
    assert plan.calls == 6


def test_new_groups_are_numbered_by_who_needs_them_first() -> None:
    """A group to be made gets its slot by the first follower in follow order; what nobody needs is not made."""
    rows = [(openid(5), "a"), (openid(3), "b"), (openid(4), "a"), (openid(99), "c")]
    plan = plan_for(STATE, rows, create=True)
    assert plan.creates == (Create(-1, "b"), Create(-2, "a"))
    assert applied(plan, STATE)[openid(5)] == -2


def test_groups_that_come_first_are_filled_first() -> None:
    """Groups named first, by name or id, are filled before all others, in that order; the rest keeps its own."""
    state = {openid(n): 0 for n in range(6)}
    wishes = ["new", "101", "100", "later", "101", "new"]
    rows = [(openid(n), group) for n, group in enumerate(wishes)]
    plan = plan_for(state, rows, create=True, first=["101", "later", "101"])
    assert [batch.target for batch in plan.batches] == [101, -2, -1, 100]
    assert [create.name for create in plan.creates] == ["new", "later"]
    assert applied(plan, state) == applied(plan_for(state, rows, create=True), state)


def test_a_group_that_comes_first_has_to_be_wanted() -> None:
    """A group named first that the wish wants nobody in is refused, as a name that was mistyped."""
    with pytest.raises(UsageError, match="nobody in 星标组"):
        plan_for({openid(1): 0}, [(openid(1), "100")], first=["星标组"])


def test_problems_are_counted_and_left_out() -> None:
    """Who does not follow, and whose group means nothing, is left out and counted by kind; the others are planned."""
    rows = [
        (openid(98), "VIP"),
        (openid(99), "VIP"),
        (openid(0), "nobody"),
        (openid(1), "twin"),
        (openid(2), "0"),
    ]
    plan = plan_for(STATE, rows)
    assert plan.header.problems == {"ambiguous_group": 1, "unknown_group": 1, "unknown_openid": 2}
    assert plan.moves == 1
    made = make_plan(FACTS, GROUPS, mirror_of(STATE), wishes_of(rows))
    assert made.problems.filter(pl.col("kind") == "ambiguous_group").rows() == [
        (5, "ambiguous_group", openid(1), "twin", "")
    ]


def test_what_is_said_twice_counts_once() -> None:
    """The same wish in two rows, by name and by id, is one; the later row is told, with the row that said it first."""
    rows = [(openid(0), "VIP"), (openid(1), "0"), (openid(0), "100"), (openid(0), "VIP")]
    made = make_plan(FACTS, GROUPS, mirror_of(STATE), wishes_of(rows))
    assert (made.plan.moves, made.plan.header.wishes) == (2, 2)
    assert made.plan.header.problems == {"repeated": 2}
    assert made.problems.sort("row").rows() == [
        (4, "repeated", openid(0), "100", "2"),
        (5, "repeated", openid(0), "VIP", "2"),
    ]


@pytest.mark.parametrize(("on_conflict", "target"), [("refuse", None), ("first", 100), ("last", 101)])
def test_wishes_that_contradict_each_other(on_conflict: OnConflict, target: int | None) -> None:
    """Of rows that want a follower in different groups none counts, or the first or the last where one asks for it."""
    rows = [(openid(1), "0"), (openid(0), "VIP"), (openid(0), "nobody"), (openid(0), "101")]
    made = make_plan(FACTS, GROUPS, mirror_of(STATE), wishes_of(rows), on_conflict=on_conflict)
    assert applied(made.plan, STATE)[openid(0)] == (0 if target is None else target)
    assert made.plan.moves == (1 if target is None else 2)
    told = {row: (kind, detail) for row, kind, _, _, detail in made.problems.rows()}
    assert (
        told
        == {
            "refuse": {3: ("conflicting", "4"), 4: ("conflicting", "3"), 5: ("conflicting", "3")},
            "first": {4: ("overruled", "3"), 5: ("overruled", "3")},
            "last": {3: ("overruled", "5"), 4: ("overruled", "5")},
        }[on_conflict]
    )


def test_a_contradiction_names_a_row_that_contradicts() -> None:
    """A row is told of one that wants another group, by whatever text, never of one that wants the same."""
    rows = [
        (openid(0), "VIP"),
        (openid(0), "101"),
        (openid(0), "100"),
        (openid(1), "here"),
        (openid(1), "there"),
    ]
    made = make_plan(FACTS, GROUPS, mirror_of(STATE), wishes_of(rows))
    told = {row: (kind, detail) for row, kind, _, _, detail in made.problems.rows()}
    assert told == {
        2: ("conflicting", "3"),
        3: ("conflicting", "2"),
        4: ("conflicting", "3"),
        5: ("conflicting", "6"),
        6: ("conflicting", "5"),
    }


def test_groups_that_the_plan_names_are_noted() -> None:
    """The plan holds the groups that it takes from and moves to, so that it can tell when they are others."""
    plan = plan_for(STATE, [(openid(0), "VIP"), (openid(1), "100")])
    assert plan.groups == (KnownGroup(0, "未分组"), KnownGroup(100, "VIP"))


def test_a_wish_without_rows_gives_an_empty_plan() -> None:
    """Nothing wished and nobody followed is nothing to do, not an error."""
    assert plan_for({}, []).is_empty
    assert plan_for(STATE, []).is_empty
    assert plan_for({}, [(openid(0), "VIP")]).header.problems == {"unknown_openid": 1}


def test_the_digest_is_over_what_is_done() -> None:
    """The digest changes with a move and with the account, and not with the moment or the file's name."""
    plan = plan_for(STATE, [(openid(0), "VIP")])
    rest = (plan.groups, plan.creates, plan.renames, plan.deletes)

    def digest(**changes: object) -> str:
        header = msgspec.structs.replace(plan.header, **changes)
        return digest_of(header, *rest, plan.batches)

    assert (
        plan.header.digest == digest() == digest(made_at=9.0, wish="other.csv", wish_digest="ff", mirror="ab")
    )
    assert len({digest(), digest(appid="wx2"), digest(revision=8)}) == 3
    assert digest_of(plan.header, *rest, ()) != digest()


def test_a_plan_is_the_same_in_one_part_and_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large frames are compared part by part, which changes nothing of the plan."""
    rows = [(openid(n), ("VIP", "new", "twin")[n % 3]) for n in range(0, 40, 2)]
    state = {openid(n): n % 2 * 100 for n in range(30)}
    whole = plan_for(state, rows, create=True)
    monkeypatch.setattr(_compare, "PART", 4)
    assert plan_for(state, rows, create=True) == whole


def test_openids_that_share_a_key_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Openids are joined by short keys where those tell them apart, and by themselves where they do not."""
    state = {openid(n): n % 2 * 100 for n in range(30)}
    for rows in (
        [(openid(n), "VIP") for n in range(20, 40)],
        [(openid(99), "VIP")],
        [(openid(1), "0"), (openid(3), "0"), (openid(1), "0")],
    ):
        whole = plan_for(state, rows)
        for keys in (1, 2, 7):
            with monkeypatch.context() as patch:
                patch.setattr(_compare, "_key", lambda keys=keys: pl.col("openid").hash() % keys)
                assert plan_for(state, rows) == whole


def test_the_mirror_is_read_in_pieces() -> None:
    """Pieces of a dump become one frame in their order."""
    frame = mirror_frame([b"oA,0\noB,100\n", b"oC,7"])
    assert frame.rows() == [("oA", 0), ("oB", 100), ("oC", 7)]
    assert mirror_frame([]).schema == frame.schema


def test_facts_stand_in_the_header() -> None:
    """What is known of account, mirror and wish is written down in the plan."""
    header = plan_for(STATE, []).header
    assert (header.appid, header.base_url, header.wish) == (FACTS.appid, FACTS.base_url, FACTS.wish)
    assert (header.revision, header.mirrored_at, header.kind) == (7, 1.0, "apply")

"""Laws of planning, over states and wishes that nobody has thought of."""

from collections import Counter
from collections.abc import Mapping
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.regroup.planned import GROUPS, applied, openid, plan_for

FEW = 60
IDS = (0, 1, 2, 100, 101)
states = st.dictionaries(st.integers(0, FEW), st.sampled_from(IDS), max_size=FEW).map(
    lambda found: {openid(n): group for n, group in found.items()}
)
wanted = st.dictionaries(
    st.integers(0, FEW), st.sampled_from(["0", "VIP", "100", "101", "x", "y"]), max_size=FEW
)
wishes = wanted.map(lambda found: {openid(n): group for n, group in found.items()})
NUMBERS = {"0": 0, "VIP": 100, "100": 100, "101": 101}


@given(states)
def test_a_plan_from_a_state_to_itself_is_empty(state: dict[str, int]) -> None:
    """Wishing for what is there costs no call."""
    plan = plan_for(state, [(one, str(group)) for one, group in state.items()])
    assert plan.is_empty
    assert plan.header.unchanged == len(state)


@given(states, wishes)
def test_applying_reaches_the_wish_and_touches_nobody_else(
    state: dict[str, int], wish: dict[str, str]
) -> None:
    """Afterwards everybody listed who follows is where the wish wants him, and everybody else where he was."""
    plan = plan_for(state, list(wish.items()), create=True)
    after = applied(plan, state)
    slots = {create.name: create.slot for create in plan.creates}
    for one, group in after.items():
        text = wish.get(one)
        assert group == (state[one] if text is None else NUMBERS.get(text, slots.get(text)))
    assert plan.header.problems.get("unknown_openid", 0) == len(wish.keys() - state.keys())
    assert plan.header.wishes == len(wish)


@given(states, wishes)
def test_calls_are_what_the_moves_need(state: Mapping[str, int], wish: Mapping[str, str]) -> None:
    """A plan makes one call for each fifty into a group, one for each new group, and no more."""
    plan = plan_for(state, list(wish.items()), create=True)
    moves: Counter[int] = Counter()
    for batch in plan.batches:
        assert 1 <= len(batch.openids) <= 50
        moves[batch.target] += len(batch.openids)
    assert plan.calls == sum(-(-n // 50) for n in moves.values()) + len(plan.creates)
    assert all(create.slot in moves for create in plan.creates)
    assert [batch.number for batch in plan.batches] == list(range(1, len(plan.batches) + 1))


@settings(max_examples=50)
@given(states, wishes, st.randoms())
def test_the_order_of_rows_counts_for_nothing(
    state: dict[str, int], wish: dict[str, str], chance: Random
) -> None:
    """The same rows in another order give the same plan, to the digest."""
    rows = list(wish.items())
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert plan_for(state, shuffled, create=True) == plan_for(state, rows, create=True)


many = st.lists(st.sampled_from(["VIP", "华东媒", "x", "y"]), min_size=1, max_size=300)


@given(many, st.lists(st.sampled_from([0, 100, 101]), min_size=300, max_size=300), st.integers(0, 3))
def test_renaming_reaches_the_wish_and_carries_nobody_along(
    wanted: list[str], groups: list[int], unlisted: int
) -> None:
    """With renames everybody listed is in a group of the wished name, and who is not listed keeps his group."""
    everybody = {openid(n): groups[n] for n in range(len(wanted))}
    wish = {openid(n): text for n, text in enumerate(wanted) if n >= unlisted}
    plan = plan_for(everybody, list(wish.items()), create=True, rename=True)
    dear = plan_for(everybody, list(wish.items()), create=True)
    names = {group.id: group.name for group in GROUPS}
    names |= {rename.group_id: rename.new for rename in plan.renames}
    names |= {create.slot: create.name for create in plan.creates}
    after = applied(plan, everybody)
    for one, group in after.items():
        if one in wish:
            assert names[group] == wish[one]
        else:
            assert group == everybody[one]
            assert group not in {rename.group_id for rename in plan.renames}
    assert plan.calls <= dear.calls
    assert plan.calls < dear.calls or not plan.renames
    assert plan.header.unchanged + plan.header.along + plan.moves == len(wish)

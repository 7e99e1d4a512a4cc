"""Laws of planning, over states and wishes that nobody has thought of."""

from collections import Counter
from collections.abc import Mapping
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.regroup.planning import applied, openid, plan_for

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

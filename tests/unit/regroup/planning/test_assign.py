"""Pairing so that the sum of gains is the greatest."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from fenzu.regroup._planning.assign import best_pairs


def test_pairs_gain_the_most_together() -> None:
    """Not who gains most alone is paired first: the sum counts."""
    gains = {(1, "a"): 10, (1, "b"): 9, (2, "a"): 9, (2, "b"): 0}
    assert best_pairs(gains) == {1: "b", 2: "a"}


def test_nobody_is_paired_without_a_gain() -> None:
    """Where there is nothing to gain there is no pair, and each is in one pair at most."""
    assert best_pairs({(1, "a"): 0, (2, "b"): -4}) == {}
    assert best_pairs({(n, "a"): n for n in range(5)}) == {4: "a"}
    assert best_pairs({(1, name): 3 for name in "cab"}) == {1: "a"}


@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(-3, 9)))
def test_no_other_pairing_gains_more(gains: dict[tuple[int, int], int]) -> None:
    """Whatever the gains, trying all pairings finds no better one."""
    best = max(
        sum(max(gains.get((left, right), 0), 0) for left, right in enumerate(order))
        for order in permutations(range(5))
    )
    paired = best_pairs(gains)
    assert sum(gains[pair] for pair in paired.items()) == best
    assert len(set(paired.values())) == len(paired)


def test_hundreds_are_paired() -> None:
    """Equal gains, which leave everything open, end too: each of five hundred finds somebody."""
    gains = {(left, right): 1 + (left * right) % 3 for left in range(500) for right in range(500)}
    assert len(best_pairs(gains)) == 500

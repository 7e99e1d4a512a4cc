"""A sample of a run's followers speaks for each of its target groups."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from tests.pretended_account import openid_of

from fenzu.regroup._asking.present import Person
from fenzu.regroup._settling.sample import chosen, shares

COUNTS = st.dictionaries(st.integers(0, 30), st.integers(1, 500), max_size=8)


@given(COUNTS, st.integers(0, 600))
def test_the_shares_add_up(counts: dict[int, int], size: int) -> None:
    """The shares are as many as asked for or as there are, never more than a group has, and none goes without."""
    given_out = shares(counts, size)
    assert sum(given_out.values()) == min(size, sum(counts.values()))
    assert all(0 <= given_out[group] <= counts[group] for group in counts)
    if size >= len(counts):
        assert all(given_out.values())


def test_the_shares_go_by_size() -> None:
    """A group ten times as big is asked about ten times as often; where not each can have one, the big ones have."""
    assert shares({1: 1000, 2: 100, 3: 1}, 111) == {1: 99, 2: 11, 3: 1}
    assert shares({1: 5, 2: 7, 3: 7}, 2) == {1: 0, 2: 1, 3: 1}


def test_the_same_seed_chooses_the_same_people() -> None:
    """A sample is in the order of the people, the same for the same seed, and another for another one."""
    people = [Person(openid_of(n), 0, 100 + n % 3) for n in range(300)]
    counts = dict(Counter(person.target for person in people))
    first = list(chosen(people, counts, 30, seed=1))
    assert first == list(chosen(people, counts, 30, seed=1))
    assert first == sorted(first)
    assert Counter(person.target for person in first) == {100: 10, 101: 10, 102: 10}
    assert first != list(chosen(people, counts, 30, seed=2))

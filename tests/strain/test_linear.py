"""The check of histories finds those that no order explains, and only those: tried against every order there is."""

from collections.abc import Sequence
from itertools import chain, combinations, permutations
from math import inf

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strain.linear import Operation, first_wrong


def write(value: int, begin: float, end: float = inf) -> Operation:
    return Operation("write", value, begin, end)


def read(value: int, begin: float, end: float = inf) -> Operation:
    return Operation("read", value, begin, end)


RIGHT = {
    "one after the other": [write(1, 0, 1), read(1, 2, 3), write(2, 4, 5), read(2, 6, 7)],
    "a read beside a write finds the old": [write(1, 0, 5), read(0, 1, 2)],
    "a read beside a write finds the new": [write(1, 0, 5), read(1, 1, 2)],
    "two writes, either may be last": [write(1, 0, 5), write(2, 1, 4), read(1, 6, 7)],
    "old and new beside each other": [write(1, 0, 9), read(1, 1, 8), read(0, 2, 7)],
    "a lost answer, done": [write(1, 0), read(0, 1, 2), read(1, 3, 4)],
    "a lost answer, not done": [write(1, 0), read(0, 1, 2), write(2, 3, 4), read(2, 5, 6)],
    "a lost answer, done late": [write(1, 0), write(2, 1, 2), read(2, 3, 4), read(1, 5, 6)],
}
WRONG = {
    "a stale read": [write(1, 0, 1), read(0, 2, 3)],
    "a lost write": [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)],
    "from nowhere": [write(1, 0, 1), read(7, 2, 3)],
    "before it was asked": [read(1, 0, 1), write(1, 2, 3)],
    "new, then old": [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)],
    "two disagree about the last": [
        write(1, 0, 5),
        write(2, 1, 4),
        read(1, 6, 7),
        read(2, 8, 9),
    ],
    "done, undone": [write(1, 0), read(1, 1, 2), read(0, 3, 4)],
    "done twice": [write(1, 0), read(1, 1, 2), write(2, 3, 4), read(1, 5, 6)],
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_can_be_explained(name: str) -> None:
    """What an order explains is linearizable, however calls overlap and whether or not a lost one was done."""
    assert first_wrong(RIGHT[name], 0) is None


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_explained(name: str) -> None:
    """A stale read, a lost or invented write, a value that comes back: each is found, at its answer."""
    assert first_wrong(WRONG[name], 0) is not None


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """Up to six operations on three values, many of them at the same time."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        begin, length = draw(st.integers(0, 8)), draw(st.integers(0, 5))
        end = inf if draw(st.integers(0, 5)) == 0 else begin + length
        found.append(Operation(draw(st.sampled_from(["write", "read"])), draw(st.integers(0, 2)), begin, end))
    return found


@given(histories())
@example(WRONG["done twice"])
def test_the_check_agrees_with_trying_every_order(history: list[Operation]) -> None:
    """For any small history the answer is that of brute force: is there an order that respects time and values?"""
    assert (first_wrong(history, 0) is None) == brute_force(history)


def brute_force(history: Sequence[Operation]) -> bool:
    answered = [one for one in history if one.end != inf]
    lost = [one for one in history if one.end == inf and one.kind == "write"]
    subsets = chain.from_iterable(combinations(lost, size) for size in range(len(lost) + 1))
    return any(is_right(order) for some in subsets for order in permutations([*answered, *some]))


def is_right(order: Sequence[Operation]) -> bool:
    value = 0
    for number, operation in enumerate(order):
        if any(later.end < operation.begin for later in order[number + 1 :]):
            return False
        if operation.kind == "read" and operation.value != value:
            return False
        value = operation.value
    return True

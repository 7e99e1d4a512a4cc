"""Halving finds every bad item, and sends no more lists than it promises."""

from collections.abc import Collection, Sequence
from math import ceil, log2

import pytest

from fenzu.halving import Verdict, halving


def search(items: Sequence[int], bad: Collection[int]) -> tuple[list[int], list[int], int, bool]:
    """Search with a platform that refuses a list with a bad item; who is done, who was refused, lists sent."""
    done: list[int] = []
    refused: list[int] = []
    searching = halving(items)
    sent, part = 0, next(searching)
    while True:
        sent += 1
        is_refused = any(item in bad for item in part)
        if not is_refused:
            done.extend(part)
        elif len(part) == 1:
            refused.extend(part)
        try:
            part = searching.send(Verdict.REFUSED if is_refused else Verdict.DONE)
        except StopIteration as end:
            return done, refused, sent, end.value


@pytest.mark.parametrize("size", [1, 2, 3, 49, 50])
def test_one_bad_item_costs_two_lists_a_halving(size: int) -> None:
    """Wherever the bad one stands, the others are done, and it costs at most 2·⌈log₂ n⌉ more lists."""
    items = range(size)
    for bad in items:
        done, refused, sent, held_one = search(items, {bad})
        assert (done, refused, held_one) == ([item for item in items if item != bad], [bad], True)
        assert sent <= 1 + 2 * ceil(log2(size))


@pytest.mark.parametrize("every", [1, 2, 3, 7, 25])
def test_many_bad_items_never_cost_more_than_each_alone_and_each_pair(every: int) -> None:
    """However many are bad, a batch of fifty costs at most 99 lists, and everybody's fate is known."""
    bad = set(range(0, 50, every))
    done, refused, sent, _ = search(range(50), bad)
    assert sorted(done + refused) == list(range(50))
    assert set(refused) == bad
    assert sent <= min(99, 1 + len(bad) * 2 * 6)


def test_a_good_list_is_sent_once() -> None:
    """Without a bad item there is one list, and the search says that it held none."""
    assert search(range(50), ()) == (list(range(50)), [], 1, False)


def test_where_the_bad_ones_are_named_nothing_is_searched() -> None:
    """A verdict that names the bad ones ends the search at once."""
    searching = halving(range(50))
    next(searching)
    with pytest.raises(StopIteration) as end:
        searching.send(Verdict.NAMED)
    assert end.value.value is True

"""Pairing two sides so that the sum of gains is the greatest: the Hungarian method, in whole numbers. Pure.

Exact. Five hundred by five hundred take less than a second; what cannot meet is never looked at together.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import TypeVar

Left = TypeVar("Left", int, str)
Right = TypeVar("Right", int, str)


def best_pairs(gains: Mapping[tuple[Left, Right], int]) -> dict[Left, Right]:
    """Return who is paired with whom; each at most once, and nobody where there is no gain."""
    found: dict[Left, Right] = {}
    for lefts, rights in _islands({pair for pair, gain in gains.items() if gain > 0}):
        table = [[max(gains.get((left, right), 0), 0) for right in rights] for left in lefts]
        # Enough columns for everybody: one of nought is nobody.
        padded = [row + [0] * max(len(lefts) - len(rights), 0) for row in table]
        for row, column in enumerate(_hungarian(padded)):
            if padded[row][column] > 0:
                found[lefts[row]] = rights[column]
    return found


def _islands(pairs: set[tuple[Left, Right]]) -> Iterator[tuple[list[Left], list[Right]]]:
    """Yield those who are connected over pairs, island by island, in order."""
    of_left: dict[Left, list[Right]] = defaultdict(list)
    of_right: dict[Right, list[Left]] = defaultdict(list)
    for left, right in sorted(pairs):
        of_left[left].append(right)
        of_right[right].append(left)
    seen: set[Left] = set()
    for first in of_left:
        if first in seen:
            continue
        lefts, rights, reached = {first}, set[Right](), [first]
        while reached:
            for right in of_left[reached.pop()]:
                if right not in rights:
                    rights.add(right)
                    news = [left for left in of_right[right] if left not in lefts]
                    lefts.update(news)
                    reached.extend(news)
        seen |= lefts
        yield sorted(lefts), sorted(rights)


def _hungarian(gains: Sequence[Sequence[int]]) -> list[int]:
    """Return for each row its column; there are at least as many columns as rows."""
    table = _Table(gains)
    for row in range(len(gains)):
        table.pair(row)
    paired = {row: column for column, row in enumerate(table.owner) if row is not None}
    return [paired[row] for row in range(len(gains))]


class _Table:
    """Rows, columns and their prices: a row's price and a column's are never less together than their gain.

    Those that are paired meet at exactly their gain, so no other pairing gains more.
    """

    def __init__(self, gains: Sequence[Sequence[int]]) -> None:
        self.gains = gains
        self.owner: list[int | None] = [None] * len(gains[0])
        self.row_price = [max(row) for row in gains]
        self.column_price = [0] * len(gains[0])

    def pair(self, start: int) -> None:
        """Find a column for one more row, along the cheapest chain of changes to what was paired before."""
        reached, before, column, far = self._reach(start)
        self.row_price[start] -= far
        for each, at in reached:
            row = self.owner[each]
            assert row is not None
            self.row_price[row] -= far - at
            self.column_price[each] += far - at
        while column >= 0:
            previous = before[column]
            self.owner[column] = start if previous < 0 else self.owner[previous]
            column = previous

    def _reach(self, start: int) -> tuple[list[tuple[int, int]], list[int], int, int]:
        """Go from row to row until a column is free: whom it came by and how far, from where, the end and how far."""
        left = list(range(len(self.owner)))
        slack: list[float] = [inf] * len(self.owner)
        before = [-1] * len(self.owner)
        reached: list[tuple[int, int]] = []
        row, column, far = start, -1, 0
        while True:
            column, far = self._nearest(row, column, far, left, slack, before)
            following = self.owner[column]
            if following is None:
                return reached, before, column, far
            left.remove(column)
            reached.append((column, far))
            row = following

    def _nearest(
        self, row: int, via: int, far: int, left: list[int], slack: list[float], before: list[int]
    ) -> tuple[int, int]:
        """Return the nearest column that was not reached yet, and how far it is.

        Among equals a free one comes first: without that a table of equal gains takes a hundred times as long.
        """
        gains, prices, owner = self.gains[row], self.column_price, self.owner
        base = far + self.row_price[row]
        best, nearest = inf, -1
        for each in left:
            distance = base + prices[each] - gains[each]
            if distance < slack[each]:
                slack[each], before[each] = distance, via
            is_freer = slack[each] == best and owner[each] is None and owner[nearest] is not None
            if slack[each] < best or is_freer:
                best, nearest = slack[each], each
        return nearest, int(best)

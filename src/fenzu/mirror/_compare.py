"""Who on a page is new, who has come back, and how far the page leads: decided from what the mirror knew of them.

Both lists are in follow order. So who stands behind people who followed later has left and followed again, and who was
known and stands on no page has left.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from fenzu.wire.limits import PAGE_OPENIDS

FEW = 500
"""So many may be asked for once more without need: five calls."""


class Known(msgspec.Struct, frozen=True):
    """What the mirror knew of an openid."""

    number: int
    follows: bool


class Compared(msgspec.Struct, frozen=True):
    """What a page says."""

    arrived: tuple[str, ...]
    """Who is new or has come back, in follow order."""
    back: frozenset[str]
    """Those of them who have come back."""
    seen: tuple[tuple[int, int], ...]
    """The numbers of who follows as before, as runs: first and last."""
    reached: int
    """The highest number in order."""


def compare(openids: Sequence[str], known: Mapping[str, Known], newest: int, reached: int) -> Compared:
    """Compare a page with what is known of those on it.

    `newest` is the highest number when the sync began: who has a higher one was found meanwhile. `reached` is how far
    the pages before have come.
    """
    listed = list(dict.fromkeys(openids))
    numbered = [(openid, known[openid].number) for openid in listed if openid in known]
    back = {openid for openid, _ in numbered if not known[openid].follows}
    older = [(openid, number) for openid, number in numbered if number <= newest and openid not in back]
    rising = _longest_rising([number for _, number in older])
    behind = _behind_later_ones(older, reached)
    if len(behind) > FEW and len(rising) >= len(older) - FEW:
        behind = _out_of_order(older, rising)
        reached = rising[0] - 1
    back |= behind
    seen = sorted(number for openid, number in older if openid not in back)
    return Compared(
        tuple(openid for openid in listed if openid not in known or openid in back),
        frozenset(back),
        tuple(_runs(seen)),
        _trusted_end([number for number in rising if number > reached], reached),
    )


def gaps(runs: Iterable[tuple[int, int]], newest: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of numbers up to `newest` that were on no page, from the runs in their order."""
    begin = 1
    for first, last in runs:
        if first > begin:
            yield begin, first - 1
        begin = max(begin, last + 1)
    if begin <= newest:
        yield begin, newest


def _behind_later_ones(older: Iterable[tuple[str, int]], reached: int) -> set[str]:
    """Return who stands behind somebody who has followed later, though their number is lower."""
    back, highest = set(), reached
    for openid, number in older:
        if number <= highest:
            back.add(openid)
        highest = max(highest, number)
    return back


def _out_of_order(older: Iterable[tuple[str, int]], rising: Iterable[int]) -> set[str]:
    """Return who stands behind somebody who has followed later, of a page that is in order but for a few.

    One stranger in the wrong place, far ahead of the others, makes all the others look as if they had come back.
    """
    back, highest, in_order = set(), 0, set(rising)
    for openid, number in older:
        if number in in_order:
            highest = number
        elif number < highest:
            back.add(openid)
    return back


def _trusted_end(rising: Sequence[int], reached: int) -> int:
    """Return how far the page leads.

    A last one who is more than a page ahead of the others may be a single stranger in the wrong place, and must not
    make everybody after it look as if they had come back. If it is right, the next page says so.
    """
    before = [reached, *rising]
    while len(before) > 1 and before[-1] - before[-2] > PAGE_OPENIDS:
        before.pop()
    return before[-1]


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """Return a longest part of the numbers that rises: mostly all of them."""
    tails: list[int] = []
    ends: list[int] = []  # places in `numbers` of the tails
    before: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [number]
        ends[at : at + 1] = [place]
    found: list[int] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(numbers[place])
        place = before[place]
    return found[::-1]


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for number in numbers:
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last

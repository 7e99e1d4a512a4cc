"""Finding the bad ones of a list that is refused whole for the sake of single items: halve until each is alone.

A pure decision about what to send next. It knows neither what is sent nor how a refusal looks.
"""

from collections.abc import Generator, Sequence
from enum import Enum
from typing import TypeAlias, TypeVar

T = TypeVar("T")


class Verdict(Enum):
    """What was answered to a list that was sent."""

    DONE = "done"
    """It was done for all of it."""
    REFUSED = "refused"
    """Nothing was done, for the sake of one or more items that are not named."""
    NAMED = "named"
    """It was done for all but some, who are named: there is nothing to search for."""


Search: TypeAlias = Generator[Sequence[T], Verdict, bool]
"""Yields a list to be sent, takes the verdict on it; returns whether there was a bad one in all."""


def halving(items: Sequence[T], *, holds_a_bad_one: bool = False) -> Search[T]:
    """Yield list after list, until each item is done or was refused alone.

    A half that has to hold the bad one, because the other half was good, is not sent whole again. So a bad one among n
    costs at most 2·⌈log₂ n⌉ lists more than one, and n items never more than 2·n - 1 lists.
    """
    if not holds_a_bad_one or len(items) == 1:
        verdict = yield items
        if verdict is not Verdict.REFUSED or len(items) == 1:
            return verdict is not Verdict.DONE
    left, right = items[: len(items) // 2], items[len(items) // 2 :]
    left_holds_one = yield from halving(left)
    yield from halving(right, holds_a_bad_one=not left_holds_one)
    return True

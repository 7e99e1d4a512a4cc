"""Since when people follow, as few rows: a wave is a run of followers of whom each followed so many seconds later."""

from collections.abc import Iterator, Sequence

Wave = tuple[int, int, int]
"""The number of its first follower, since when that one follows, seconds from each to the next."""


class Waves:
    """Finds the waves in followers that come in their order."""

    def __init__(self) -> None:
        self._found: list[Wave] = []
        self._first, self._since = 0, 0
        self._pace: int | None = None

    def add(self, number: int, since: int) -> None:
        """Take the next follower."""
        if not self._first:
            self._begin(number, since)
        elif self._pace is None:
            self._pace = since - self._since
        elif since != self._since + (number - self._first) * self._pace:
            self._end()
            self._begin(number, since)

    def found(self) -> list[Wave]:
        """Return the waves of all that were taken."""
        if self._first:
            self._end()
            self._first = 0
        return self._found

    def _begin(self, number: int, since: int) -> None:
        self._first, self._since, self._pace = number, since, None

    def _end(self) -> None:
        self._found.append((self._first, self._since, self._pace or 0))


def unroll(waves: Sequence[Wave], numbers: Sequence[int]) -> Iterator[int]:
    """Yield since when those of rising numbers follow; `waves` rise as well, and the first one begins no later."""
    place = 0
    for number in numbers:
        while place + 1 < len(waves) and waves[place + 1][0] <= number:
            place += 1
        first, since, pace = waves[place]
        yield since + (number - first) * pace

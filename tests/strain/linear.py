"""Is a history of one register linearizable: can each operation have happened at one instant between call and answer?

The register is the group that a follower is in; a move writes it, a look reads it. The check is Lowe's just-in-time
linearization: it follows the history in time and keeps every way to explain it so far, that is, the value and which of
the operations under way have happened. An operation is made to happen when it is answered, not earlier; a read at once
where the value is right, as that changes nothing. A write without an answer may happen at any later time, or never.
It knows no sandbox.
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Literal, TypeAlias

import msgspec


class Operation(msgspec.Struct, frozen=True):
    """One call: what was written or read, when it was sent, and when it was answered (never: infinity)."""

    kind: Literal["write", "read"]
    value: int
    begin: float
    end: float = inf


Way: TypeAlias = tuple[int, frozenset[int]]
"""One explanation: the value, and which of the operations under way have happened (by their number)."""


class Check:
    """Follows one history."""

    def __init__(self, history: Sequence[Operation], initial: int) -> None:
        self.history = history
        self.ways: set[Way] = {(initial, frozenset())}
        self.pending: set[int] = set()
        self.never_answered = frozenset(
            number for number, operation in enumerate(history) if operation.end == inf
        )

    def run(self) -> Operation | None:
        """Return the first operation whose answer nothing explains, None where there is none."""
        for _, is_end, number in _events(self.history):
            if is_end:
                self._answer(number)
                if not self.ways:
                    return self.history[number]
            else:
                self._begin(number)
        return None

    def _begin(self, number: int) -> None:
        self.pending.add(number)
        if self.history[number].kind == "read":
            self.ways = {self._with_reads(value, done) for value, done in self.ways}

    def _answer(self, number: int) -> None:
        found: set[Way] = set()
        seen, waiting = set(self.ways), list(self.ways)
        while waiting:
            value, done = waiting.pop()
            if number in done:
                found.add((value, done))
                continue
            for way in self._next_ways(done):
                if way not in seen:
                    seen.add(way)
                    waiting.append(way)
        self.pending.remove(number)
        self.ways = self._simplest((value, done - {number}) for value, done in found)

    def _next_ways(self, done: frozenset[int]) -> Iterable[Way]:
        """Let one of the writes under way happen; one that nobody waits for only if a read waits for its value."""
        left = self.pending - done
        wanted = {self.history[other].value for other in left if self.history[other].kind == "read"}
        for other in left:
            operation = self.history[other]
            if operation.kind == "write" and (other not in self.never_answered or operation.value in wanted):
                yield self._with_reads(operation.value, done | {other})

    def _with_reads(self, value: int, done: frozenset[int]) -> Way:
        """Let all reads under way happen that find their value."""
        reads = (
            other
            for other in self.pending - done
            if self.history[other].kind == "read" and self.history[other].value == value
        )
        return value, done.union(reads)

    def _simplest(self, ways: Iterable[Way]) -> set[Way]:
        """Leave out a way that has used up more of what was never answered than another that is like it."""
        best: dict[Way, list[frozenset[int]]] = {}
        for value, done in ways:
            used = done & self.never_answered
            kept = best.setdefault((value, done - used), [])
            if not any(other <= used for other in kept):
                kept[:] = [other for other in kept if not used <= other]
                kept.append(used)
        return {(value, done | used) for (value, done), all_used in best.items() for used in all_used}


def first_wrong(history: Sequence[Operation], initial: int) -> Operation | None:
    """Return the first operation whose answer no order explains; None for a linearizable history."""
    return Check([one for one in history if one.kind == "write" or one.end != inf], initial).run()


def _events(history: Sequence[Operation]) -> list[tuple[float, bool, int]]:
    """Return calls and answers by time; at the same time calls come first: then nothing is known of their order."""
    begins = [(operation.begin, False, number) for number, operation in enumerate(history)]
    ends = [(one.end, True, number) for number, one in enumerate(history) if one.end != inf]
    return sorted(begins + ends)

"""The calls that one account has made, counted in memory: since the start, of the day, of the minute.

What came of the day's counting is saved now and then as differences, so that whoever counts for the same account
elsewhere can add theirs. Decides nothing but by `quota.verdict`.
"""

from collections import defaultdict
from collections.abc import Mapping

from fenzu.sandbox.rules.quota import Limit, verdict

MINUTE = 60


class Tally:
    """The counters of one account, by the calls' names."""

    __slots__ = ("_before_minute", "_minute", "_saved", "_told", "calls", "limits")

    def __init__(self) -> None:
        self.calls: defaultdict[str, int] = defaultdict(int)
        """Calls since the sandbox was started; only those that passed token, method, account and quota."""
        self.limits: Mapping[str, Limit] | None = None
        """What is refused beyond; None where nothing is."""
        self._told: dict[str, int] = {}
        """What the calls were when the day's quota began."""
        self._saved: dict[str, int] = {}
        """What the store knows of the day's use."""
        self._minute = -1.0
        self._before_minute: dict[str, int] = {}

    def take(self, call: str, now: float) -> int:
        """Count a call if it may pass, and return 0; else return the code that it gets, 45009 or 45011."""
        limit = None if self.limits is None else self.limits.get(call)
        if limit is not None:
            minute = now // MINUTE
            if minute != self._minute:
                self._minute, self._before_minute = minute, dict(self.calls)
            in_minute = self.calls.get(call, 0) - self._before_minute.get(call, 0)
            if code := verdict(self.used(call), in_minute, limit):
                return code
        self.calls[call] += 1
        return 0

    def used(self, call: str) -> int:
        """Return how many calls of a day's quota are used."""
        return self.calls.get(call, 0) - self._told.get(call, 0)

    def begin(self) -> None:
        """Begin a new quota: a day has passed, or it was cleared in the store."""
        self._told = dict(self.calls)
        self._saved = {}

    def carry_on(self, calls: Mapping[str, int]) -> None:
        """Count on from what was counted since the start; nothing of it is of the day's quota."""
        self.calls.update(calls)
        self.begin()

    def set_used(self, used: Mapping[str, int]) -> None:
        """Take over what the store says was used."""
        for call, number in used.items():
            self._told[call] = self.calls.get(call, 0) - number
            self._saved[call] = number

    def unsaved(self) -> dict[str, int]:
        """Return by how much the day's use differs from what the store knows."""
        return {
            call: difference
            for call in self.calls
            if (difference := self.used(call) - self._saved.get(call, 0))
        }

    def note_saved(self, differences: Mapping[str, int]) -> None:
        """Take note that these are in the store."""
        for call, difference in differences.items():
            self._saved[call] = self._saved.get(call, 0) + difference

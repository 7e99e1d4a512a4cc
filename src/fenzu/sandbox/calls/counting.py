"""Counting calls against quotas, for all accounts: which day it is in Beijing, and who gets refused.

It is touched on the event loop only.
"""

from collections.abc import Callable

from fenzu.sandbox.calls.desk import Card, Desk
from fenzu.sandbox.clock import day_of, next_midnight
from fenzu.sandbox.refusal import refusal


class Counting:
    """The day's counting. `day` is the number of the day in Beijing that the counters are of."""

    def __init__(self, desk: Desk, clock: Callable[[], float]) -> None:
        self._desk = desk
        self._clock = clock
        now = clock()
        self.day = day_of(now)
        self._midnight = next_midnight(now)

    def count(self, card: Card, call: str, now: float) -> None:
        """Count a call that passed token, method and account; refuses it where the account's quota is used up."""
        if now >= self._midnight:
            self.look()
        tally = card.tally
        if tally.limits is None:
            tally.calls[call] += 1
        elif code := tally.take(call, now):
            raise refusal(code)

    def look(self) -> None:
        """Begin the day's quotas if it is another day, be it an earlier one."""
        now = self._clock()
        if day_of(now) != self.day:
            self.day = day_of(now)
            self._desk.begin_day()
        self._midnight = next_midnight(now)

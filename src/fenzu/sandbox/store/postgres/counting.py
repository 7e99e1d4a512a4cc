"""Counting calls in the database, where all sandboxes on a store count as one."""

from fenzu.sandbox.calls.counting import Counting
from fenzu.sandbox.calls.desk import Card
from fenzu.sandbox.calls.tally import MINUTE
from fenzu.sandbox.clock import day_of
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.quota import MOST, Limit
from fenzu.sandbox.store.postgres.connection import PostgresConnection
from fenzu.sandbox.store.postgres.looking import OwnOfAll
from fenzu.sandbox.store.sql import postgres

UNLIMITED = Limit(MOST * MOST, MOST * MOST)


class SharedCounting(Counting):
    """Counts by one connection. `Counting` itself counts for those who look from outside."""

    def __init__(self, connection: PostgresConnection, own: OwnOfAll) -> None:
        self._connection = connection
        self._own = own

    def count(self, card: Card, call: str, now: float) -> None:
        """Count a call that passed token, method and account; refuses it where the account's quota is used up."""
        limits = card.tally.limits
        limit = None if limits is None else limits.get(call)
        if limit is None:
            self._connection.execute(postgres.COUNT_CALL, (card.appid, call, day_of(now), UNLIMITED.a_day))
        elif code := self._take(card.appid, call, now, limit):
            raise refusal(code)
        self._own.count(card, call)

    def look(self) -> None:
        """Find out nothing: each call is counted on its own day."""

    def _take(self, appid: str, call: str, now: float, limit: Limit) -> int:
        """Count a call if it may pass, and return 0; else return the code that it gets, 45009 or 45011."""
        connection, code = self._connection, 0
        connection.begin()
        if (
            not limit.a_day
            or not connection.execute(postgres.COUNT_CALL, (appid, call, day_of(now), limit.a_day)).fetchone()
        ):
            code = 45009
        elif (
            not limit.a_minute
            or not connection.execute(
                postgres.COUNT_IN_MINUTE, (appid, call, int(now // MINUTE), limit.a_minute)
            ).fetchone()
        ):
            code = 45011
        if code:
            connection.rollback()
        else:
            connection.commit()
        return code


def fill_used(connection: PostgresConnection, card: Card, now: float) -> None:
    """Let an account's card tell what was used of its quota today."""
    card.tally.set_used(dict(connection.execute(postgres.USED, (card.appid, day_of(now))).fetchall()))

"""Quotas as control sees and sets them, and as the store keeps them: the sandbox's mode, each account's own, the use.

The use of a day is saved now and then and at the end; what is set is in the store before it counts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from fenzu.sandbox.calls.counting import Counting
from fenzu.sandbox.calls.desk import Card, Desk
from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.rules.quota import (
    AccountQuota,
    Mode,
    Quota,
    QuotaMode,
    QuotaWish,
    change,
    check,
    is_enforced,
    limits_of,
)
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.settings import read_kept, write_kept
from fenzu.sandbox.store.writer import Writer

NAME = "quota"

_decode_limits = msgspec.json.Decoder(dict[str, int]).decode


class Use(NamedTuple):
    """By how much the use of one account's calls has risen on a day, since it was saved last."""

    card: Card
    day: int
    differences: Mapping[str, int]


class Quotas:
    """Reads and sets quotas, on the event loop."""

    def __init__(self, desk: Desk, counting: Counting, writer: Writer) -> None:
        self._desk = desk
        self._counting = counting
        self._writer = writer

    def mode(self) -> Mode:
        """Tell what holds for accounts that have no setting of their own."""
        return self._desk.mode

    async def set_mode(self, mode: Mode) -> None:
        """Set what holds for accounts that have no setting of their own; at once, and kept over a restart."""
        await self._writer.perform(
            lambda connection: write_kept(connection, NAME, QuotaMode(mode)),
            lambda _: self._desk.set_mode(mode),
        )

    def get(self, appid: str) -> AccountQuota:
        """Tell an account's limits and what it used of them today, or raise UnknownAccount."""
        card = self._desk.card(appid)
        self._counting.look()
        limits = limits_of(card.kind, card.quota)
        return AccountQuota(
            kind=card.kind,
            enforced=is_enforced(self._desk.mode, card.quota),
            used={call: card.tally.used(call) for call in limits},
            limits={call: limit.a_day for call, limit in limits.items()},
            minute={call: limit.a_minute for call, limit in limits.items()},
        )

    async def set(self, appid: str, wish: QuotaWish) -> AccountQuota:
        """Change an account's kind, its own limits, what it used: all of it or nothing."""
        check(wish)
        self._desk.card(appid)
        self._counting.look()
        day = self._counting.day

        def enter(quota: Quota) -> None:
            card = self._desk.by_appid.get(appid)
            if card is None:  # another sandbox has deleted it since
                return
            card.quota = quota
            if wish.kind is not msgspec.UNSET:
                card.own_kind = wish.kind
            if day == self._counting.day:
                card.tally.set_used(wish.used)
            card.settle(self._desk.mode)

        await self._writer.perform(lambda connection: write_wish(connection, appid, wish, day), enter)
        return self.get(appid)

    async def save(self) -> None:
        """Put into the store what was counted since it was saved last."""
        uses = self._unsaved()
        if uses:
            await self._writer.perform(
                lambda connection: write_uses(connection, self._still_known(uses)),
                lambda _: self._note_saved(uses),
            )

    def save_now(self, connection: Connection) -> None:
        """Do the same when there is no writer any more; the transaction is the caller's."""
        write_uses(connection, self._unsaved())

    def _unsaved(self) -> list[Use]:
        uses = (Use(card, self._counting.day, card.tally.unsaved()) for card in self._desk.by_appid.values())
        return [use for use in uses if use.differences]

    def _still_known(self, uses: list[Use]) -> list[Use]:
        """Leave out the use of accounts that have been put back or made anew while this was queued."""
        return [use for use in uses if self._desk.by_appid.get(use.card.appid) is use.card]

    def _note_saved(self, uses: list[Use]) -> None:
        for use in uses:
            if use.day == self._counting.day:
                use.card.tally.note_saved(use.differences)


def read_mode(connection: Connection) -> Mode:
    """Return the mode that the store keeps."""
    kept = read_kept(connection, NAME, QuotaMode)
    return "off" if kept is None else kept.mode


def write_mode(connection: Connection, mode: Mode) -> None:
    """Keep a mode before anybody else uses the connection."""
    connection.begin()
    write_kept(connection, NAME, QuotaMode(mode))
    connection.commit()


def fill_quotas(desk: Desk, connection: Connection, day: int) -> None:
    """Enter what the store keeps of the accounts' quotas, and what they used on this day."""
    for appid, *row in connection.execute(sql.QUOTAS):
        card = desk.by_appid[appid]
        card.quota = read_quota(row)
        card.settle(desk.mode)
    for appid, call, used in connection.execute(sql.USAGE, (day,)):
        desk.by_appid[appid].tally.set_used({call: used})


def write_wish(connection: Connection, appid: str, wish: QuotaWish, day: int) -> Quota:
    """Write what a wish changes, and return the account's own settings; refuses an account that is gone."""
    if connection.execute(sql.ACCOUNT_NUMBER, (appid,)).fetchone() is None:
        raise UnknownAccount(appid)
    row = connection.execute(sql.QUOTA, (appid,)).fetchone()
    quota = change(Quota() if row is None else read_quota(row), wish)
    enforced = None if quota.enforced is None else int(quota.enforced)
    daily, a_minute = (msgspec.json.encode(numbers).decode() for numbers in (quota.daily, quota.a_minute))
    connection.execute(sql.SET_QUOTA, (appid, enforced, daily, a_minute))
    if wish.kind is not msgspec.UNSET:
        connection.execute(sql.SET_KIND, (wish.kind or "", appid))
    connection.executemany(sql.SET_USAGE, [(call, day, number, appid) for call, number in wish.used.items()])
    return quota


def write_uses(connection: Connection, uses: list[Use]) -> None:
    """Add to what the store knows; an account that is gone meanwhile leaves nothing."""
    rows = [
        (call, use.day, difference, use.card.appid)
        for use in uses
        for call, difference in use.differences.items()
    ]
    if rows:
        connection.executemany(sql.ADD_USAGE, rows)


def read_quota(row: Sequence[Any]) -> Quota:
    """Return an account's own settings from their row."""
    enforced, daily, a_minute = row
    return Quota(
        None if enforced is None else bool(enforced), _decode_limits(daily), _decode_limits(a_minute)
    )

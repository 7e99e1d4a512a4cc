"""What has to be looked up before a call is judged, as other sandboxes may have changed it: who calls, and the time."""

import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from fenzu.errors import ApiError
from fenzu.sandbox.accounts import Clock
from fenzu.sandbox.calls.admission import read_fields
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.calls.desk import PUBLIC_PART, Card, Desk
from fenzu.sandbox.calls.reading import read_token
from fenzu.sandbox.calls.tagging import Crowd
from fenzu.sandbox.clock import SandboxClock, Setting, day_of
from fenzu.sandbox.operations.quotas import fill_quotas, read_mode, read_quota
from fenzu.sandbox.operations.timekeeping import read_setting
from fenzu.sandbox.rules.quota import QuotaMode
from fenzu.sandbox.rules.rows import TokenRow
from fenzu.sandbox.rules.tokens import may_be_token
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.postgres.desk import SharedDesk
from fenzu.sandbox.store.reader import Reader
from fenzu.sandbox.store.sql import postgres
from fenzu.wire.endpoints import Endpoint
from fenzu.wire.limits import APPID_PATTERN

_APPID = re.compile(APPID_PATTERN)
_decode_setting = msgspec.json.Decoder(Setting).decode
_decode_mode = msgspec.json.Decoder(QuotaMode).decode
_decode_whitelist = msgspec.json.Decoder(list[str]).decode
_TOKEN = 11
"""Where the token begins in what `postgres.BY_TOKEN` returns."""


class Own(NamedTuple):
    """What belongs to this process alone about an account."""

    calls: defaultdict[str, int]
    tagging: Crowd


class OwnOfAll:
    """What belongs to this process alone; used by several threads."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Own] = {}
        """By appid and secret: an account that has the appid of one deleted before begins anew."""
        self._lock = threading.Lock()

    def lend(self, card: Card) -> Card:
        """Give a card what is the process's own."""
        with self._lock:
            own = self._known.setdefault((card.appid, card.secret), Own(card.calls, card.tagging))
        card.calls, card.tagging = own
        return card

    def count(self, card: Card, call: str) -> None:
        """Note a call for those who ask what was called since the start."""
        with self._lock:
            card.calls[call] += 1


class Wanted(NamedTuple):
    """What a call says of its caller: a token, or the appid that asks for one."""

    token: str | None
    appid: str | None


class Found(NamedTuple):
    """What the store knows of a caller, laid out on a desk of its own, and the time."""

    desk: SharedDesk
    setting: Setting
    refused: ApiError | None = None


def wanted_by(endpoint: Endpoint, call: Call) -> Wanted:
    """Return by what the caller can be found; what is nobody's by its looks is not looked for."""
    if endpoint.takes_token:
        token = read_token(call.query)
        return Wanted(token if may_be_token(token) else None, None)
    try:
        appid = read_fields(endpoint, call).get("appid")
    except ApiError:  # it is raised again where it is answered
        return Wanted(None, None)
    return Wanted(None, appid if isinstance(appid, str) and _APPID.fullmatch(appid) else None)


def look_up(connection: Connection, wanted: Wanted, own: OwnOfAll) -> Found:
    """Find the caller, in one statement."""
    if wanted.token is not None:
        row = connection.execute(postgres.BY_TOKEN, (wanted.token[:PUBLIC_PART],)).fetchone()
    else:
        row = connection.execute(postgres.BY_APPID, (wanted.appid or "",)).fetchone()
    desk = SharedDesk()
    desk.mode = "off" if row[1] is None else _decode_mode(row[1]).mode
    setting = Setting() if row[0] is None else _decode_setting(row[0])
    if row[2] is not None and wanted != (None, None):
        card = own.lend(_read_card(row))
        desk.place(card, TokenRow(*row[_TOKEN:]) if row[_TOKEN] is not None else None)
    return Found(desk, setting)


def look_at_all(connection: Connection, raw: Clock, own: OwnOfAll) -> tuple[Setting, Desk]:
    """Return how the clock is set, and a desk with all accounts and their quotas."""
    setting, desk = read_setting(connection), Desk()
    for card in Reader(connection).accounts():
        desk.enter_account(own.lend(card))
    desk.set_mode(read_mode(connection))
    fill_quotas(desk, connection, day_of(SandboxClock(raw, setting)()))
    return setting, desk


def _read_card(row: Sequence[Any]) -> Card:
    number, appid, secret, kind, state, whitelist = row[2:8]
    card = Card(number, appid, secret, kind or None, state, _decode_whitelist(whitelist))
    if row[9] is not None:
        card.quota = read_quota(row[8:_TOKEN])
    return card

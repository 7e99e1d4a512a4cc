"""An account's own row, whatever the account is made from; who follows it comes after."""

from collections.abc import Sequence

import msgspec

from fenzu.sandbox.accounts import Kind
from fenzu.sandbox.control_errors import AccountExists
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.wire.states import State

FIRST_ACCOUNT = 1
"""Held by whoever makes a store's first account."""


def add_account(
    connection: Connection,
    appid: str,
    secret: str,
    *,
    kind: Kind | None,
    state: State,
    whitelist: Sequence[str],
    seed: str,
    next_group: int,
    first: bool,
) -> int:
    """Add an account behind all others, and return its number; raises AccountExists where the appid is taken.

    `first` raises it where there is any account; until the transaction ends nobody else makes a first one then.
    """
    if first:
        connection.lock(FIRST_ACCOUNT)
        if connection.execute(sql.ACCOUNT_NUMBERS).fetchone() is not None:
            raise AccountExists(appid)
    if connection.execute(sql.ACCOUNT_NUMBER, (appid,)).fetchone() is not None:
        raise AccountExists(appid)
    values = (appid, secret, kind or "", state, msgspec.json.encode(whitelist).decode(), seed, next_group)
    number: int | None = connection.execute(sql.ADD_ACCOUNT, values).get
    if number is None:  # another sandbox has made it since
        raise AccountExists(appid)
    connection.execute(sql.SET_PLACE, (number,))
    return number

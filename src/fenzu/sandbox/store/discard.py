"""Emptying and deleting accounts at once, whatever their size: what was is left behind, and swept up afterwards.

All that an account holds lies under its number, so that a new number is a new beginning: a handful of rows change. What
lies under the old one is no account's any more; it goes in pieces. Runs on the writer's thread.
"""

from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.wire.limits import FIRST_CUSTOM_ID, RESERVED_GROUPS, STARRED

PIECE = 5_000
"""Rows swept in one transaction: whoever wants to write waits no longer than for these."""
NOBODY = ("", "", "ordinary", "active", "[]", "", FIRST_CUSTOM_ID)
"""An account that is gone within its transaction: its number is what is wanted."""


def reset_account(connection: Connection, account: int) -> dict[int, int]:
    """Take all followers, groups and tags away; return the account's old number with its new one.

    Credentials and tokens stay. The transaction is the caller's.
    """
    if (
        connection.execute(sql.LEDGER, (account,)).fetchone() is None
    ):  # it keeps others out, before anything else does
        raise UnknownAccount(f"#{account}")
    number = int(connection.execute(sql.ADD_ACCOUNT, NOBODY).get)
    connection.execute(sql.DELETE_ACCOUNT, (number,))
    connection.execute(sql.RENUMBER_ACCOUNT, (account, number, FIRST_CUSTOM_ID))
    connection.execute(sql.RENUMBER_TOKENS, (account, number))
    rows = [(number, id_, name, 0) for id_, name in RESERVED_GROUPS.items()]
    connection.executemany(sql.SET_GROUP, rows)
    connection.execute(sql.SET_TAG, (number, STARRED, RESERVED_GROUPS[STARRED], 0))
    connection.execute(sql.DISCARD, (account,))
    return {account: number}


def reset_all(connection: Connection) -> dict[int, int]:
    """Reset every account; return their old numbers with their new ones."""
    numbers: dict[int, int] = {}
    for (number,) in list(connection.execute(sql.ALL_TO_EMPTY)):
        numbers |= reset_account(connection, number)
    return numbers


def delete_account(connection: Connection, account: int) -> None:
    """Remove an account with its tokens, its quotas and all that it holds."""
    for statement in sql.FORGET_QUOTAS:
        connection.execute(statement, (account,))
    connection.execute(sql.DELETE_ACCOUNT, (account,))
    if not connection.changes():
        raise UnknownAccount(f"#{account}")
    connection.execute(sql.DELETE_TOKENS, (account,))
    connection.execute(sql.DISCARD, (account,))


def sweep(connection: Connection) -> bool:
    """Delete a piece of what was left behind, in a transaction of its own; tell whether there was any."""
    if connection.execute(sql.NEXT_DISCARDED).get is None:
        return False
    connection.begin()
    account = connection.execute(sql.CLAIM_DISCARDED).get
    if account is None:  # another sandbox is at it
        connection.commit()
        return False
    room = PIECE
    for statement in sql.SWEEPS:
        connection.execute(statement, (account, room))
        room -= connection.changes()
        if room <= 0:
            break
    else:
        connection.execute(sql.FORGET_DISCARDED, (account,))
    connection.commit()
    return True

"""What a sandbox as a whole remembers over a restart, one named value a row. Knows no value's meaning.

Reading and writing are the caller's transaction.
"""

from typing import TypeVar

import msgspec

from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection

T = TypeVar("T")


def read_kept(connection: Connection, name: str, kind: type[T]) -> T | None:
    """Return the value of that name, None where there is none."""
    row = connection.execute(sql.SETTING, (name,)).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=kind)


def write_kept(connection: Connection, name: str, value: object) -> None:
    """Keep a value under a name."""
    connection.execute(sql.SET_SETTING, (name, msgspec.json.encode(value).decode()))

"""Accounts from files and as files, on every kind of store: the same lines go in and come out."""

from collections.abc import Callable, Iterator

import pytest
from tests.fixtures.world import ANA, BEN, CAT

from fenzu.errors import UsageError
from fenzu.sandbox.store import discard
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.opening import open_store
from fenzu.sandbox.store.postgres.store import open_postgres
from fenzu.sandbox.transfer.arrival import Content, Head
from fenzu.sandbox.transfer.arriving import load_account
from fenzu.sandbox.transfer.leaving import tell_account
from fenzu.sandbox.transfer.source import read_source

SWEPT = ("roll", "follower", "membership", "tagging", "note", "wave", "tag", "follower_group")
LINES = (
    '{"fenzu":"account","version":1,"appid":"wx1","next_group":110,"seed":"wx1","made_up":2}\n'
    '{"group":0,"name":"未分组"}\n{"group":1,"name":"黑名单"}\n{"group":2,"name":"星标组"}\n{"group":104,"name":"VIP"}\n'
    '{"tag":2,"name":"星标组"}\n{"tag":105,"name":"t"}\n{"tag":106,"name":"u"}\n'
    f'{{"openid":"{BEN}","group":104,"since":7,"tags":[106,105]}}\n'
    f'{{"openid":"{ANA}","group":0,"since":9,"remark":"备注"}}\n'
    f'{{"openid":"{CAT}","group":1,"since":100}}\n'
    '{"followers":3}\n'
)


@pytest.fixture(params=["sqlite", "postgres"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    if request.param == "sqlite":
        file = open_store(None)
        yield file.writer
        file.close()
    else:
        new_postgres: Callable[[], str] = request.getfixturevalue("new_postgres")
        server = open_postgres(new_postgres())
        yield server.writer
        server.close()


def load(connection: Connection, appid: str, text: str) -> int:
    connection.begin()
    try:
        number = load_account(connection, read_source(Content(text.encode())), appid, "s", 5)
    except UsageError:
        connection.rollback()
        raise
    connection.commit()
    return number


def test_what_goes_in_comes_out(connection: Connection) -> None:
    """Every line of an export that was imported stands in the next one."""
    load(connection, "wx1", LINES)
    told = b"".join(tell_account(connection, Head("account", 1, "wx1")))
    assert told.decode() == LINES


def test_who_is_listed_twice(connection: Connection) -> None:
    """A follower that stands in a table twice is told with both lines, and nothing stays."""
    with pytest.raises(UsageError, match="listed twice: lines 2, 4"):
        load(connection, "wx2", f"openid\n{ANA}\n{BEN}\n{ANA}\n")
    assert connection.execute("SELECT count(*) FROM account WHERE appid = ?", ("wx2",)).get == 0


def test_what_was_loaded_is_swept(connection: Connection) -> None:
    """An account that is deleted leaves no row once it is swept."""
    number = load(connection, "wx3", LINES)
    connection.begin()
    discard.delete_account(connection, number)
    connection.commit()
    while discard.sweep(connection):
        pass
    for table in SWEPT:
        assert connection.execute(f"SELECT count(*) FROM {table} WHERE account = ?", (number,)).get == 0

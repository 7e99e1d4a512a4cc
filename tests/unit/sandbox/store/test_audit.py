"""Books that do not add up are refused when a store is opened; what is kept twice tells."""

from pathlib import Path

import apsw
import pytest
from tests.fixtures.world import ANA, BEN, CAT, World

from fenzu.errors import StoreError


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A store with two accounts, a deleted group, tags and a remark, closed again."""
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant(appid="wx1", secret="s", followers=[ANA, BEN, CAT])
    await world.tenant(appid="wx2", followers=[ANA])
    for name in ("a", "b"):
        await tenant.post("groups/create", {"group": {"name": name}})
    await tenant.post("groups/members/batchupdate", {"openid_list": [ANA, BEN], "to_groupid": 100})
    await tenant.post("groups/members/update", {"openid": CAT, "to_groupid": 101})
    await tenant.post("groups/delete", {"group": {"id": 101}})
    await tenant.post("tags/create", {"tag": {"name": "t"}})
    await tenant.post("tags/members/batchtagging", {"openid_list": [ANA, CAT], "tagid": 102})
    await tenant.post("user/info/updateremark", {"openid": BEN, "remark": "r"})
    world.platform.close()
    return tmp_path / "store"


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        World(store=str(path))
    return str(caught.value)


def change(path: Path, statement: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(statement)
    assert connection.changes() == 1, statement
    connection.close()


CHANGES = [
    "UPDATE follower_group SET count = count + 1 WHERE account = 1 AND id = 100",
    "UPDATE membership SET group_id = 0 WHERE account = 1 AND number = 1",
    "DELETE FROM membership WHERE account = 1 AND number = 3",
    "DELETE FROM follower_group WHERE account = 1 AND id = 100",
    "UPDATE tag SET count = 0 WHERE id = 102",
    "DELETE FROM tagging WHERE number = 1",
    "UPDATE note SET tags = '[]' WHERE number = 1",
    "UPDATE note SET tags = '[102' WHERE number = 1",
    "UPDATE roll SET openid = 'o' WHERE account = 1 AND number = 2",
    "UPDATE follower SET number = 9 WHERE account = 1 AND number = 2",
    "DELETE FROM follower WHERE account = 2",
    "DELETE FROM account WHERE number = 2",
    "UPDATE account SET whitelist = '[' WHERE number = 1",
    "UPDATE account SET secret = CAST(x'ff' AS TEXT) WHERE number = 1",
    "UPDATE token SET text = CAST(x'ff' AS TEXT) WHERE account = 1",
]


@pytest.mark.parametrize("statement", CHANGES)
async def test_books_that_do_not_add_up(path: Path, statement: str) -> None:
    """A count that is wrong, a follower kept once only, a list or a text that is none: damaged, in words."""
    change(path, statement)
    assert "damaged" in refusal(path)


async def test_books_that_add_up(path: Path) -> None:
    """Members of a deleted group are counted in group 0, rows of an account that is gone in nothing."""
    change(path, "INSERT INTO membership (account, number, group_id) VALUES (99, 1, 0)")
    change(path, "INSERT INTO tagging (account, tag, number) VALUES (1, 77, 1)")
    World(store=str(path)).platform.close()


def test_a_log_without_its_store(path: Path) -> None:
    """An empty file beside a log that is not empty has lost its content; it is no new store."""
    log = path.with_name("store-wal")
    log.write_bytes(b"x")
    path.write_bytes(b"")
    assert "its log" in refusal(path)
    assert log.read_bytes() == b"x"
    log.unlink()
    World(store=str(path)).platform.close()

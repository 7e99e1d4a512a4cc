"""Killed again and again under load, the sandbox keeps what it acknowledged, and its counts add up."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from fenzu.testing import SandboxProcess
from tests.conformance.referee import open_account
from tests.strain.connection import Connection
from tests.strain.writers import Ids, Writer

WRITERS, FOLLOWERS_EACH = 32, 10


@pytest.mark.timeout(600)
async def test_nothing_acknowledged_is_lost_to_kills(tmp_path: Path, full: bool) -> None:
    """Twenty lives (FULL=1: fifty) on one store, each killed under 32 writers, lose no acknowledged change."""
    rng, ids = random.Random(20), Ids()
    writers = [
        Writer(f"w{number}", openids(number), ids, random.Random(rng.random())) for number in range(WRITERS)
    ]
    store = str(tmp_path / "store.sqlite")
    appid = secret = ""
    for _ in range(50 if full else 20):
        with SandboxProcess("--store", store) as sandbox:
            url = sandbox.ready.base_url
            if not appid:
                made = await asyncio.to_thread(open_account, url, sandbox.ready.control_url, SPEC)
                appid, secret = made.appid, made.secret
            query = await token_query(url, appid, secret)
            await judge(writers, ids, url, query)
            await write_until_killed(writers, sandbox, query, rng.uniform(0.1, 0.5))
    assert all(writer.acknowledged >= 20 for writer in writers)


def openids(number: int) -> list[str]:
    """The followers that one writer owns."""
    return [f"oW{number:03d}F{serial:022d}" for serial in range(FOLLOWERS_EACH)]


SPEC: dict[str, object] = {
    "followers": [openid for number in range(WRITERS) for openid in openids(number)],
    "groups": [{"id": number, "name": f"shared {number}"} for number in range(100, 104)],
}


async def token_query(url: str, appid: str, secret: str) -> str:
    """Return the query that carries a token of the account."""
    connection = await Connection.open(url)
    wish = {"grant_type": "client_credential", "appid": appid, "secret": secret}
    token = (await connection.call("/cgi-bin/stable_token", wish))["access_token"]
    await connection.close()
    return f"access_token={token}"


async def write_until_killed(
    writers: list[Writer], sandbox: SandboxProcess, query: str, seconds: float
) -> None:
    """Let every writer write on a connection of its own, and kill the sandbox in the middle of it."""
    connections = [await Connection.open(sandbox.ready.base_url) for _ in writers]
    async with asyncio.TaskGroup() as group:
        for writer, connection in zip(writers, connections, strict=True):
            group.create_task(writer.run(connection, query))
        await asyncio.sleep(seconds)
        await asyncio.to_thread(sandbox.kill)
    for connection in connections:
        await connection.close()


async def judge(writers: list[Writer], ids: Ids, url: str, query: str) -> None:
    """Read everything back, compare it with what each writer was promised, and add up the counts."""
    connection = await Connection.open(url)
    rows = (await connection.call(f"/cgi-bin/groups/get?{query}"))["groups"]
    group_of: dict[str, int] = {}
    for writer in writers:
        for openid in writer.may_be_in:
            group_of[openid] = (await connection.call(f"/cgi-bin/groups/getid?{query}", {"openid": openid}))[
                "groupid"
            ]
    await connection.close()
    names = {row["id"]: row["name"] for row in rows}
    for writer in writers:
        writer.judge(group_of, names)
    known = {0, 1, 2, 100, 101, 102, 103}.union(*(writer.groups for writer in writers))
    assert set(names) == known
    assert {row["id"]: row["count"] for row in rows if row["count"]} == Counter(group_of.values())
    assert sum(row["count"] for row in rows) == WRITERS * FOLLOWERS_EACH

"""Killed again and again under load, the sandbox keeps what it acknowledged, and its counts add up."""

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from fenzu.testing import SandboxProcess
from tests.conformance.referee import open_account
from tests.strain.connection import Connection
from tests.strain.promises import Ids, settle_all
from tests.strain.writers import SHARED_GROUPS, Writer, openids_of, read_back

WRITERS, FOLLOWERS_EACH = 32, 10


@pytest.mark.timeout(600)
async def test_nothing_acknowledged_is_lost_to_kills(tmp_path: Path, full: bool) -> None:
    """Twenty lives (FULL=1: fifty) on one store, each killed under 32 writers, lose no acknowledged change."""
    rng, ids = random.Random(20), Ids()
    writers = [
        Writer(f"w{number}", openids_of(number, FOLLOWERS_EACH), ids, random.Random(rng.random()))
        for number in range(WRITERS)
    ]
    followers = [openid for writer in writers for openid in writer.promises.may_be_in]
    store, query = str(tmp_path / "store"), ""
    for _ in range(50 if full else 20):
        with SandboxProcess("--store", store) as sandbox:
            if not query:
                spec: dict[str, object] = {"followers": followers, "groups": SHARED_GROUPS}
                ready = sandbox.ready
                made = await asyncio.to_thread(open_account, ready.base_url, ready.control_url, spec)
                # The token was acknowledged like everything else, so it works in every later life.
                query = f"access_token={await asyncio.to_thread(made.token)}"
            await check(sandbox, query, writers, ids)
            await write_until_killed(sandbox, query, writers, rng.uniform(0.1, 0.5))
    with SandboxProcess("--store", store) as sandbox:
        await check(sandbox, query, writers, ids)
    assert all(writer.acknowledged >= 20 for writer in writers)


async def write_until_killed(
    sandbox: SandboxProcess, query: str, writers: list[Writer], seconds: float
) -> None:
    """Let every writer write on a connection of its own, and kill the sandbox in the middle of it."""
    async with contextlib.AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(await Connection.open(sandbox.ready.base_url)) for _ in writers
        ]
        async with asyncio.TaskGroup() as group:
            for writer, connection in zip(writers, connections, strict=True):
                group.create_task(writer.run(connection, query))
            await asyncio.sleep(seconds)
            await asyncio.to_thread(sandbox.kill)


async def check(sandbox: SandboxProcess, query: str, writers: list[Writer], ids: Ids) -> None:
    """Read everything back and compare it with what each writer was promised."""
    promises = [writer.promises for writer in writers]
    async with await Connection.open(sandbox.ready.base_url) as connection:
        found = await read_back(connection, query, promises)
    settle_all(promises, found, ids)
    assert sum(found.counts.values()) == WRITERS * FOLLOWERS_EACH

"""Killed again and again under load, the sandbox keeps what it acknowledged, and its counts add up."""

import asyncio
import contextlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fenzu.control import Control
from fenzu.errors import FenzuError
from fenzu.testing import SandboxProcess
from tests.conformance.referee import Account, open_account
from tests.strain.connection import Connection
from tests.strain.hasty import HastyProcess
from tests.strain.promises import Ids, settle_all
from tests.strain.writers import SHARED_GROUPS, Writer, openids_of, read_back

WRITERS, FOLLOWERS_EACH = 32, 10
LOADED = 200_000


@pytest.mark.timeout(600)
async def test_nothing_acknowledged_is_lost_to_kills(tmp_path: Path, full: bool) -> None:
    """Ten lives (FULL=1: fifty) on one store, each killed under 32 writers, lose no acknowledged change."""
    writers = await live(SandboxProcess, tmp_path / "store", 50 if full else 10)
    assert all(writer.acknowledged >= 10 for writer in writers)


@pytest.mark.timeout(120)
async def test_an_answer_before_the_commit_is_found_out(tmp_path: Path) -> None:
    """A sandbox that answers before it commits loses changes to the same kills: the test above can fail."""
    with pytest.raises(AssertionError, match=r"is in|given|group|count"):
        await live(HastyProcess, tmp_path / "store", 10)


async def live(kind: type[SandboxProcess], store: Path, lives: int) -> list[Writer]:
    """Let writers write through several lives of a sandbox, all but the last ended by a kill; check after each."""
    rng, ids = random.Random(20), Ids()
    writers = [
        Writer(f"w{number}", openids_of(number, FOLLOWERS_EACH), ids, random.Random(rng.random()))
        for number in range(WRITERS)
    ]
    followers, query = [openid for writer in writers for openid in writer.promises.may_be_in], ""
    for _ in range(lives):
        with kind("--store", str(store)) as sandbox:
            if not query:
                spec: dict[str, object] = {"followers": followers, "groups": SHARED_GROUPS}
                ready = sandbox.ready
                made = await asyncio.to_thread(open_account, ready.base_url, ready.control_url, spec)
                # The token was acknowledged like everything else, so it works in every later life.
                query = f"access_token={await asyncio.to_thread(made.token)}"
            await check(sandbox, query, writers, ids)
            await write_until_killed(sandbox, query, writers, rng.uniform(0.1, 0.5))
    with kind("--store", str(store)) as sandbox:
        await check(sandbox, query, writers, ids)
    return writers


@pytest.mark.timeout(300)
def test_a_load_is_done_wholly_or_not_at_all(tmp_path: Path, full: bool) -> None:
    """Killed in the middle of taking 200,000 followers in, a sandbox has all of them in its next life, or none."""
    rng, store, followers = random.Random(2), tmp_path / "store", 0
    with SandboxProcess("--store", str(store)) as sandbox, Control(sandbox.ready.control_url) as control:
        control.accounts.create(appid="wx1", secret="s", followers=followers)
    for _ in range(12 if full else 2):
        with SandboxProcess("--store", str(store)) as sandbox, ThreadPoolExecutor(1) as pool:
            ready = sandbox.ready
            loading = pool.submit(load, ready.control_url)
            time.sleep(rng.uniform(0.05, 0.9))
            sandbox.kill()
            answered = loading.result()
        with SandboxProcess("--store", str(store)) as sandbox:
            account = Account(sandbox.ready.base_url, "wx1", "s")
            total = account.call("user/get")["total"]
            assert total == sum(count for _, count in account.groups().values())
            assert total in ({followers + LOADED} if answered else {followers, followers + LOADED})
            followers = total


def load(control_url: str) -> bool:
    """Have followers taken in; tells whether that was answered."""
    with Control(control_url) as control:
        try:
            control.followers.add("wx1", count=LOADED)
        except FenzuError:
            return False
    return True


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

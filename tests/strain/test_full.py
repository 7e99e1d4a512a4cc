"""A disk full three times over: nothing acknowledged is lost, reads go on, and writes do as soon as there is room."""

import asyncio
import contextlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from fenzu.testing import SandboxProcess
from fenzu.testing.process import SandboxFailed
from tests.conformance.referee import open_account
from tests.strain.connection import Connection
from tests.strain.promises import Ids, settle_all
from tests.strain.room import Room, SizeLimit, volume
from tests.strain.writers import SHARED_GROUPS, Writer, openids_of, read_back

WRITERS, FOLLOWERS_EACH = 16, 10
ROUNDS = 3

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="takes away room by means of Linux")


@pytest.fixture(params=["volume", "limit"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Room]]:
    """A folder for a store, and how its room is taken: its own file system where one may mount one, else a limit."""
    folder = tmp_path / "disk"
    if request.param == "limit":
        folder.mkdir()
        yield folder, SizeLimit(folder)
        return
    with volume(folder, mebibytes=4) as room:
        yield folder, room or SizeLimit(folder)


@pytest.mark.timeout(120)
async def test_a_full_disk(place: tuple[Path, Room]) -> None:
    """What was acknowledged stays, what is refused with -1 is not done, no read fails, and no restart is needed."""
    folder, room = place
    rng, ids = random.Random(28), Ids()
    writers = [
        Writer(f"w{number}", openids_of(number, FOLLOWERS_EACH), ids, random.Random(rng.random()))
        for number in range(WRITERS)
    ]
    followers = [openid for writer in writers for openid in writer.promises.may_be_in]
    with SandboxProcess("--store", str(folder / "store")) as sandbox:
        ready = sandbox.ready
        spec: dict[str, object] = {"followers": followers, "groups": SHARED_GROUPS}
        made = await asyncio.to_thread(open_account, ready.base_url, ready.control_url, spec)
        query = f"access_token={await asyncio.to_thread(made.token)}"
        async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            for writer in writers:
                connection = await stack.enter_async_context(await Connection.open(ready.base_url))
                group.create_task(writer.run(connection, query))
            async with await Connection.open(ready.base_url) as reader:
                for _ in range(ROUNDS):
                    await each_was("acknowledged", writers, reader, query, followers)
                    await asyncio.to_thread(room.take, ready.pid)
                    await each_was("refused", writers, reader, query, followers)
                    await asyncio.to_thread(room.give, ready.pid)
                await each_was("acknowledged", writers, reader, query, followers)
            for writer in writers:
                writer.is_stopped = True
        await check(sandbox, query, writers, ids)
        await asyncio.to_thread(room.take, ready.pid)
        assert "Traceback" not in sandbox.stderr
        sandbox.kill()
    await asyncio.to_thread(open_without_room, folder / "store")
    with contextlib.suppress(ProcessLookupError):  # a limit went with its process
        room.give(ready.pid)
    with SandboxProcess("--store", str(folder / "store")) as sandbox:
        await check(sandbox, query, writers, ids)


async def each_was(
    what: Literal["acknowledged", "refused"],
    writers: list[Writer],
    reader: Connection,
    query: str,
    followers: list[str],
) -> None:
    """Wait until each writer was acknowledged or refused three times more; meanwhile whoever reads gets answers."""
    goals = [getattr(writer, what) + 3 for writer in writers]
    async with asyncio.timeout(20):
        while any(getattr(writer, what) < goal for writer, goal in zip(writers, goals, strict=True)):
            groups = (await reader.call(f"/cgi-bin/groups/get?{query}"))["groups"]
            assert sum(row["count"] for row in groups) == len(followers)
            for openid in followers[::40]:
                assert "groupid" in await reader.call(f"/cgi-bin/groups/getid?{query}", {"openid": openid})
            await asyncio.sleep(0.02)


def open_without_room(store: Path) -> None:
    """A sandbox that is started on the full disk runs, or refuses with words."""
    try:
        with SandboxProcess("--store", str(store)) as sandbox:
            assert sandbox.ready.pid
    except SandboxFailed as error:
        assert "cannot use the store" in str(error)
        assert "Traceback" not in str(error)


async def check(sandbox: SandboxProcess, query: str, writers: list[Writer], ids: Ids) -> None:
    """Read everything back and compare it with what each writer was promised."""
    promises = [writer.promises for writer in writers]
    async with await Connection.open(sandbox.ready.base_url) as connection:
        settle_all(promises, await read_back(connection, query, promises), ids)

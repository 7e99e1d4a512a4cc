"""Two sandboxes on one PostgreSQL store: what the one does is so in the other, under load and over a kill."""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psycopg
import pytest

from fenzu.control import Control
from fenzu.errors import FenzuError
from fenzu.testing import SandboxProcess
from tests.conformance.referee import open_account, send
from tests.strain.connection import Connection
from tests.strain.promises import Ids, settle_all
from tests.strain.writers import SHARED_GROUPS, Writer, openids_of, read_back

WRITERS, FOLLOWERS_EACH = 64, 4
ANA = "o" + "a" * 27


@pytest.fixture
def pair(new_postgres: Callable[[], str]) -> Iterator[tuple[SandboxProcess, SandboxProcess]]:
    """Two sandboxes that were started at the same time on an empty store."""
    address = new_postgres()
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        sandboxes = [SandboxProcess("--demo", "--store", address) for _ in range(2)]
        first, second = pool.map(stack.enter_context, sandboxes)
        yield first, second
        for sandbox in sandboxes:
            assert "Traceback" not in sandbox.stderr
            assert "CANARY" not in sandbox.stderr


Pair = tuple[SandboxProcess, SandboxProcess]


class Served(msgspec.Struct, frozen=True):
    """An account as one of the sandboxes serves it."""

    base_url: str
    appid: str
    secret: str

    def token(self, **more: object) -> str:
        """Return its stable token."""
        wish = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret, **more}
        answer: str = send(f"{self.base_url}/cgi-bin/stable_token", json.dumps(wish).encode())["access_token"]
        return answer

    def call(self, path: str, body: object = None, *, token: str) -> Any:
        """Send one call with a token."""
        content = None if body is None else json.dumps(body).encode()
        return send(f"{self.base_url}/cgi-bin/{path}?access_token={token}", content)


def accounts_of(pair: Pair, **spec: object) -> tuple[Served, Served]:
    """Make an account by the first sandbox, and return it as either of them serves it."""
    ready = pair[0].ready
    made = open_account(ready.base_url, ready.control_url, spec)
    one, other = (Served(sandbox.ready.base_url, made.appid, made.secret) for sandbox in pair)
    return one, other


def test_the_first_account_is_made_once(pair: Pair) -> None:
    """Of two sandboxes started at once with --demo one makes the account, the other finds it."""
    assert pair[0].ready.appid == pair[1].ready.appid
    for sandbox in pair:
        with Control(sandbox.ready.control_url) as control:
            assert [account.appid for account in control.accounts.list()] == [sandbox.ready.appid]
            assert control.accounts.get(sandbox.ready.appid).followers == 72_645


def test_a_token_of_one_works_in_the_other(pair: Pair) -> None:
    """A token is taken everywhere at once; once a forced refresh has ended it, it is refused everywhere at once."""
    one, other = accounts_of(pair, followers=[ANA])
    for _ in range(2):
        old = one.token(force_refresh=True)
        assert other.call("groups/getid", {"openid": ANA}, token=old) == {"groupid": 0}
        assert other.token() == old
        with Control(pair[1].ready.control_url) as control:
            control.clock.advance(31)
        new = other.token(force_refresh=True)
        assert new != old
        assert one.call("groups/getid", {"openid": ANA}, token=old)["errcode"] == 40001
        assert one.call("groups/getid", {"openid": ANA}, token=new) == {"groupid": 0}


def test_what_control_does_to_one_is_so_in_the_other(pair: Pair) -> None:
    """Accounts, followers, resets, states, quotas and the clock are the store's, whichever sandbox is asked."""
    one, other = accounts_of(pair, followers=[ANA])
    with Control(pair[0].ready.control_url) as here, Control(pair[1].ready.control_url) as there:
        token = one.token()
        there.followers.add(one.appid, count=5)
        assert one.call("user/get", token=token)["total"] == 6
        there.reset(one.appid)
        assert one.call("user/get", token=token)["total"] == 0
        here.clock.advance(7_300)
        assert other.call("user/get", token=token)["errcode"] == 42001
        assert abs(there.clock.read().now - here.clock.read().now) < 5
        there.accounts.delete(one.appid)
        assert one.call("user/get", token=token)["errcode"] == 40001
        with pytest.raises(FenzuError):
            here.accounts.get(one.appid)


def test_a_quota_is_one_for_both(pair: Pair) -> None:
    """Calls count together: of 40 calls sent to two sandboxes at once, exactly the quota's 25 pass."""
    one, other = accounts_of(pair, followers=[ANA])
    with Control(pair[1].ready.control_url) as control:
        control.quota.set(one.appid, enforced=True, limits={"groups.of": 25})
        token = one.token()
        with ThreadPoolExecutor(8) as pool:
            asked = [one, other] * 20
            answers = list(pool.map(lambda at: at.call("groups/getid", {"openid": ANA}, token=token), asked))
        assert [answer.get("errcode", 0) for answer in answers].count(0) == 25
        assert {answer.get("errcode", 0) for answer in answers} == {0, 45009}
        assert control.quota.get(one.appid).used["groups.of"] == 25


@pytest.mark.timeout(300)
async def test_a_kill_of_one_loses_nothing(pair: Pair, full: bool) -> None:
    """64 writers write through both; one sandbox is killed, the other goes on: all that was acknowledged is there."""
    rng, ids = random.Random(7), Ids()
    writers = [
        Writer(f"w{number}", openids_of(number, FOLLOWERS_EACH), ids, random.Random(number))
        for number in range(WRITERS)
    ]
    followers = [openid for writer in writers for openid in writer.promises.may_be_in]
    one, _ = await asyncio.to_thread(lambda: accounts_of(pair, followers=followers, groups=SHARED_GROUPS))
    query = f"access_token={await asyncio.to_thread(one.token)}"
    async with contextlib.AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(await Connection.open(pair[number % 2].ready.base_url))
            for number in range(WRITERS)
        ]
        async with asyncio.TaskGroup() as group:
            for writer, connection in zip(writers, connections, strict=True):
                group.create_task(writer.run(connection, query))
            await asyncio.sleep(rng.uniform(1, 2) * (10 if full else 1))
            await asyncio.to_thread(pair[1].kill)
            await asyncio.sleep(0.5)
            for writer in writers:
                writer.is_stopped = True
        promises = [writer.promises for writer in writers]
        found = await read_back(connections[0], query, promises)
    settle_all(promises, found, ids)
    assert sum(found.counts.values()) == WRITERS * FOLLOWERS_EACH
    assert sum(writer.acknowledged for writer in writers) > WRITERS


def test_a_server_that_is_restarted_is_found_again(pair: Pair, postgres_address: str) -> None:
    """When the server ends every connection, calls go on: what it cut off before a commit is done anew."""
    one, other = accounts_of(pair, followers=[ANA])
    token = one.token()
    for _ in range(3):
        with psycopg.connect(postgres_address, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fenzu sandbox'"
            )
        for account in (one, other):
            assert (
                account.call("groups/create", {"group": {"name": "a"}}, token=token)["group"]["name"] == "a"
            )
            assert account.call("groups/getid", {"openid": ANA}, token=token) == {"groupid": 0}
    assert len(one.call("groups/get", token=token)["groups"]) == 9

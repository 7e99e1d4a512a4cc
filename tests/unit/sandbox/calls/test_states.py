"""Accounts out of the ordinary: who is refused, at which check, and how an account gets into a state and out again."""

import asyncio
from pathlib import Path
from typing import get_args
from urllib.parse import urlencode

import pytest
from tests.fixtures.world import ANA, OK, Tenant, World, code

from fenzu.errors import UsageError
from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.wire.states import STATES, Check, State

states = pytest.mark.parametrize("state", STATES)


def test_the_states_of_the_table() -> None:
    """Each state but the usual one stands in the table, under its own name."""
    assert {"active", *STATES} == set(get_args(State))
    assert all(name == row.name for name, row in STATES.items())


async def ask_token(tenant: Tenant, ip: str = "127.0.0.1") -> int:
    return code(await tenant.world.send("GET", "token", urlencode(tenant.credentials), ip=ip))


@states
async def test_a_state_is_entered_and_left_while_tokens_live(world: World, state: State) -> None:
    """The token that an account has stays; what is refused meanwhile works again afterwards."""
    tenant = await world.tenant(followers=[ANA])
    await world.platform.change_account(tenant.appid, state=state)
    assert (await world.platform.get_account(tenant.appid)).state == state
    row = STATES[state]
    named = await tenant.post("groups/create", rb'{"group":{"name":"\u5206"}}')
    asked = await ask_token(tenant)
    refused = {
        Check.EVERYTHING: (row.code, row.code),
        Check.ACCOUNT: (row.code, 0),
        Check.HTTPS: (row.code, row.code),
        Check.ESCAPES: (row.code, 0),
        Check.CREDENTIALS: (0, row.code),
        Check.ADDRESS: (0, row.code),
    }
    assert (code(named), asked) == refused[row.check]
    await world.platform.change_account(tenant.appid, state="active")
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1}) == OK
    assert await ask_token(tenant) == 0


async def test_raw_names_pass_where_escapes_do_not(world: World) -> None:
    """An account that takes no \\uXXXX takes raw UTF-8; one that minds names alone takes escapes elsewhere."""
    for state, elsewhere in (("no_escapes", 47002), ("no_escaped_names", 0)):
        tenant = await world.tenant(state=state, followers=[ANA])
        assert code(await tenant.post("groups/create", {"group": {"name": "分组"}})) == 0
        escaped = ANA.replace("a", r"\u0061").encode()
        assert code(await tenant.post("groups/getid", b'{"openid":"%b"}' % escaped)) == elsewhere


async def test_https_only(world: World) -> None:
    """By plain HTTP every call is refused, the token ones too; by HTTPS none is."""
    account = await world.platform.create_account(AccountSpec(state="https_only"))
    tenant = Tenant(world, account.appid, account.secret)
    query = urlencode(tenant.credentials).encode()
    for secure, refused in ((False, 43003), (True, 0)):
        answer = world.platform.answer(Call("GET", "/cgi-bin/token", query, b"", "127.0.0.1", secure))
        assert code(answer if isinstance(answer, bytes) else await answer) == refused


async def test_an_address_on_the_whitelist_is_known(world: World) -> None:
    """Only addresses that the whitelist does not name await anything; without a whitelist, all do."""
    tenant = await world.tenant(whitelist=["127.0.0.1"])
    await world.platform.change_account(tenant.appid, state="address_pending")
    assert [await ask_token(tenant, ip) for ip in ("127.0.0.1", "10.0.0.1")] == [0, 89501]
    await world.platform.change_account(tenant.appid, whitelist=[])
    assert [await ask_token(tenant, ip) for ip in ("127.0.0.1", "10.0.0.1")] == [89501, 89501]


async def test_another_whitelist(world: World) -> None:
    """It holds from the next token call on; what is no address is refused, and nothing changes."""
    tenant = await world.tenant()
    await world.platform.change_account(tenant.appid, whitelist=["10.0.0.0/8"])
    with pytest.raises(UsageError, match="addresses"):
        await world.platform.change_account(tenant.appid, state="busy", whitelist=["here"])
    assert [await ask_token(tenant, ip) for ip in ("127.0.0.1", "10.0.0.1")] == [40164, 0]
    with pytest.raises(UnknownAccount):
        await world.platform.change_account("wxnobody", state="busy")


async def test_changes_at_the_same_time_do_not_undo_each_other(world: World) -> None:
    """One that changes the state alone leaves the whitelist to another one that changes that, and the reverse."""
    tenant = await world.tenant()
    change = world.platform.change_account
    await asyncio.gather(change(tenant.appid, state="frozen"), change(tenant.appid, whitelist=["10.0.0.0/8"]))
    account = await world.platform.get_account(tenant.appid)
    assert (account.state, account.whitelist) == ("frozen", ["10.0.0.0/8"])


async def test_a_state_outlives_the_sandbox(tmp_path: Path) -> None:
    """An account is in the state, and has the whitelist, that the store last saw."""
    store = str(tmp_path / "store")
    first = World(store=store)
    tenant = await first.tenant(appid="wx1", secret="s")
    await first.platform.change_account("wx1", state="barred", whitelist=["::1"])
    first.platform.close()
    second = World(store=store)
    account = await second.platform.get_account("wx1")
    assert (account.state, account.whitelist) == ("barred", ["::1"])
    assert code(await Tenant(second, "wx1", "s", tenant.token).get("groups/get")) == 48004
    second.platform.close()

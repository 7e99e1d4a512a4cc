"""What becomes of a call that is struck, and of the account: no socket, and the clock is the test's."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.fixtures.world import ANA, BEN, OK, Tenant, World, code
from tests.unit.sandbox.http.wire_tap import Tap

from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.faults.asked import FaultRules
from fenzu.sandbox.rules.quota import QuotaWish


def strike(world: World, tenant: Tenant | None, *rules: dict[str, Any], seed: int = 0) -> None:
    """Let rules hold for the tenant, or for all."""
    asked = msgspec.convert({"seed": seed, "rules": list(rules)}, FaultRules)
    world.platform.faults.set(asked, tenant.appid if tenant else None)


async def member(world: World) -> Tenant:
    """An account with two followers and group 100."""
    return await world.tenant(followers=[ANA, BEN], groups=[{"name": "VIP"}])


def move(tenant: Tenant, openid: str = ANA, to: int = 100) -> Any:
    return tenant.post("groups/members/update", {"openid": openid, "to_groupid": to})


async def test_a_code_is_answered_and_nothing_is_done(world: World) -> None:
    """The third move is refused as the platform would refuse it; the others are done."""
    tenant = await member(world)
    strike(world, tenant, {"call": "groups.move", "errcode": -1, "nth": 3})
    assert [await move(tenant, to=to) for to in (100, 2)] == [OK, OK]
    assert await move(tenant, to=100) == b'{"errcode":-1,"errmsg":"system error"}'
    assert await tenant.group_of(ANA) == 2
    assert await move(tenant, to=100) == OK


async def test_a_code_carries_the_rulebooks_suffix(new_world: World) -> None:
    """Under 2021 an ordered refusal has its rid, which openapi/rid/get knows."""
    tenant = await member(new_world)
    strike(new_world, tenant, {"call": "groups.move", "errcode": 45009, "message": "no more today"})
    text = json.loads(await move(tenant))["errmsg"]
    assert text.startswith("no more today rid: ")
    seen = await tenant.post("openapi/rid/get", {"rid": text[-26:]})
    assert json.loads(seen)["request"]["response_body"].startswith('{"errcode":45009')


@pytest.mark.parametrize(
    ("errcode", "said"),
    [
        (40001, "invalid credential"),
        (40164, "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist"),
        (45009, "reach max api daily quota limit"),
    ],
)
async def test_a_code_says_what_the_platform_says(world: World, errcode: int, said: str) -> None:
    """Without a message of one's own, the text is the platform's."""
    tenant = await member(world)
    strike(world, tenant, {"call": "*", "errcode": errcode})
    assert json.loads(await tenant.get("groups/get")) == {"errcode": errcode, "errmsg": said}


async def test_a_partial_failure_names_the_openids(world: World) -> None:
    """45171 tells who failed; here nothing was done, so all have."""
    tenant = await member(world)
    strike(world, tenant, {"call": "tags.*", "errcode": 45171})
    answer = await tenant.post("tags/members/batchtagging", {"openid_list": [ANA, BEN], "tagid": 2})
    assert json.loads(answer)["fail_openid_list"] == [ANA, BEN]
    assert json.loads(await tenant.post("tags/create", b"["))["fail_openid_list"] == []


async def test_a_struck_call_counts_like_any_other(world: World) -> None:
    """What the account has called is counted whether or not it was done."""
    tenant = await member(world)
    strike(world, tenant, {"call": "*", "errcode": -1})
    await move(tenant)
    await tenant.stable()
    calls = (await world.platform.get_account(tenant.appid)).calls
    assert calls == {"token.get": 1, "groups.move": 1, "token.stable": 1}


async def test_quotas_come_before_faults(world: World) -> None:
    """A call beyond its quota answers 45009 and is not struck; one that is struck uses up the quota."""
    tenant = await member(world)
    wish = {"enforced": True, "limits": {"token.stable": 1, "groups.of": 1}}
    await world.platform.quotas.set(tenant.appid, msgspec.convert(wish, QuotaWish))
    strike(world, tenant, {"call": "*", "errcode": -1})
    assert [(await tenant.stable())["errcode"] for _ in range(2)] == [-1, 45009]
    assert [await tenant.group_of(ANA) for _ in range(2)] == [-1, 45009]


async def test_calls_that_are_refused_anyway_are_not_struck(world: World) -> None:
    """A bad token, a wrong method and a wrong secret answer for themselves, and do not count as the n-th call."""
    tenant = await member(world)
    strike(world, None, {"call": "*", "errcode": -1, "nth": 1})
    stranger = Tenant(world, tenant.appid, "wrong", "no-token")
    assert code(await stranger.get("groups/get")) == 40001
    assert code(await tenant.post("groups/get", {})) == 43001
    assert (await stranger.stable())["errcode"] == 40125
    assert code(await tenant.get("groups/get")) == -1


async def test_token_calls_are_struck_once_it_is_known_who_asks(world: World) -> None:
    """A platform that is too busy to give tokens is a platform that one can order."""
    tenant = await member(world)
    strike(world, tenant, {"call": "token.*", "errcode": -1, "times": 2})
    assert (await tenant.stable())["errcode"] == -1
    with pytest.raises(KeyError):
        await tenant.renew()
    assert "access_token" in await tenant.stable()


@pytest.mark.file_store  # on PostgreSQL a call begins before it is awaited, and the test's naps take no time
async def test_a_delay_comes_before_doing(world: World) -> None:
    """While a call waits nothing has happened yet, and other calls are answered."""
    tenant = await member(world)
    strike(
        world, tenant, {"call": "groups.move", "delay_ms": 200}, {"call": "user/get", "delay_ms": [100, 300]}
    )
    waiting = world.ask(
        "POST",
        "groups/members/update",
        f"access_token={tenant.token}",
        {"openid": ANA, "to_groupid": 100},
    )
    assert not isinstance(waiting, bytes)
    assert await tenant.group_of(ANA) == 0
    assert await waiting == OK
    assert await tenant.group_of(ANA) == 100
    assert json.loads(await tenant.get("user/get"))["total"] == 2
    assert world.naps[0] == 0.2
    assert 0.1 <= world.naps[1] <= 0.3


async def test_a_delayed_call_may_still_be_refused(world: World) -> None:
    """After the delay the call is judged as it would have been."""
    tenant = await member(world)
    strike(world, tenant, {"call": "*", "delay_ms": 5})
    assert code(await tenant.post("groups/create", b"[")) == 47001
    assert code(await move(tenant, to=999)) == 40050


@pytest.mark.parametrize("rule", [{"nth": [2, 3]}, {"delay_ms": 5, "nth": [2, 3]}])
async def test_a_stale_read_tells_what_was_before_the_last_write(world: World, rule: dict[str, Any]) -> None:
    """Reads that lag behind answer as if the account's last write had not come through yet."""
    tenant = await member(world)
    strike(
        world, tenant, *({"call": name, "effect": "stale", **rule} for name in ("groups.of", "groups.list"))
    )
    assert await tenant.group_of(ANA) == 0
    assert (await tenant.groups())[100] == ("VIP", 0)
    await move(tenant, ANA)
    assert await tenant.group_of(ANA) == 0
    assert (await tenant.groups())[100] == ("VIP", 0)
    await move(tenant, BEN)
    assert (await tenant.groups())[100] == ("VIP", 1)
    assert await tenant.group_of(BEN) == 0
    assert (await tenant.groups())[100] == ("VIP", 2)
    assert await tenant.group_of(BEN) == 100


async def test_a_stale_read_before_any_write_tells_the_truth(world: World) -> None:
    """Where nothing was written since the rule was set, there is nothing older to tell."""
    tenant = await member(world)
    await move(tenant)
    strike(world, tenant, {"call": "*", "effect": "stale"})
    assert await tenant.group_of(ANA) == 100


MOVE = ("groups/members/update", {"openid": ANA, "to_groupid": 100})
TAG = ("tags/members/batchtagging", {"openid_list": [ANA], "tagid": 2})
BAR = ("tags/members/batchblacklist", {"openid_list": [ANA]})


@pytest.mark.parametrize(
    ("path", "body", "write"),
    [
        ("groups/get", None, MOVE),
        ("groups/getid", {"openid": ANA}, MOVE),
        ("user/info/batchget", {"user_list": [{"openid": ANA}]}, MOVE),
        ("user/tag/get", {"tagid": 2}, TAG),
        ("tags/get", None, TAG),
        ("tags/getidlist", {"openid": ANA}, TAG),
        ("tags/members/getblacklist", {"begin_openid": ""}, BAR),
    ],
)
async def test_every_read_may_lag_behind(
    world: World, path: str, body: object, write: tuple[str, object]
) -> None:
    """What a stale read answers is byte for byte what it answered before."""
    tenant = await member(world)

    async def read() -> bytes:
        return await (tenant.get(path) if body is None else tenant.post(path, body))

    before = await read()
    strike(world, tenant, {"call": path, "effect": "stale", "times": 1})
    assert await tenant.post(*write) == OK
    assert await read() == before
    assert await read() != before


async def test_many_accounts_may_lag_behind(world: World) -> None:
    """Only the accounts written to last are kept as they were; of the others the truth is told."""
    tenants = [await member(world) for _ in range(20)]
    strike(world, None, {"call": "groups.of", "effect": "stale"})
    for tenant in tenants:
        await move(tenant)
    groups = [await tenant.group_of(ANA) for tenant in tenants]
    assert groups == [100] * 4 + [0] * 16


@pytest.mark.parametrize("how", ["reset", "reset_all", "delete"])
async def test_an_account_that_is_emptied_holds_nothing_back(world: World, how: str) -> None:
    """What a stale read would have told is let go of, so that the store's log can be shortened again."""
    tenant = await member(world)
    strike(world, None, {"call": "groups.of", "effect": "stale"})
    await move(tenant)
    assert world.platform._earlier._kept
    platform = world.platform
    if how == "reset_all":
        await platform.reset_all()
    else:
        await (platform.reset if how == "reset" else platform.delete_account)(tenant.appid)
    assert not platform._earlier._kept
    if how != "delete":
        assert await tenant.group_of(ANA) == 40003


@pytest.mark.file_store  # snapshots
async def test_faults_go_with_an_account_that_a_restore_takes_away(world: World) -> None:
    """An account that is made anew under its appid begins without them; those of others stay."""
    stays = await member(world)
    await world.platform.snapshots.create("before")
    gone = await member(world)
    for tenant in (stays, gone):
        strike(world, tenant, {"call": "groups.of", "errcode": -1})
    await world.platform.snapshots.restore("before")
    again = await world.tenant(appid=gone.appid, followers=[ANA])
    assert await again.group_of(ANA) == 0
    assert await stays.group_of(ANA) == -1


@pytest.mark.parametrize(("errcode", "after"), [(None, 42001), (42001, 42001), (40001, 40001)])
async def test_a_token_may_end_early(world: World, errcode: int | None, after: int) -> None:
    """The call that is struck and all later ones with that token are refused; a new token works."""
    tenant = await member(world)
    rule = {"call": "groups/*", "effect": "expire_token", "nth": 2}
    strike(world, tenant, rule if errcode is None else {**rule, "errcode": errcode})
    assert await move(tenant) == OK
    assert code(await move(tenant, to=0)) == after
    assert code(await tenant.get("user/get")) == after
    assert await tenant.group_of(ANA) == after
    await tenant.renew()
    assert await tenant.group_of(ANA) == 100


async def test_a_token_that_ended_early_stays_ended(tmp_path: Path) -> None:
    """After a restart the token still answers 42001, as the store knows when it ended."""
    store = str(tmp_path / "kept.db")
    first = World(store=store)
    tenant = await member(first)
    strike(first, tenant, {"call": "*", "effect": "expire_token", "nth": 1})
    assert await tenant.group_of(ANA) == 42001
    first.platform.close()
    second = World(store=store)
    assert await Tenant(second, tenant.appid, tenant.secret, tenant.token).group_of(ANA) == 42001
    second.platform.close()


async def test_a_stable_token_may_end_early(world: World) -> None:
    """The next stable_token call gives another one, although the old one's time was not over."""
    tenant = await member(world)
    tenant.token = (await tenant.stable())["access_token"]
    strike(world, tenant, {"call": "groups/*", "effect": "expire_token", "nth": 1})
    assert await tenant.group_of(ANA) == 42001
    new = await tenant.stable()
    assert (new["access_token"] != tenant.token, new["expires_in"]) == (True, 7200)
    tenant.token = new["access_token"]
    assert await tenant.group_of(ANA) == 0


async def test_faults_end_with_their_account(world: World) -> None:
    """An account that is made anew under the same appid meets no faults."""
    tenant = await world.tenant(appid="wxsame")
    strike(world, tenant, {"call": "groups.list", "errcode": -1})
    await world.platform.delete_account("wxsame")
    again = await world.tenant(appid="wxsame")
    assert 0 in await again.groups()


async def test_emptying_leaves_faults(world: World) -> None:
    """A reset is about what an account holds, and not about what is done to it."""
    tenant = await member(world)
    strike(world, tenant, {"call": "groups.list", "errcode": -1, "times": 1})
    await world.platform.reset(tenant.appid)
    assert code(await tenant.get("groups/get")) == -1


async def test_the_call_tells_what_struck_it(world: World) -> None:
    """Whoever comes after the answer finds the fault at the call."""
    tenant = await member(world)
    strike(world, tenant, {"call": "groups.list", "effect": "empty", "delay_ms": 20})
    struck = Call("GET", "/cgi-bin/groups/get", f"access_token={tenant.token}".encode(), b"", "")
    other = Call("GET", "/cgi-bin/user/get", struck.query, b"", "")
    for call in (struck, other):
        answer = world.platform.answer(call)
        _ = answer if isinstance(answer, bytes) else await answer
    assert (str(struck.fault), other.fault) == ("delay 20 ms, empty", None)


async def both(world: World, tenant: Tenant, effect: str) -> tuple[Tap, bytes]:
    """Send a struck move and, in the same breath, a read; return the connection and what was sent back."""
    strike(world, tenant, {"call": "groups.move", "effect": effect})
    tap = Tap(platform=world.platform)
    body = msgspec.json.encode({"openid": ANA, "to_groupid": 100})
    first = b"POST /cgi-bin/groups/members/update?access_token=%b HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b"
    second = b"GET /cgi-bin/user/get?access_token=%b HTTP/1.1\r\n\r\n" % tenant.token.encode()
    sent = await tap.send(first % (tenant.token.encode(), len(body), body) + second)
    for _ in range(200):
        if tap.wire.closed or sent.count(b"HTTP/1.1 200") == 2:
            break
        await asyncio.sleep(0.01)
        sent += await tap.read()
    return tap, sent


@pytest.mark.parametrize(
    ("effect", "first", "is_closed", "is_reset"),
    [
        ("lost_answer", b"", True, False),
        ("reset", b'application/json; encoding=utf-8\r\ncontent-length: 27\r\n\r\n{"errcode":0,', True, True),
        (
            "truncate",
            b'application/json; encoding=utf-8\r\ncontent-length: 18\r\n\r\n{"errcode":0,"errm',
            False,
            False,
        ),
        ("empty", b"application/json; encoding=utf-8\r\ncontent-length: 0\r\n\r\n", False, False),
        ("text_plain", b'text/plain\r\ncontent-length: 27\r\n\r\n{"errcode":0,"errmsg":"ok"}', False, False),
    ],
)
async def test_what_is_left_of_an_answer(
    world: World, effect: str, first: bytes, is_closed: bool, is_reset: bool
) -> None:
    """The move is done, its answer lost, cut or mislabelled; a connection that lives on answers what comes next."""
    tenant = await member(world)
    tap, sent = await both(world, tenant, effect)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: " if first else b""
    rest = sent.removeprefix(head + first)
    assert sent.startswith(head + first)
    assert (tap.wire.closed, tap.wire.aborted) == (is_closed, is_reset)
    assert (rest == b"") is is_closed
    assert is_closed or rest.startswith(head)
    assert await tenant.group_of(ANA) == 100

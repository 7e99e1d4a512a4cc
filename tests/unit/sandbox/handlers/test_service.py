"""Quotas told and cleared, requests looked up by rid, addresses."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.world import ANA, OK, STRANGER, Tenant, World, code

from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.log import rids
from fenzu.wire import ENDPOINTS
from fenzu.wire.limits import DAILY

MIDNIGHT = 1_700_064_000.0
"""2023-11-16 00:00 in Beijing."""


@pytest.fixture
async def tenant(world: World) -> Tenant:
    return await world.tenant(followers=[ANA])


async def quota(tenant: Tenant, call: str) -> dict[str, int]:
    answer = json.loads(await tenant.post("openapi/quota/get", {"cgi_path": f"/cgi-bin/{call}"}))
    assert list(answer) == ["errcode", "errmsg", "quota", "rate_limit"]
    found: dict[str, int] = answer["quota"]
    return found


async def test_calls_are_counted_and_told(tenant: Tenant) -> None:
    """Each call that passed token, method and account counts, refused ones too; writes and token calls as well."""
    await tenant.get("groups/get")
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    await tenant.post("groups/members/update", {"openid": STRANGER, "to_groupid": 2})
    await tenant.post("groups/members/update", b"junk")
    await tenant.post("groups/get", {})
    await tenant.world.send("POST", "groups/members/update", "access_token=x", {})
    await tenant.stable()
    await tenant.world.send("GET", "token", f"appid={tenant.appid}&secret=x")
    assert await quota(tenant, "groups/get") == {"daily_limit": 1000, "used": 1, "remain": 999}
    assert await quota(tenant, "groups/members/update") == {
        "daily_limit": 100_000,
        "used": 3,
        "remain": 99_997,
    }
    assert [(await quota(tenant, call))["used"] for call in ("token", "stable_token", "tags/get")] == [
        1,
        1,
        0,
    ]


async def test_nothing_is_refused(tenant: Tenant) -> None:
    """Above its quota a call goes on, with nothing remaining."""
    for _ in range(501):
        assert not code(await tenant.get("user/get"))
    assert await quota(tenant, "user/get") == {"daily_limit": 500, "used": 501, "remain": 0}


@pytest.mark.parametrize(
    ("kind", "daily", "minute"), [("ordinary", 1000, 5000), ("test", 100, 600), ("large", 5000, 5000)]
)
async def test_kinds_of_account(world: World, kind: str, daily: int, minute: int) -> None:
    """A test account has less, a large one more."""
    tenant = await world.tenant(kind=kind)
    answer = json.loads(await tenant.post("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/get"}))
    assert answer["quota"]["daily_limit"] == daily
    assert answer["rate_limit"] == {"call_count": minute, "refresh_second": 60}
    stable = json.loads(await tenant.post("openapi/quota/get", {"cgi_path": "/cgi-bin/stable_token"}))
    assert stable["rate_limit"]["call_count"] == 10_000


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("groups/get", 76021),
        ("/cgi-bin/nothing", 76021),
        ("", 76021),
        (5, 76021),
        (None, 76021),
        ("/cgi-bin/clear_quota", 76022),
    ],
)
async def test_paths_that_have_no_quota(tenant: Tenant, path: object, refused: int) -> None:
    """What is no path of the platform is 76021, what it does not count 76022."""
    assert code(await tenant.post("openapi/quota/get", {"cgi_path": path})) == refused


async def test_every_counted_call_is_told(tenant: Tenant) -> None:
    """Whatever has a row in the table of quotas can be asked about."""
    for name, row in DAILY.items():
        found = await quota(tenant, ENDPOINTS[name].path.removeprefix("/cgi-bin/"))
        assert found["daily_limit"] == row.ordinary


async def test_quotas_renew_at_midnight_in_beijing(world: World) -> None:
    """A second before midnight the day's calls count, at midnight they do not."""
    world.now = MIDNIGHT - 100
    tenant = await world.tenant()
    await tenant.get("groups/get")
    world.now = MIDNIGHT - 1
    assert (await quota(tenant, "groups/get"))["used"] == 1
    world.now = MIDNIGHT
    assert (await quota(tenant, "groups/get"))["used"] == 0
    await tenant.get("groups/get")
    world.now = MIDNIGHT + 86_400 / 24
    assert (await quota(tenant, "groups/get"))["used"] == 1


async def test_control_tells_the_calls_of_an_account(world: World, tenant: Tenant) -> None:
    """By name, since the start; a new day and a clear leave these numbers alone."""
    await tenant.get("groups/get")
    await tenant.post("clear_quota", {"appid": tenant.appid})
    world.now += 7000
    await tenant.get("groups/get")
    account = await world.platform.get_account(tenant.appid)
    assert account.calls == {"token.get": 1, "groups.list": 2, "quota.clear": 1}
    assert (await world.platform.create_account(AccountSpec())).calls == {}


async def test_clearing(tenant: Tenant) -> None:
    """The counters begin anew for this account alone; it takes the account's own appid."""
    other = await tenant.world.tenant()
    for one in (tenant, other):
        await one.get("groups/get")
    assert code(await tenant.post("clear_quota", {"appid": other.appid})) == 40013
    assert code(await tenant.post("clear_quota", {"appid": 5})) == 40013
    assert (await quota(tenant, "groups/get"))["used"] == 1
    assert await tenant.post("clear_quota", {"appid": tenant.appid}) == OK
    assert [(await quota(one, "groups/get"))["used"] for one in (tenant, other)] == [0, 1]


async def test_ten_clears_a_month(tmp_path: Path) -> None:
    """The eleventh is 48006, also when they queue up together and after a restart; the next month begins anew."""
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant(appid="wx1")
    body = {"appid": "wx1"}
    answers = await asyncio.gather(*(tenant.post("clear_quota", body) for _ in range(11)))
    assert [code(answer) for answer in answers] == [0] * 10 + [48006]
    now = world.now
    world.platform.close()
    world = World(store=str(tmp_path / "store"))
    same = Tenant(world, "wx1", tenant.secret, tenant.token)
    world.now = now
    assert code(await same.post("clear_quota", body)) == 48006
    world.now += 31 * 86_400
    await same.renew()
    assert await same.post("clear_quota", body) == OK
    world.platform.close()


async def look_up(tenant: Tenant, answer: bytes) -> dict[str, Any]:
    rid = json.loads(answer)["errmsg"].rpartition(" rid: ")[2]
    found: dict[str, Any] = json.loads(await tenant.post("openapi/rid/get", {"rid": rid}))
    return found


async def test_a_rid_tells_its_request(new_world: World) -> None:
    """Reads and writes alike, by their answer's rid, with the token masked; a request that took time tells how much."""
    tenant = await new_world.tenant(followers=[ANA])
    body = {"openid": STRANGER, "to_groupid": 2}
    for path in ("groups/getid", "groups/members/update"):
        answer = await tenant.post(path, body)
        found = await look_up(tenant, answer)
        assert found == {
            "errcode": 0,
            "errmsg": "ok",
            "request": {
                "invoke_time": int(new_world.now),
                "cost_in_ms": 0,
                "request_url": "access_token=xxxx",
                "request_body": json.dumps(body, separators=(",", ":")),
                "response_body": answer.decode(),
                "client_ip": "127.0.0.1",
            },
        }
        assert list(found["request"]) == [
            "invoke_time",
            "cost_in_ms",
            "request_url",
            "request_body",
            "response_body",
            "client_ip",
        ]


async def test_a_rid_that_tells_nothing(new_world: World) -> None:
    """No rid 76002, unknown 76001, another account's 76003, more than a week old 76004."""
    tenant, other = await new_world.tenant(), await new_world.tenant()

    async def ask(one: Tenant, rid: object) -> int:
        return code(await one.post("openapi/rid/get", {"rid": rid}))

    for rid in (None, "", 5, "x", "5f5b0d5d-2b6ff4f5", "5F5B0D5D-2b6ff4f5-3ad3f7a8"):
        assert await ask(tenant, rid) == 76002
    assert await ask(tenant, "5f5b0d5d-2b6ff4f5-3ad3f7a8") == 76001
    rid = json.loads(await tenant.post("groups/getid", {}))["errmsg"].rpartition(" rid: ")[2]
    assert [await ask(tenant, rid), await ask(other, rid)] == [0, 76003]
    made_up = await new_world.send("POST", "groups/getid", "access_token=x")
    assert code(made_up) == 40001
    assert await ask(tenant, json.loads(made_up)["errmsg"].rpartition(" rid: ")[2]) == 76003
    new_world.now += rids.A_WEEK + 1
    await tenant.renew()
    assert await ask(tenant, rid) == 76004


async def test_secrets_are_masked_in_what_a_rid_tells(new_world: World) -> None:
    """Tokens and secrets, in queries, forms and JSON."""
    tenant = await new_world.tenant()
    query = f"x=1&access_token={tenant.token}&secret=canary1"
    body = b'{"openid": "x", "secret" : "canary2&x", "access_token":"canary3", "form": "secret=canary4&a=b"}'
    answer = await new_world.send("POST", "groups/getid", query, body)
    found = (await look_up(tenant, answer))["request"]
    assert found["request_url"] == "x=1&access_token=xxxx&secret=xxxx"
    assert found["request_body"] == (
        '{"openid": "x", "secret" : "xxxx", "access_token":"xxxx", "form": "secret=xxxx&a=b"}'
    )
    assert "canary" not in repr(rids.Seen("wx1", query.encode(), body, ""))


async def test_the_memory_of_rids_is_bounded(new_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are forgotten, and of a long body only its beginning is kept."""
    monkeypatch.setattr(rids, "REMEMBERED", 3)
    tenant = await new_world.tenant()
    answers = [await tenant.post("groups/getid", {"openid": "x " * 4_500}) for _ in range(4)]
    told = [await look_up(tenant, answer) for answer in reversed(answers)]
    assert [found["errcode"] for found in told] == [0, 0, 0, 76001]
    assert len(told[1]["request"]["request_body"]) == rids.BODY_BYTES


async def test_2013_has_no_rids(tenant: Tenant) -> None:
    """Without a suffix there is nothing to look up."""
    await tenant.post("groups/getid", {})
    assert code(await tenant.post("openapi/rid/get", {"rid": "5f5b0d5d-2b6ff4f5-3ad3f7a8"})) == 76001


async def test_a_request_that_is_given_up_is_not_remembered(new_world: World) -> None:
    """Whoever stops waiting for a write leaves nothing behind."""
    tenant = await new_world.tenant()
    answer = new_world.ask("POST", "groups/delete", f"access_token={tenant.token}", {"group": {"id": 999}})
    assert isinstance(answer, asyncio.Future)
    answer.cancel()
    await tenant.stable()
    assert not new_world.platform._resources.rids._known


@pytest.mark.parametrize("path", ["get_api_domain_ip", "getcallbackip"])
async def test_addresses(tenant: Tenant, path: str) -> None:
    """Both lists hold this machine."""
    assert await tenant.get(path) == b'{"ip_list":["127.0.0.1"]}'

"""How each behaviour of the fidelity page is seen: one check a row, under the row's own name.

`shown` checks look at a platform without a socket and with a clock; `on_the_wire` ones at HTTP itself.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from http.client import HTTPConnection
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from wechatpy import parse_message
from wechatpy.utils import check_signature

from fenzu.control import Fault
from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.events.callback import Answered, Callback, read_callback
from fenzu.sandbox.events.pushing import Events
from fenzu.sandbox.rules.quota import QuotaWish
from fenzu.testing import SandboxAccount
from fenzu.wire.limits import PAGE_OPENIDS, TAGGINGS_AT_ONCE, TOKEN_GRACE, TOKEN_LIFE
from fenzu.wire.states import State
from tests.fixtures.world import ANA, BEN, CAT, DAN, OK, STRANGER, Tenant, code

Check: TypeAlias = Callable[[Tenant], Awaitable[None]]
WireCheck: TypeAlias = Callable[[SandboxAccount], None]
SHOWN: dict[str, Check] = {}
ON_THE_WIRE: dict[str, WireCheck] = {}


def shown(name: str) -> Callable[[Check], Check]:
    return lambda check: SHOWN.setdefault(name, check)


def on_the_wire(name: str) -> Callable[[WireCheck], WireCheck]:
    return lambda check: ON_THE_WIRE.setdefault(name, check)


class Answer(NamedTuple):
    status: int
    content_type: str | None
    body: bytes


def request(account: SandboxAccount, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    with contextlib.closing(HTTPConnection(urlsplit(account.base_url).netloc, timeout=10)) as connection:
        connection.request(method, path, body, headers)
        with connection.getresponse() as answer:
            return Answer(answer.status, answer.getheader("Content-Type"), answer.read())


def token_of(account: SandboxAccount) -> str:
    asked = urlencode({"grant_type": "client_credential", "appid": account.appid, "secret": account.secret})
    token: str = json.loads(request(account, "GET", f"/cgi-bin/token?{asked}").body)["access_token"]
    return token


@contextlib.contextmanager
def faulty(account: SandboxAccount, *faults: Fault) -> Iterator[None]:
    account.control.faults.set(faults, account.appid)
    yield
    account.control.faults.clear(account.appid)


async def make(tenant: Tenant, name: str = "test") -> int:
    number: int = json.loads(await tenant.post("groups/create", {"group": {"name": name}}))["group"]["id"]
    return number


async def name_made_of(tenant: Tenant, body: bytes) -> str:
    name: str = json.loads(await tenant.post("groups/create", body))["group"]["name"]
    return name


# --- what is answered


@on_the_wire("status")
def _(account: SandboxAccount) -> None:
    assert request(account, "GET", "/cgi-bin/groups/get").status == 200
    assert request(account, "GET", "/cgi-bin/nothing").status == 200


@on_the_wire("Content-Type")
def _(account: SandboxAccount) -> None:
    answer = request(account, "GET", "/cgi-bin/groups/get")
    assert answer.content_type == "application/json; encoding=utf-8"


@shown("body")
async def _(tenant: Tenant) -> None:
    answer = await tenant.get("user/get")
    assert answer.startswith(b'{"total":4,"count":4,"data":{"openid":["') and answer.endswith(b'"}')
    assert "华东媒".encode() in await tenant.get("groups/get")


@shown("a call that acts")
async def _(tenant: Tenant) -> None:
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 104}) == OK
    assert b"errcode" not in await tenant.get("groups/get")


@shown("the rid")
async def _(tenant: Tenant) -> None:
    message = json.loads(await tenant.post("groups/getid", {"openid": STRANGER}))["errmsg"]
    _, found, rid = message.partition(" rid: ")
    parts = rid.split("-")
    assert not found or (int(parts[0], 16) == tenant.world.now and [len(part) for part in parts] == [8, 8, 8])


@on_the_wire("text/plain and empty bodies")
def _(account: SandboxAccount) -> None:
    listing = f"/cgi-bin/groups/get?access_token={token_of(account)}"
    plain = request(account, "GET", listing)
    assert plain.body.startswith(b'{"groups":')
    with faulty(account, Fault.empty("groups.list", nth=1), Fault.text_plain("groups.list", nth=2)):
        assert request(account, "GET", listing).body == b""
        answer = request(account, "GET", listing)
    assert (answer.content_type, answer.body) == ("text/plain", plain.body)


# --- what is taken


@on_the_wire("Content-Type of a request")
def _(account: SandboxAccount) -> None:
    body = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = request(account, "POST", "/cgi-bin/stable_token", json.dumps(body).encode(), **form)
    assert code(answer.body) == 0


@on_the_wire("an Authorization header")
def _(account: SandboxAccount) -> None:
    answer = request(account, "GET", "/cgi-bin/nothing", Authorization="Bearer TOKEN")
    assert code(answer.body) == 40066


@shown("ids as text")
async def _(tenant: Tenant) -> None:
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": "104"}) == OK
    assert await tenant.post("groups/getid", {"openid": ANA}) == b'{"groupid":104}'


@shown("escaped names (`\\u5206`)")
async def _(tenant: Tenant) -> None:
    answer = await tenant.post("groups/create", rb'{"group":{"name":"\u5206"}}')
    assert answer == '{"group":{"id":105,"name":"分"}}'.encode()


@shown("fields that nobody knows")
async def _(tenant: Tenant) -> None:
    assert await tenant.post("groups/getid", {"openid": ANA, "lang": "zh_CN"}) == b'{"groupid":0}'


@shown("an openid twice in a batch")
async def _(tenant: Tenant) -> None:
    await tenant.post("groups/members/batchupdate", {"openid_list": [ANA, ANA, BEN], "to_groupid": 104})
    assert (await tenant.groups())[104] == ("华东媒", 3)
    assert await tagged(tenant, 2, CAT, CAT) == 0
    assert json.loads(await tenant.get("tags/get"))["tags"][0]["count"] == 1


@shown("a byte order mark")
async def _(tenant: Tenant) -> None:
    assert await name_made_of(tenant, b'\xef\xbb\xbf{"group":{"name":"x"}}') == "x"


@shown("broken UTF-8; control characters")
async def _(tenant: Tenant) -> None:
    assert await name_made_of(tenant, b'{"group":{"name":"a\xffb\\u0001"}}') == "a\ufffdb\x01"


@on_the_wire("a body over 1 MiB")
def _(account: SandboxAccount) -> None:
    assert request(account, "POST", "/cgi-bin/groups/getid", b" " * (1024 * 1024 + 1)).status == 413


# --- the order of checks


@shown("1. route")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.world.send("PUT", "nothing", "", b"junk")) == 40066


@shown("2. token")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.world.send("PUT", "groups/get")) == 41001
    assert code(await tenant.world.send("PUT", "groups/get", "access_token=x")) == 40001
    tenant.world.now += TOKEN_LIFE + 1
    assert code(await tenant.world.send("PUT", "groups/get", f"access_token={tenant.token}")) == 42001


@shown("3. method")
async def _(tenant: Tenant) -> None:
    limited = await tenant.world.tenant(state="limited")
    assert code(await limited.post("groups/get", b"junk")) == 43001
    assert code(await limited.get("groups/getid")) == 43002
    await limited.world.platform.change_account(limited.appid, state="https_only")
    assert code(await limited.post("groups/getid", b"junk")) == 43003


@shown("4. account")
async def _(tenant: Tenant) -> None:
    for state, number in (("unauthorized", 48001), ("limited", 50002), ("barred", 48004)):
        barred = await tenant.world.tenant(state=state)
        assert code(await barred.post("groups/getid", b"junk")) == number


@shown("6. body of a POST")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.post("groups/getid", b"")) == 44002
    assert [code(await tenant.post("groups/getid", body)) for body in (b"junk", b"[]", b"a=b")] == [47001] * 3


@shown("7. parameters")
async def _(tenant: Tenant) -> None:
    named = await tenant.post("groups/update", {"group": {"id": 999, "name": ""}})
    many = await tenant.post("groups/members/batchupdate", {"openid_list": ["x"] * 51, "to_groupid": 999})
    one = await tenant.post("groups/members/batchupdate", {"openid_list": ["x"], "to_groupid": 999})
    moved = await tenant.post("groups/members/update", {"openid": "x", "to_groupid": 999})
    assert [code(answer) for answer in (named, many, one, moved)] == [40051, 40032, 40003, 40003]


@shown("8. rules")
async def _(tenant: Tenant) -> None:
    renamed = await tenant.post("groups/update", {"group": {"id": 1, "name": ""}})
    assert code(renamed) == 40051
    assert code(await tenant.post("groups/update", {"group": {"id": 1, "name": "x"}})) in (45016, -1)


@shown("token calls")
async def _(tenant: Tenant) -> None:
    listed = await tenant.world.platform.create_account(AccountSpec(secret="s", whitelist=["192.0.2.1"]))
    asked: tuple[tuple[int, dict[str, str]], ...] = (
        (41002, {}),
        (40013, {"appid": "x"}),
        (41004, {"appid": listed.appid}),
        (40125, {"appid": listed.appid, "secret": "x"}),
        (40002, {"appid": listed.appid, "secret": "s"}),
        (40164, {"appid": listed.appid, "secret": "s", "grant_type": "client_credential"}),
    )
    for number, given in asked:
        assert code(await tenant.world.send("GET", "token", urlencode(given))) == number
        assert code(await tenant.world.send("POST", "stable_token", body=given)) == number
    states: tuple[tuple[State, int, dict[str, str]], ...] = (
        ("https_only", 43003, {"appid": listed.appid}),
        ("secret_frozen", 40125, {"appid": listed.appid, "secret": "x"}),
        ("secret_frozen", 40243, {"appid": listed.appid, "secret": "s"}),
        ("address_pending", 40002, {"appid": listed.appid, "secret": "s"}),
        ("address_pending", 89501, {"appid": listed.appid, "secret": "s", "grant_type": "client_credential"}),
    )
    for state, number, given in states:
        await tenant.world.platform.change_account(listed.appid, state=state)
        assert code(await tenant.world.send("GET", "token", urlencode(given))) == number


# --- groups


@shown("ids")
async def _(tenant: Tenant) -> None:
    fresh = await tenant.world.tenant()
    assert (
        await fresh.post("groups/create", {"group": {"name": "test"}})
        == b'{"group":{"id":100,"name":"test"}}'
    )


@shown("ids of later groups")
async def _(tenant: Tenant) -> None:
    first = await make(tenant)
    await tenant.post("groups/delete", {"group": {"id": first}})
    assert await make(tenant) > first


@shown("reserved groups")
async def _(tenant: Tenant) -> None:
    for number in (0, 1, 2):
        assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": number}) == OK
        assert await tenant.group_of(ANA) == number


@shown("membership")
async def _(tenant: Tenant) -> None:
    assert [await tenant.group_of(openid) for openid in (ANA, DAN)] == [0, 104]


@shown("members of a deleted group")
async def _(tenant: Tenant) -> None:
    assert await tenant.post("groups/delete", {"group": {"id": 104}}) == OK
    assert await tenant.group_of(DAN) == 0


@shown("equal names")
async def _(tenant: Tenant) -> None:
    assert await make(tenant, "华东媒") != 104


@on_the_wire("empty answer of groups/delete")
def _(account: SandboxAccount) -> None:
    deleting = f"/cgi-bin/groups/delete?access_token={token_of(account)}"
    for name, answered in (("a", OK), ("b", b"")):
        made = request(
            account, "POST", deleting.replace("delete", "create"), b'{"group":{"name":"%b"}}' % name.encode()
        )
        with faulty(account, *([] if answered else [Fault.empty("groups.delete")])):
            assert request(account, "POST", deleting, made.body).body == answered


@shown("moving somebody to where they are")
async def _(tenant: Tenant) -> None:
    assert await tenant.post("groups/members/update", {"openid": DAN, "to_groupid": 104}) == OK
    body = {"openid_list": [ANA, DAN], "to_groupid": 104}
    assert await tenant.post("groups/members/batchupdate", body) == OK
    assert (await tenant.groups())[104] == ("华东媒", 2)


@shown("counts")
async def _(tenant: Tenant) -> None:
    before = await tenant.groups()
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 104})
    after = await tenant.groups()
    assert after[104][1] == before[104][1] + 1
    await tagged(tenant, 2, ANA, BEN)
    assert json.loads(await tenant.get("tags/get"))["tags"][0]["count"] == 2


# --- tokens


@shown("a second /cgi-bin/token")
async def _(tenant: Tenant) -> None:
    old = tenant.token
    assert await tenant.renew() != old
    tenant.world.now += TOKEN_GRACE - 1
    assert not code(await tenant.world.send("GET", "groups/get", f"access_token={old}"))
    tenant.world.now += 2
    assert code(await tenant.world.send("GET", "groups/get", f"access_token={old}")) == 40001


@shown("a wrong appid and a wrong grant_type at once")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.world.send("GET", "token", "grant_type=x&appid=x&secret=x")) == 40013


@shown("parameters by POST form")
async def _(tenant: Tenant) -> None:
    form = urlencode(tenant.credentials).encode()
    assert not code(await tenant.world.send("POST", "token", "", form))
    assert code(await tenant.world.send("POST", "stable_token", "", form)) == 47001


@shown("length of a token")
async def _(tenant: Tenant) -> None:
    assert len(tenant.token) <= 512


@shown("a second /cgi-bin/stable_token")
async def _(tenant: Tenant) -> None:
    first = await tenant.stable()
    tenant.world.now += 100
    assert await tenant.stable() == {**first, "expires_in": first["expires_in"] - 100}


@shown("a stable token's last 5 minutes")
async def _(tenant: Tenant) -> None:
    first: dict[str, Any] = await tenant.stable()
    tenant.world.now += TOKEN_LIFE - TOKEN_GRACE + 1
    second = await tenant.stable()
    assert second["access_token"] != first["access_token"]
    for token in (first, second):
        assert not code(await tenant.world.send("GET", "groups/get", f"access_token={token['access_token']}"))


@shown("force_refresh")
async def _(tenant: Tenant) -> None:
    first = await tenant.stable()
    second = await tenant.stable(force_refresh=True)
    assert (
        code(await tenant.world.send("GET", "groups/get", f"access_token={first['access_token']}")) == 40001
    )
    tenant.world.now += 29
    assert (await tenant.stable(force_refresh=True))["access_token"] == second["access_token"]


@shown("the two kinds of token")
async def _(tenant: Tenant) -> None:
    await tenant.stable(force_refresh=True)
    assert not code(await tenant.get("groups/get"))


@shown("a token that nobody issued")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.world.send("GET", "groups/get", "access_token=x")) == 40001


@shown("a token in the body")
async def _(tenant: Tenant) -> None:
    body = {"openid": ANA, "access_token": tenant.token}
    assert code(await tenant.world.send("POST", "groups/getid", "", body)) == 41001


@shown("addresses not on the whitelist")
async def _(tenant: Tenant) -> None:
    listed = await tenant.world.tenant(whitelist=["127.0.0.1"])
    query = urlencode(listed.credentials)
    refused = json.loads(await tenant.world.send("GET", "token", query, ip="192.0.2.1"))
    message = "invalid ip 192.0.2.1 ipv6 ::ffff:192.0.2.1, not in whitelist"
    assert (refused["errcode"], refused["errmsg"].partition(" rid: ")[0]) == (40164, message)
    assert not code(
        await tenant.world.send("GET", "groups/get", f"access_token={listed.token}", ip="192.0.2.1")
    )


# --- followers


@shown("openids")
async def _(tenant: Tenant) -> None:
    crowd = await tenant.world.tenant(followers=3)
    openids = json.loads(await crowd.get("user/get"))["data"]["openid"]
    assert all(len(openid) == 28 and openid.startswith("o") for openid in openids)
    assert await crowd.group_of(openids[0].swapcase()) == 40003


@shown("one person at two accounts")
async def _(tenant: Tenant) -> None:
    other = await tenant.world.tenant(followers=[STRANGER])
    assert [await tenant.group_of(STRANGER), await other.group_of(ANA)] == [40003, 40003]


@shown("next_openid")
async def _(tenant: Tenant) -> None:
    page = json.loads(await tenant.get("user/get"))
    assert page["next_openid"] == page["data"]["openid"][-1]


@shown("a page after the last")
async def _(tenant: Tenant) -> None:
    answer = await tenant.get("user/get", next_openid=DAN)
    assert answer == b'{"total":4,"count":0,"next_openid":""}'


@shown("order of user/get")
async def _(tenant: Tenant) -> None:
    await tenant.world.platform.add_followers(tenant.appid, openids=[STRANGER])
    assert json.loads(await tenant.get("user/get"))["data"]["openid"] == [ANA, BEN, CAT, DAN, STRANGER]


@shown("an unknown next_openid")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.get("user/get", next_openid=STRANGER)) == 40003


@shown("profile of somebody who does not follow")
async def _(tenant: Tenant) -> None:
    assert json.loads(await tenant.get("user/info", openid=STRANGER)) == {"subscribe": 0, "openid": STRANGER}


@shown("nickname, sex, city and the like")
async def _(tenant: Tenant) -> None:
    profile = json.loads(await tenant.get("user/info", openid=ANA))
    assert not {"nickname", "sex", "city", "country", "province", "language", "headimgurl"} & profile.keys()


@shown("somebody unsubscribes")
async def _(tenant: Tenant) -> None:
    platform = tenant.world.platform
    await tagged(tenant, 2, DAN)
    await platform.remove_followers(tenant.appid, [DAN])
    assert [await tenant.group_of(DAN), (await tenant.groups())[104]] == [40003, ("华东媒", 0)]
    await platform.add_followers(tenant.appid, openids=[DAN])
    assert [await tenant.group_of(DAN), await tags_of(tenant, DAN)] == [0, []]


async def pushed(tenant: Tenant, openid: str) -> tuple[str, str]:
    """Let somebody follow, and return query and body of the push that was taken at the third try."""
    sent: list[tuple[str, str]] = []

    def post(_: Callback, query: str, body: bytes) -> Answered:
        sent.append((query, body.decode()))
        return Answered(is_good=len(sent) == 3, detail="")

    events = Events(lambda: tenant.world.now, post=post)
    events.callback = read_callback("http://127.0.0.1:1/", "fenzu")
    tenant.world.platform.events = events
    await tenant.world.platform.add_followers(tenant.appid, openids=[openid])
    with events._lock:
        events._lock.wait_for(lambda: not events._waiting and events._under_way is None, 10)
    events.stop()
    assert [(event.state, event.tries) for event in events.list()] == [("taken", 3)]
    return sent[-1]


@shown("events of following and unfollowing")
async def _(tenant: Tenant) -> None:
    query, body = await pushed(tenant, STRANGER)
    given = dict(parse_qsl(query))
    assert given["openid"] == STRANGER
    check_signature("fenzu", given["signature"], given["timestamp"], given["nonce"])
    message = parse_message(body)
    assert (message.event, message.source) == ("subscribe", STRANGER)


@shown("an account's own name in events")
async def _(tenant: Tenant) -> None:
    _, body = await pushed(tenant, STRANGER)
    assert re.fullmatch("gh_[0-9a-f]{12}", parse_message(body).target)


@shown("remarks")
async def _(tenant: Tenant) -> None:
    async def remark(openid: str, text: str) -> int:
        return code(await tenant.post("user/info/updateremark", {"openid": openid, "remark": text}))

    assert [await remark(ANA, "x" * 30), await remark(STRANGER, "x")] == [40092, 43004]
    for text in ("x" * 29, ""):
        assert not await remark(ANA, text)
        assert json.loads(await tenant.get("user/info", openid=ANA))["remark"] == text


# --- tags


async def tagged(tenant: Tenant, tag: int, *openids: str, path: str = "batchtagging") -> int:
    return code(await tenant.post(f"tags/members/{path}", {"openid_list": openids, "tagid": tag}))


async def tag_made(tenant: Tenant, name: str) -> int:
    answer = json.loads(await tenant.post("tags/create", {"tag": {"name": name}}))
    return int(answer["tag"]["id"] if "tag" in answer else answer["errcode"])


async def tags_of(tenant: Tenant, openid: str) -> list[int]:
    found: list[int] = json.loads(await tenant.post("tags/getidlist", {"openid": openid}))["tagid_list"]
    return found


@shown("limits")
async def _(tenant: Tenant) -> None:
    made = [await tag_made(tenant, f"t{number}") for number in range(101)]
    assert [made[99], made[100]] == [204, 45056]
    assert [await tag_made(tenant, "x" * 31), await tag_made(tenant, "t1")] == [45158, 45157]
    assert [await tagged(tenant, tag, ANA) for tag in made[:21]] == [0] * 20 + [45059]
    many = await tenant.world.tenant(tags=[{"id": 104, "name": "x", "followers": 100_001}])
    assert code(await many.post("tags/delete", {"tag": {"id": 104}})) == 45057


@shown("ids of groups and tags")
async def _(tenant: Tenant) -> None:
    assert [await make(tenant), await tag_made(tenant, "x"), await make(tenant)] == [105, 106, 107]


@shown("groups and tags")
async def _(tenant: Tenant) -> None:
    tag = await tag_made(tenant, "x")
    assert await tagged(tenant, tag, DAN) == 0
    assert [await tenant.group_of(DAN), await tags_of(tenant, DAN)] == [104, [tag]]
    assert tag not in await tenant.groups()


@shown("the blacklist calls")
async def _(tenant: Tenant) -> None:
    await tenant.post("tags/members/batchblacklist", {"openid_list": [ANA]})
    assert await tenant.group_of(ANA) == 1
    await tenant.post("tags/members/batchunblacklist", {"openid_list": [ANA, DAN]})
    assert [await tenant.group_of(openid) for openid in (ANA, DAN)] == [0, 104]


@shown("reserved tags")
async def _(tenant: Tenant) -> None:
    assert [await tagged(tenant, tag, ANA) for tag in (0, 1, 2)] == [45159, 45159, 0]
    assert await tenant.get("tags/get") == '{"tags":[{"id":2,"name":"星标组","count":1}]}'.encode()
    for tag in (0, 1, 2):
        assert code(await tenant.post("tags/update", {"tag": {"id": tag, "name": "x"}})) == 45058
        assert code(await tenant.post("tags/delete", {"tag": {"id": tag}})) == 45058


@shown("order of user/tag/get and getblacklist")
async def _(tenant: Tenant) -> None:
    for openid in (CAT, ANA, BEN):
        await tagged(tenant, 2, openid)
        await tenant.post("tags/members/batchblacklist", {"openid_list": [openid]})
    for path, body in (("user/tag/get", {"tagid": 2}), ("tags/members/getblacklist", {})):
        assert json.loads(await tenant.post(path, body))["data"]["openid"] == [ANA, BEN, CAT]


@shown("order of a follower's tags")
async def _(tenant: Tenant) -> None:
    tag = await tag_made(tenant, "x")
    assert [await tagged(tenant, tag, ANA), await tagged(tenant, 2, ANA)] == [0, 0]
    assert await tags_of(tenant, ANA) == [tag, 2]
    assert json.loads(await tenant.get("user/info", openid=ANA))["tagid_list"] == [tag, 2]


@shown("a tag's page after the last")
async def _(tenant: Tenant) -> None:
    assert await tenant.post("user/tag/get", {"tagid": 2}) == b'{"count":0,"next_openid":""}'


@shown("a bad openid in a batch of tags")
async def _(tenant: Tenant) -> None:
    for path in ("batchtagging", "batchuntagging", "batchblacklist", "batchunblacklist"):
        assert await tagged(tenant, 2, ANA, STRANGER, path=path) == 40003
    await tenant.world.tenant(followers=[STRANGER])
    for path in ("batchtagging", "batchuntagging", "batchblacklist", "batchunblacklist"):
        assert await tagged(tenant, 2, ANA, STRANGER, path=path) == 49003
    assert [await tags_of(tenant, ANA), await tenant.group_of(ANA)] == [[], 0]


@shown("two things wrong with a new tag")
async def _(tenant: Tenant) -> None:
    full = await tenant.world.tenant(tags=[{"name": f"t{number}"} for number in range(100)])
    assert [await tag_made(full, "t1"), await tag_made(full, "x")] == [45157, 45056]


# --- quotas


async def used(tenant: Tenant) -> int:
    answer = json.loads(await tenant.post("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/getid"}))
    count: int = answer["quota"]["used"]
    return count


@shown("renewal")
async def _(tenant: Tenant) -> None:
    tenant.world.now = 1_700_064_000.0 - 1  # a second to midnight in Beijing
    await tenant.renew()
    await tenant.group_of(ANA)
    assert await used(tenant) == 1
    tenant.world.now += 1
    assert await used(tenant) == 0


async def limit(tenant: Tenant, **wish: Any) -> None:
    await tenant.world.platform.quotas.set(tenant.appid, msgspec.convert(wish, QuotaWish))


async def groups_got(tenant: Tenant, times: int) -> list[int]:
    return [code(await tenant.get("groups/get")) for _ in range(times)]


@shown("5. quota")
async def _(tenant: Tenant) -> None:
    await limit(tenant, enforced=True, limits={"groups.of": 0}, minute={"groups.of": 0, "groups.create": 0})
    assert code(await tenant.post("groups/getid", b"")) == 45009
    assert code(await tenant.get("groups/getid")) == 43002
    assert code(await tenant.post("groups/create", b"")) == 45011


@shown("which minute")
async def _(tenant: Tenant) -> None:
    await limit(tenant, enforced=True, minute={"groups.list": 1})
    assert await groups_got(tenant, 2) == [0, 45011]
    assert code(await tenant.get("tags/get")) == 0
    tenant.world.now += 60 - tenant.world.now % 60
    assert await groups_got(tenant, 2) == [0, 45011]
    free = [await tenant.get("get_api_domain_ip") for _ in range(2)]
    assert [code(answer) for answer in free] == [0, 0]


@shown("who is refused")
async def _(tenant: Tenant) -> None:
    await limit(tenant, used={"groups.list": 1000})
    assert await groups_got(tenant, 1) == [0]
    await tenant.world.platform.quotas.set_mode("ordinary")
    assert await groups_got(tenant, 1) == [45009]
    await limit(tenant, enforced=False)
    assert await groups_got(tenant, 1) == [0]


@shown("calls a minute")
async def _(tenant: Tenant) -> None:
    test = await tenant.world.tenant(kind="test")
    for one, number in ((tenant, 5000), (test, 600)):
        await limit(one, enforced=True, limits={"groups.list": 10_000})
        assert (await groups_got(one, number + 1))[-2:] == [0, 45011]


@shown("stable_token a minute")
async def _(tenant: Tenant) -> None:
    path = {"cgi_path": "/cgi-bin/stable_token"}
    told = json.loads(await tenant.post("openapi/quota/get", path))["rate_limit"]
    assert told == {"call_count": 10_000, "refresh_second": 60}
    await tenant.stable()
    await limit(tenant, enforced=True)
    codes = [(await tenant.stable()).get("errcode") for _ in range(10_001)]
    assert codes[-2:] == [None, 45011]


@shown("what a clear opens")
async def _(tenant: Tenant) -> None:
    await limit(tenant, enforced=True, used={"groups.list": 1000}, minute={"groups.list": 1})
    assert await groups_got(tenant, 1) == [45009]
    assert not code(await tenant.post("clear_quota", {"appid": tenant.appid}))
    assert await groups_got(tenant, 2) == [0, 45011]
    assert not code(await tenant.post("clear_quota", {"appid": tenant.appid}))
    assert await groups_got(tenant, 1) == [45011]


@shown("large accounts")
async def _(tenant: Tenant) -> None:
    large = await tenant.world.tenant(kind="large")
    path = {"cgi_path": "/cgi-bin/groups/create"}
    limits = [
        json.loads(await one.post("openapi/quota/get", path))["quota"]["daily_limit"]
        for one in (tenant, large)
    ]
    assert limits == [1000, 5000]


@shown("what counts")
async def _(tenant: Tenant) -> None:
    for body in ({"openid": ANA}, {"openid": STRANGER}, b"junk"):
        await tenant.post("groups/getid", body)
    await tenant.get("groups/getid")
    await tenant.world.send("POST", "groups/getid", "access_token=x", {"openid": ANA})
    assert await used(tenant) == 3


@shown("paths at openapi/quota/get")
async def _(tenant: Tenant) -> None:
    for path, number in (("/cgi-bin/x", 76021), ("groups/get", 76021), ("/cgi-bin/clear_quota", 76022)):
        assert code(await tenant.post("openapi/quota/get", {"cgi_path": path})) == number


@shown("openapi/rid/get")
async def _(tenant: Tenant) -> None:
    async def look(one: Tenant, rid: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await one.post("openapi/rid/get", {"rid": rid}))
        return found

    assert (await look(tenant, "x"))["errcode"] == 76002
    assert (await look(tenant, "5f5b0d5d-2b6ff4f5-3ad3f7a8"))["errcode"] == 76001
    refused = await tenant.post("groups/getid", {"openid": STRANGER})
    _, given, rid = json.loads(refused)["errmsg"].partition(" rid: ")
    if given:
        told = (await look(tenant, rid))["request"]
        assert told["response_body"] == refused.decode()
        assert tenant.token not in json.dumps(told)
        assert (await look(await tenant.world.tenant(), rid))["errcode"] == 76003
        tenant.world.now += 7 * 86_400 + 1
        await tenant.renew()
        assert (await look(tenant, rid))["errcode"] == 76004


@shown("addresses of the platform")
async def _(tenant: Tenant) -> None:
    for path in ("get_api_domain_ip", "getcallbackip"):
        assert await tenant.get(path) == b'{"ip_list":["127.0.0.1"]}'


@shown("clearing")
async def _(tenant: Tenant) -> None:
    await tenant.group_of(ANA)
    assert code(await tenant.post("clear_quota", {"appid": "wxother"})) == 40013
    codes = [code(await tenant.post("clear_quota", {"appid": tenant.appid})) for _ in range(11)]
    assert codes == [0] * 10 + [48006]
    assert await used(tenant) == 0


@shown("the look of a token")
async def _(tenant: Tenant) -> None:
    plain = json.loads(await tenant.world.send("GET", "token", urlencode(tenant.credentials)))
    for given in (plain, await tenant.stable()):
        assert re.fullmatch(r"[1-9][0-9]_[A-Za-z0-9_-]{86}", given["access_token"])
        assert given["expires_in"] == TOKEN_LIFE


@shown("size of a page")
async def _(tenant: Tenant) -> None:
    big = await tenant.world.tenant(
        groups=[{"id": 1, "name": "黑名单", "followers": PAGE_OPENIDS + 1}],
        tags=[{"id": 134, "name": "大", "followers": PAGE_OPENIDS + 1}],
    )
    for answer in (
        await big.get("user/get"),
        await big.post("user/tag/get", {"tagid": 134}),
        await big.post("tags/members/getblacklist", {}),
    ):
        page = json.loads(answer)
        assert (page["count"], len(page["data"]["openid"])) == (PAGE_OPENIDS, PAGE_OPENIDS)


@shown("size of a batch")
async def _(tenant: Tenant) -> None:
    batches: dict[str, tuple[int, dict[str, object]]] = {
        "groups/members/batchupdate": (50, {"to_groupid": 0}),
        "tags/members/batchtagging": (50, {"tagid": 2}),
        "tags/members/batchuntagging": (50, {"tagid": 2}),
        "tags/members/batchblacklist": (20, {}),
        "tags/members/batchunblacklist": (20, {}),
    }
    for path, (most, more) in batches.items():
        sizes = [
            code(await tenant.post(path, {"openid_list": [ANA] * count, **more}))
            for count in (0, 1, most, most + 1)
        ]
        assert sizes == [40032, 0, 0, 40032]
    for count, number in ((0, 40032), (100, 0), (101, 40032)):
        body = {"user_list": [{"openid": ANA}] * count}
        assert code(await tenant.post("user/info/batchget", body)) == number


@shown("`lang`")
async def _(tenant: Tenant) -> None:
    told = [await tenant.get("user/info", openid=ANA, **more) for more in ({}, {"lang": "en"}, {"lang": "x"})]
    assert len(set(told)) == 1
    users = [{"openid": ANA, "lang": "en"}, {"openid": ANA, "lang": "zh_CN"}]
    one, other = json.loads(await tenant.post("user/info/batchget", {"user_list": users}))["user_info_list"]
    assert one == other == json.loads(told[0])


@shown("fields of a profile that nobody sets")
async def _(tenant: Tenant) -> None:
    profile = json.loads(await tenant.get("user/info", openid=ANA))
    assert [profile[name] for name in ("unionid", "subscribe_scene", "qr_scene", "qr_scene_str")] == [
        "",
        "ADD_SCENE_SEARCH",
        0,
        "",
    ]


# --- codes that are rarely met


@shown("one follower tagged by many at once")
async def _(tenant: Tenant) -> None:
    at_once = [tagged(tenant, 2, ANA) for _ in range(TAGGINGS_AT_ONCE)]
    *_, alone, beside = await asyncio.gather(*at_once, tagged(tenant, 2, ANA), tagged(tenant, 2, ANA, BEN))
    assert (alone, beside) == (45169, 45171)


@shown("more than 10,000 openids in a batch")
async def _(tenant: Tenant) -> None:
    for count, number in ((51, 40032), (10_000, 40032), (10_001, 45019)):
        assert await tagged(tenant, 2, *[ANA] * count) == number


@shown("a user_list of bare openids")
async def _(tenant: Tenant) -> None:
    assert code(await tenant.post("user/info/batchget", {"user_list": [ANA]})) == 40035


@shown("what cannot be a token")
async def _(tenant: Tenant) -> None:
    for token, number in (("x" * 512, 40001), ("x" * 513, 40014), ("%e5%88%86", 40014)):
        assert code(await tenant.world.send("GET", "groups/get", f"access_token={token}")) == number


@shown("too long a name for a reserved group")
async def _(tenant: Tenant) -> None:
    for id_, number in ((1, 45017), (104, 40051)):
        assert code(await tenant.post("groups/update", {"group": {"id": id_, "name": "x" * 31}})) == number

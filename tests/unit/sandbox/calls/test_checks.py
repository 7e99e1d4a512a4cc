"""The checks that all calls share, in their documented order, and the shape of errors."""

import re

import pytest
from tests.fixtures.world import World, code

from fenzu.sandbox.handlers import HANDLERS
from fenzu.wire import BY_PATH, ENDPOINTS, ERRCODES
from fenzu.wire.rulebooks import RULES_2021

CALLS = [name for name in HANDLERS if ENDPOINTS[name].takes_token]
GETS = [name for name in CALLS if ENDPOINTS[name].method == "GET"]
POSTS = [name for name in CALLS if ENDPOINTS[name].method == "POST"]
RID = r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"


def path_of(name: str) -> str:
    return ENDPOINTS[name].path.removeprefix("/cgi-bin/")


@pytest.mark.parametrize(
    "path", ["nothing", "groups/get/", "Groups/get", "groups//get", "../token", "", "grou\x00ps"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_an_unknown_address_is_told_before_anything_else(world: World, path: str, method: str) -> None:
    """40066 without a token, with any method and body."""
    assert await world.send(method, path, b"\xff", b"junk") == b'{"errcode":40066,"errmsg":"invalid url"}'


def test_every_call_of_the_contract_is_built() -> None:
    """Handlers are named as the contract names calls, and each call has one."""
    assert set(HANDLERS) == set(ENDPOINTS)
    assert len(BY_PATH) == len(ENDPOINTS)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "query", [b"", b"access_token=", b"access_token", b"token=x", b"%ff&&=&access_token=&x"]
)
async def test_without_a_token(world: World, name: str, query: bytes) -> None:
    """41001 comes before the method and the body; a token in the body counts as none."""
    answer = await world.send("PUT", path_of(name), query, {"access_token": "x"})
    assert answer == b'{"errcode":41001,"errmsg":"access_token missing"}'


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("token", ["x", "ACCESS_TOKEN", "x" * 512, "0"])
async def test_a_made_up_token(world: World, name: str, token: str) -> None:
    """40001 and not 40014, before the method and the body."""
    answer = await world.send("PUT", path_of(name), f"access_token={token}")
    assert answer == b'{"errcode":40001,"errmsg":"invalid credential"}'


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("token", ["%ff%fe", "x" * 513, "%00", "a%20b"])
async def test_what_cannot_be_a_token(world: World, name: str, token: str) -> None:
    """40014 for what no token looks like, before the method and the body."""
    answer = await world.send("PUT", path_of(name), f"access_token={token}")
    assert answer == b'{"errcode":40014,"errmsg":"invalid access_token"}'


async def test_a_made_up_token_in_2021(new_world: World) -> None:
    """The newer rulebook tells more, and adds a rid."""
    answer = await new_world.send("GET", "groups/get", "access_token=x")
    message = re.escape(RULES_2021.invalid_credential)
    assert re.fullmatch(rf'\{{"errcode":40001,"errmsg":"{message} rid: {RID}"\}}', answer.decode())


async def test_a_token_past_its_life(world: World) -> None:
    """42001 after two hours, before the method is looked at; one second earlier it works."""
    tenant = await world.tenant()
    world.now += 7199
    assert code(await tenant.get("groups/get")) == 0
    world.now += 1
    assert await tenant.get("groups/create") == b'{"errcode":42001,"errmsg":"access_token expired"}'


@pytest.mark.parametrize(
    "query", ["access_token={}&x=1", "x=1&access_token={}", "access_token={}&access_token=x"]
)
async def test_a_token_anywhere_in_the_query(world: World, query: str) -> None:
    """The token may stand before or after other parameters; of two the first counts."""
    tenant = await world.tenant()
    assert code(await world.send("GET", "groups/get", query.format(tenant.token))) == 0


async def test_an_escaped_token(world: World) -> None:
    """A token that is percent-escaped is the same token."""
    tenant = await world.tenant()
    escaped = "".join(f"%{byte:02X}" for byte in tenant.token.encode())
    assert code(await world.send("GET", "groups/get", f"access_token={escaped}")) == 0


@pytest.mark.parametrize("name", GETS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "get"])
async def test_another_method_at_a_get_call(world: World, name: str, method: str) -> None:
    """43001, whatever else is wrong."""
    tenant = await world.tenant(state="limited")
    answer = await world.send(method, path_of(name), f"access_token={tenant.token}")
    assert answer == b'{"errcode":43001,"errmsg":"require GET method"}'


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "post"])
async def test_another_method_at_a_post_call(world: World, name: str, method: str) -> None:
    """43002, before the account and the body are looked at."""
    tenant = await world.tenant(state="limited")
    answer = await world.send(method, path_of(name), f"access_token={tenant.token}")
    assert answer == b'{"errcode":43002,"errmsg":"require POST method"}'


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("state", "refused"), [("unauthorized", 48001), ("limited", 50002)])
async def test_an_account_that_may_not(world: World, name: str, state: str, refused: int) -> None:
    """48001 or 50002 come after the method and before the body."""
    tenant = await world.tenant(state=state)
    method = ENDPOINTS[name].method
    assert code(await world.send(method, path_of(name), f"access_token={tenant.token}")) == refused


@pytest.mark.parametrize("name", POSTS)
async def test_an_empty_body(world: World, name: str) -> None:
    """44002, also for a byte order mark with nothing behind it."""
    tenant = await world.tenant()
    for body in (b"", b"\xef\xbb\xbf"):
        assert await tenant.post(path_of(name), body) == b'{"errcode":44002,"errmsg":"empty post data"}'


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b" ",
        b"[]",
        b"5",
        b'"x"',
        b"null",
        b"{",
        b"{}x",
        b"openid=1&to_groupid=2",
        b'{"a":NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"{'a':1}",
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        b"<xml/>",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
    ids=range(17),
)
async def test_a_body_that_is_no_json_object(world: World, name: str, body: bytes) -> None:
    """47001 for a form, for other JSON, for what is nested without end; never a crash."""
    tenant = await world.tenant()
    assert await tenant.post(path_of(name), body) == b'{"errcode":47001,"errmsg":"data format error"}'


@pytest.mark.parametrize("name", POSTS)
async def test_an_empty_object_is_missing_something(world: World, name: str) -> None:
    """Each POST call names the first thing that it misses; the blacklist can be asked for without anything."""
    tenant = await world.tenant()
    expected = {
        "groups.create": 40051,
        "groups.rename": 40051,
        "groups.of": 40003,
        "groups.move": 40003,
        "groups.move_many": 40032,
        "groups.delete": 40050,
        "followers.get_many": 40032,
        "followers.remark": 40092,
        "tags.create": 45157,
        "tags.rename": 45157,
        "tags.delete": 45159,
        "tags.members": 45159,
        "tags.add": 40032,
        "tags.remove": 40032,
        "tags.of": 40003,
        "blacklist.list": 0,
        "blacklist.add": 40032,
        "blacklist.remove": 40032,
        "quota.clear": 40013,
        "quota.get": 76021,
        "quota.rid": 76002,
    }
    assert code(await tenant.post(path_of(name), {})) == expected[name]


async def test_errors_of_2021_carry_a_rid(new_world: World) -> None:
    """The first part of a rid is the time in hex; each error has another."""
    tenant = await new_world.tenant()
    answers = [(await tenant.post("groups/getid", {"openid": "x"})).decode() for _ in range(2)]
    for answer in answers:
        found = re.fullmatch(rf'\{{"errcode":40003,"errmsg":"invalid openid rid: ({RID})"\}}', answer)
        assert found is not None
        assert int(found[1][:8], 16) == int(new_world.now)
    assert answers[0] != answers[1]


@pytest.mark.parametrize(
    ("path", "body", "hinted"),
    [
        ("groups/create", {"group": {"name": ""}}, 40051),
        ("groups/delete", {"group": {"id": 999}}, 40152),
    ],
)
async def test_some_errors_of_2021_carry_a_hint(
    new_world: World, path: str, body: object, hinted: int
) -> None:
    """40051 and 40152 have a hint of nine and six characters before the rid."""
    tenant = await new_world.tenant()
    answer = (await tenant.post(path, body)).decode()
    message = re.escape(ERRCODES[hinted].message)
    pattern = rf'\{{"errcode":{hinted},"errmsg":"{message} hint: \[[A-Za-z0-9]{{9}}-[A-Za-z0-9]{{6}}\] rid: {RID}"\}}'
    assert re.fullmatch(pattern, answer)


@pytest.mark.parametrize(
    ("path", "body", "plain"),
    [("groups/update", {"group": {"id": 9, "name": "x"}}, -1), ("groups/getid", b"x", 47001)],
)
async def test_some_errors_of_2021_carry_a_rid_alone(
    new_world: World, path: str, body: object, plain: int
) -> None:
    """-1 and 47001 have no hint."""
    tenant = await new_world.tenant()
    message = ERRCODES[plain].message
    answer = (await tenant.post(path, body)).decode()
    assert re.fullmatch(rf'\{{"errcode":{plain},"errmsg":"{message} rid: {RID}"\}}', answer)

"""Access tokens: who gets one, how long it is taken, what ends it. The clock is the test's."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.fixtures.world import START, Tenant, World, code

from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.rules.tokens import REMEMBERED, code_of
from fenzu.wire.limits import TOKEN_CHARACTERS

BEIJING_MIDNIGHT = START - (START + 8 * 3600) % 86_400


async def works(tenant: Tenant, token: str) -> int:
    """Return what a call with the token gets."""
    return code(await tenant.world.send("GET", "groups/get", f"access_token={token}"))


async def fetch(
    world: World, method: str = "GET", body: object = b"", ip: str = "127.0.0.1", **query: str
) -> bytes:
    return await world.send(method, "token", urlencode(query), body, ip=ip)


async def test_what_a_token_looks_like(world: World) -> None:
    """64 random bytes in URL-safe text, well under 512 characters, and never the same twice."""
    tenant = await world.tenant()
    tokens = {await tenant.renew() for _ in range(50)} | {(await tenant.stable())["access_token"]}
    assert len(tokens) == 51
    for token in tokens:
        assert re.fullmatch(r"\d\d_[A-Za-z0-9_-]{86}", token)
        assert len(token) <= TOKEN_CHARACTERS


@pytest.mark.parametrize("kept", [0, 1, 15, 16, 17, 88])
async def test_a_part_of_a_token_is_no_token(world: World, kept: int) -> None:
    """Only the whole text counts, however much of it somebody knows; characters beyond ASCII are none of it."""
    tenant = await world.tenant()
    assert await works(tenant, tenant.token) == 0
    for rest in ("", "x" * (len(tenant.token) - kept), tenant.token[kept:] + "x"):
        assert await works(tenant, tenant.token[:kept] + rest) == (40001 if kept or rest else 41001)
    assert await works(tenant, tenant.token[:kept] + "%E5%88%86") == 40014


@pytest.mark.parametrize("secret", ["\\ud800", "分组", "x" * 33, "\\u0000"])
async def test_a_wrong_secret_of_any_characters(world: World, secret: str) -> None:
    """What is no secret of ours is 40125, whatever it is made of."""
    tenant = await world.tenant()
    body = json.dumps({**tenant.credentials, "secret": "?"}).replace("?", secret)
    assert code(await world.send("POST", "stable_token", b"", body.encode())) in {40125, 47001}


async def test_the_answer_of_the_token_calls(world: World) -> None:
    """Both answer the token and its seconds, compact, in this order."""
    tenant = await world.tenant()
    answer = (await fetch(world, **tenant.credentials)).decode()
    assert re.fullmatch(r'\{"access_token":"[^"]+","expires_in":7200\}', answer)
    assert (await tenant.stable())["expires_in"] == 7200


async def test_a_new_token_supersedes_the_last_with_grace(world: World) -> None:
    """The old one works for 5 minutes more, then it is 40001: superseded, not expired."""
    tenant = await world.tenant()
    old = tenant.token
    world.now += 1000
    new = await tenant.renew()
    world.now += 299
    assert [await works(tenant, token) for token in (old, new)] == [0, 0]
    world.now += 1
    assert [await works(tenant, token) for token in (old, new)] == [40001, 0]
    world.now += 7200
    assert [await works(tenant, token) for token in (old, new)] == [40001, 42001]


async def test_superseding_never_lengthens_a_life(world: World) -> None:
    """A token superseded in its last 5 minutes ends when it would have: 42001."""
    tenant = await world.tenant()
    old = tenant.token
    world.now += 7100
    await tenant.renew()
    assert await works(tenant, old) == 0
    world.now += 100
    assert await works(tenant, old) == 42001


async def test_a_token_that_is_superseded_twice(world: World) -> None:
    """Its grace counts from the first time."""
    tenant = await world.tenant()
    old = tenant.token
    await tenant.renew()
    world.now += 200
    await tenant.renew()
    world.now += 100
    assert await works(tenant, old) == 40001


@pytest.mark.file_store
async def test_the_stable_token_stays_the_same(world: World) -> None:
    """A repeat gives the same token with the seconds that are left, and answers without waiting."""
    tenant = await world.tenant()
    first = await tenant.stable()
    world.now += 1234.9
    answer = world.ask("POST", "stable_token", body={**tenant.credentials, "force_refresh": False})
    assert isinstance(answer, bytes)
    assert json.loads(answer) == {"access_token": first["access_token"], "expires_in": 7200 - 1234}


async def test_the_last_five_minutes_of_a_stable_token(world: World) -> None:
    """A call then gives a new one; both work until the old one ends, which is 42001 from then on."""
    tenant = await world.tenant()
    old = (await tenant.stable())["access_token"]
    world.now += 6899
    assert (await tenant.stable())["access_token"] == old
    world.now += 1
    new = await tenant.stable()
    assert new["access_token"] != old
    assert new["expires_in"] == 7200
    assert (await tenant.stable())["access_token"] == new["access_token"]
    world.now += 299
    assert [await works(tenant, token) for token in (old, new["access_token"])] == [0, 0]
    world.now += 1
    assert [await works(tenant, token) for token in (old, new["access_token"])] == [42001, 0]


async def test_without_a_call_nothing_is_renewed(world: World) -> None:
    """A stable token that nobody asks for ends, and the next call gives another."""
    tenant = await world.tenant()
    old = (await tenant.stable())["access_token"]
    world.now += 7200
    assert await works(tenant, old) == 42001
    new = await tenant.stable()
    assert new["expires_in"] == 7200
    assert [await works(tenant, token) for token in (old, new["access_token"])] == [42001, 0]


async def test_a_forced_refresh_ends_the_old_token_at_once(world: World) -> None:
    """There is no grace for it: 40001."""
    tenant = await world.tenant()
    old = (await tenant.stable())["access_token"]
    new = (await tenant.stable(force_refresh=True))["access_token"]
    assert [await works(tenant, token) for token in (old, new)] == [40001, 0]


async def test_a_forced_refresh_ends_every_token(world: World) -> None:
    """Also one that was superseded in its last 5 minutes, and had some of them left."""
    tenant = await world.tenant()
    first = (await tenant.stable())["access_token"]
    world.now += 7000
    second = (await tenant.stable())["access_token"]
    assert [await works(tenant, token) for token in (first, second)] == [0, 0]
    third = (await tenant.stable(force_refresh=True))["access_token"]
    assert [await works(tenant, token) for token in (first, second, third)] == [40001, 40001, 0]


async def test_a_clock_that_is_set_back(world: World) -> None:
    """No token is given for longer than 2 hours, those of the future end with the usual grace, and forcing works."""
    tenant = await world.tenant()
    world.now += 365 * 86_400
    forced = [(await tenant.stable(force_refresh=True))["access_token"] for _ in range(2)]
    ordinary = [await tenant.renew() for _ in range(2)]
    world.now -= 365 * 86_400
    again = await tenant.stable()
    assert again["expires_in"] == 7200
    assert again["access_token"] not in forced
    await tenant.renew()
    assert (await tenant.stable(force_refresh=True))["access_token"] != again["access_token"]
    world.now += 300
    assert {await works(tenant, token) for token in (*forced, *ordinary)} == {40001}


async def test_forced_refreshes_are_thirty_seconds_apart(world: World) -> None:
    """A sooner one refreshes nothing: the same token comes back, counting down."""
    tenant = await world.tenant()
    await tenant.stable()
    first = (await tenant.stable(force_refresh=True))["access_token"]
    world.now += 29
    assert await tenant.stable(force_refresh=True) == {"access_token": first, "expires_in": 7171}
    assert await works(tenant, first) == 0
    world.now += 1
    assert (await tenant.stable(force_refresh=True))["access_token"] != first


async def test_twenty_forced_refreshes_a_day(world: World) -> None:
    """The 21st of a day in Beijing refreshes nothing; the next day it does."""
    world.now = BEIJING_MIDNIGHT + 3600
    tenant = await world.tenant()
    tokens = [(await tenant.stable())["access_token"]]
    for _ in range(21):
        world.now += 30
        tokens.append((await tenant.stable(force_refresh=True))["access_token"])
    assert len(set(tokens)) == 21
    assert tokens[-1] == tokens[-2]
    world.now = BEIJING_MIDNIGHT + 86_399
    await tenant.stable()
    same = (await tenant.stable(force_refresh=True))["access_token"]
    world.now += 1
    assert (await tenant.stable(force_refresh=True))["access_token"] != same


async def test_forcing_the_first_token_is_not_counted(world: World) -> None:
    """Where there is nothing to refresh, a forced call is an ordinary one."""
    tenant = await world.tenant()
    first = (await tenant.stable(force_refresh=True))["access_token"]
    assert (await tenant.stable(force_refresh=True))["access_token"] != first


async def test_the_two_kinds_are_isolated(world: World) -> None:
    """Neither call supersedes the other's token."""
    tenant = await world.tenant()
    stable = (await tenant.stable())["access_token"]
    await tenant.renew()
    forced = (await tenant.stable(force_refresh=True))["access_token"]
    world.now += 301
    assert [await works(tenant, token) for token in (stable, forced, tenant.token)] == [40001, 0, 0]


async def test_a_crowd_gets_one_stable_token(world: World) -> None:
    """Calls that come at once are decided one after another: all get the same."""
    tenant = await world.tenant()
    answers = await asyncio.gather(*(tenant.stable() for _ in range(100)))
    assert len({answer["access_token"] for answer in answers}) == 1


@pytest.mark.file_store
async def test_a_crowd_gets_a_token_each_from_token(world: World) -> None:
    """Each call of /token gives another, and all but the last have their grace."""
    tenant = await world.tenant()
    tokens = [
        json.loads(answer)["access_token"]
        for answer in await asyncio.gather(*(fetch(world, **tenant.credentials) for _ in range(100)))
    ]
    assert len(set(tokens)) == 100
    assert {await works(tenant, token) for token in tokens} == {0}
    world.now += 300
    assert [await works(tenant, token) for token in tokens] == [40001] * 99 + [0]


@pytest.mark.file_store
async def test_tokens_that_are_kept_are_bounded(world: World) -> None:
    """However many are fetched, each has its grace; of dead ones a bounded number is kept, and the last one works."""
    tenant = await world.tenant()
    tokens = []
    for _ in range(REMEMBERED // 100 + 1):
        answers = await asyncio.gather(*(fetch(world, **tenant.credentials) for _ in range(100)))
        tokens += [json.loads(answer)["access_token"] for answer in answers]
    assert {await works(tenant, token) for token in tokens} == {0}
    await tenant.renew()
    rows = world.platform._store.reader.execute("SELECT count(*) FROM token").get
    assert rows == len(world.platform._desk.sessions) == len(tokens) + 2
    world.now += 301
    await tenant.renew()
    assert world.platform._store.reader.execute("SELECT count(*) FROM token").get == 2


WRONG = [
    ({"appid": None}, 41002, "appid missing"),
    ({"appid": ""}, 41002, "appid missing"),
    ({"appid": "wx0000000000000000", "secret": None, "grant_type": None}, 40013, "invalid appid"),
    ({"secret": None, "grant_type": "x"}, 41004, "appsecret missing"),
    ({"secret": "", "grant_type": "x"}, 41004, "appsecret missing"),
    ({"secret": "wrong", "grant_type": "x"}, 40125, "invalid appsecret"),
    ({"grant_type": None}, 40002, "invalid grant_type"),
    ({"grant_type": "authorization_code"}, 40002, "invalid grant_type"),
]


@pytest.mark.parametrize(("change", "errcode", "message"), WRONG, ids=range(len(WRONG)))
async def test_bad_credentials_in_their_order(
    world: World, change: dict[str, str | None], errcode: int, message: str
) -> None:
    """appid missing, unknown; secret missing, wrong; grant_type: the first that fails answers, at both calls."""
    tenant = await world.tenant()
    sent = {name: value for name, value in {**tenant.credentials, **change}.items() if value is not None}
    expected = f'{{"errcode":{errcode},"errmsg":"{message}"}}'.encode()
    assert await fetch(world, **sent) == expected
    assert await world.send("POST", "stable_token", body=sent) == expected
    assert await world.send("POST", "token", body=urlencode(sent).encode()) == expected


@pytest.mark.parametrize("value", [5, True, ["x"], {"a": 1}, 1.5])
@pytest.mark.parametrize(("field", "errcode"), [("appid", 40013), ("secret", 40125), ("grant_type", 40002)])
async def test_credentials_that_are_no_text(world: World, field: str, value: object, errcode: int) -> None:
    """In a JSON body anything may stand; it is wrong, not a crash."""
    tenant = await world.tenant()
    body: dict[str, Any] = {**tenant.credentials, field: value}
    assert code(await world.send("POST", "stable_token", body=body)) == errcode


async def test_token_parameters_by_post_form(world: World) -> None:
    """The seed's gem sends appid, secret and grant_type by POST form, whole or in part."""
    tenant = await world.tenant()
    form = urlencode(tenant.credentials).encode()
    assert code(await fetch(world, "POST", form)) == 0
    assert code(await fetch(world, "POST", b"", **tenant.credentials)) == 0
    assert code(await fetch(world, "POST", b"grant_type=x", **tenant.credentials)) == 0
    assert code(await world.send("POST", "stable_token", body=form)) == 47001


async def test_a_form_is_read_so_far(world: World) -> None:
    """A megabyte of nothing holds nobody up: what stands beyond the first 16 KiB of a form is not read."""
    tenant = await world.tenant()
    form = urlencode(tenant.credentials).encode()
    assert code(await fetch(world, "POST", form + b"&" + b"%" * 1_000_000)) == 0
    assert code(await fetch(world, "POST", b"x=" + b"%" * 16 * 1024 + b"&" + form)) == 41002


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD"])
async def test_other_methods_at_the_token_calls(world: World, method: str) -> None:
    """43001 and 43002, as at any call of their kind."""
    assert code(await fetch(world, method)) == 43001
    assert code(await world.send(method, "stable_token")) == 43002
    assert code(await world.send("GET", "stable_token")) == 43002


async def test_bodies_of_stable_token(world: World) -> None:
    """Empty 44002, no JSON object 47001, an empty object 41002."""
    bodies = (b"", b"x", b"[]", b"{}")
    assert [code(await world.send("POST", "stable_token", body=body)) for body in bodies] == [
        44002,
        47001,
        47001,
        41002,
    ]


@pytest.mark.parametrize(
    ("ip", "named"),
    [
        ("8.8.8.8", "invalid ip 8.8.8.8 ipv6 ::ffff:8.8.8.8, not in whitelist"),
        ("::ffff:8.8.8.8", "invalid ip 8.8.8.8 ipv6 ::ffff:8.8.8.8, not in whitelist"),
        ("2001:db8::1", "invalid ip 2001:db8::1 ipv6 2001:db8::1, not in whitelist"),
        ("", "invalid ip  ipv6 , not in whitelist"),
    ],
)
async def test_addresses_that_are_not_on_the_whitelist(world: World, ip: str, named: str) -> None:
    """40164 names the address; it comes last, and only at the token calls."""
    account = await world.platform.create_account(AccountSpec(whitelist=["127.0.0.1", "10.0.0.0/8"]))
    tenant = Tenant(world, account.appid, account.secret)
    expected = f'{{"errcode":40164,"errmsg":"{named}"}}'.encode()
    assert await fetch(world, ip=ip, **tenant.credentials) == expected
    assert await world.send("POST", "stable_token", body=tenant.credentials, ip=ip) == expected
    assert code(await fetch(world, ip=ip, **{**tenant.credentials, "grant_type": "x"})) == 40002
    for good in ("127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"):
        assert code(await fetch(world, ip=good, **tenant.credentials)) == 0
    await tenant.renew()
    query = f"access_token={tenant.token}"
    assert code(await world.send("GET", "groups/get", query, ip=ip)) == 0


@pytest.mark.parametrize("entry", ["127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.0/104", "127.0.0.0/8"])
@pytest.mark.parametrize("ip", ["127.0.0.1", "::ffff:127.0.0.1"])
async def test_an_address_counts_in_both_of_its_forms(world: World, entry: str, ip: str) -> None:
    """Whichever form of an address the whitelist names, a caller by either form is let in, and no stranger."""
    account = await world.platform.create_account(AccountSpec(whitelist=[entry]))
    tenant = Tenant(world, account.appid, account.secret)
    assert code(await fetch(world, ip=ip, **tenant.credentials)) == 0
    for stranger in ("10.0.0.1", "::ffff:10.0.0.1", "::1"):
        assert code(await fetch(world, ip=stranger, **tenant.credentials)) == 40164


@pytest.mark.parametrize(
    ("ends", "dies", "now", "expected"),
    [
        (100, 100, 99, 0),
        (100, 100, 100, 42001),
        (100, 50, 49, 0),
        (100, 50, 50, 40001),
        (100, 50, 500, 40001),
    ],
)
def test_what_a_token_gets(ends: int, dies: int, now: int, expected: int) -> None:
    """Until it dies it works; then it tells whether it was superseded or reached its end."""
    assert code_of(ends, dies, now) == expected

"""Whatever is asked, the sandbox gives a documented answer, in both rulebooks, and its books are right afterwards."""

import asyncio
import json
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fenzu.sandbox.accounts import AccountSpec, GroupSpec, TagSpec
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.platform import Platform
from fenzu.testing import SandboxProcess
from fenzu.wire import RULEBOOKS, RulebookName
from tests.conformance.referee import open_account
from tests.strain.connection import Connection
from tests.strain.judge import judge
from tests.strain.nonsense import METHODS, Author, Case, Cast

OPENIDS = tuple(f"oN{number:026d}" for number in range(60))
STRANGER = "oStrange00000000000000000000"

both_rulebooks = pytest.mark.parametrize("rules", ["2013", "2021"])


async def ask(platform: Platform, case: Case) -> bytes:
    answer = platform.answer(Call(case.method, case.path, case.query, case.body, "127.0.0.1"))
    return answer if isinstance(answer, bytes) else await answer


async def ask_json(platform: Platform, method: str, path: str, query: str, body: object = None) -> Any:
    content = b"" if body is None else json.dumps(body).encode()
    return json.loads(await ask(platform, Case(method, path, query.encode(), b"", content)))


@both_rulebooks
@pytest.mark.timeout(600)
async def test_ten_thousand_requests_get_documented_answers(rules: RulebookName, full: bool) -> None:
    """Ten thousand seeded requests (FULL=1: fifty thousand bodies, another seed each time) get documented answers."""
    seed = secrets.randbelow(1 << 32) if full else 40066
    platform = Platform.open(None, rules=rules)
    try:
        cast = await make_cast(platform)
        author, met = Author(cast, seed), Counter[int]()
        await renew(platform, author)
        number = bodies = 0
        while (bodies < 50_000) if full else (number < 10_000):
            case = author.next()
            bodies += bool(case.body)
            try:
                met[judge(case, await ask(platform, case), RULEBOOKS[rules])] += 1
            except Exception as error:
                raise AssertionError(f"seed {seed}, request {number}: {case}") from error
            if number % 20 == 19:
                await renew(platform, author)
            if number % 3_000 == 2_999:
                await tidy(platform, author.cast)
            number += 1
        await renew(platform, author)
        await check_books(platform, author.cast)
    finally:
        platform.close()
    seen_in_both = {
        0,
        40001,
        40003,
        40013,
        40032,
        40051,
        40066,
        40125,
        41001,
        41002,
        43001,
        43002,
        43004,
        44002,
        45058,
        45157,
        45158,
        45159,
        47001,
        49003,
        76002,
        76021,
        76022,
    }
    assert seen_in_both <= set(met), sorted(met)


async def make_cast(platform: Platform) -> Cast:
    """Make the account under test and a stranger's."""
    groups = [GroupSpec(id=number, name=f"group {number}") for number in range(100, 105)]
    tags = [
        TagSpec(id=number, name=f"tag {number}", followers=list(OPENIDS[:9])) for number in range(105, 108)
    ]
    account = await platform.create_account(AccountSpec(followers=list(OPENIDS), groups=groups, tags=tags))
    stranger = await platform.create_account(AccountSpec(followers=[STRANGER]))
    wish = {"grant_type": "client_credential", "appid": stranger.appid, "secret": stranger.secret}
    token = (await ask_json(platform, "POST", "/cgi-bin/stable_token", "", wish))["access_token"]
    return Cast(account.appid, account.secret, "", OPENIDS, token, STRANGER)


async def renew(platform: Platform, author: Author) -> None:
    """Go on with the present token, since some nonsense forces a new one, and with present groups, tags and rid."""
    wish = {"grant_type": "client_credential", "appid": author.cast.appid, "secret": author.cast.secret}
    answer = await ask_json(platform, "POST", "/cgi-bin/stable_token", "", wish)
    token = answer["access_token"]
    rows = (await ask_json(platform, "GET", "/cgi-bin/groups/get", f"access_token={token}"))["groups"]
    own = tuple(row["id"] for row in rows if row["id"] >= 100)
    rows = (await ask_json(platform, "GET", "/cgi-bin/tags/get", f"access_token={token}"))["tags"]
    tags = tuple(row["id"] for row in rows)
    refused = await ask_json(platform, "POST", "/cgi-bin/groups/getid", f"access_token={token}", {})
    rid = refused["errmsg"].rpartition(" rid: ")[2]
    author.cast = msgspec.structs.replace(
        author.cast, token=token, groups=own[-10:] or (100,), tags=tags[-10:], rid=rid
    )


async def tidy(platform: Platform, cast: Cast) -> None:
    """Delete the groups and tags that nonsense has made, so that the account is full only part of the time."""
    query = f"access_token={cast.token}"
    for kind in ("group", "tag"):
        for row in (await ask_json(platform, "GET", f"/cgi-bin/{kind}s/get", query))[f"{kind}s"]:
            if row["id"] >= 110:
                await ask_json(platform, "POST", f"/cgi-bin/{kind}s/delete", query, {kind: {"id": row["id"]}})


async def check_books(platform: Platform, cast: Cast) -> None:
    """Every follower is in one group that exists, and every count is right; so with tags and their pages."""
    query = f"access_token={cast.token}"
    rows = (await ask_json(platform, "GET", "/cgi-bin/groups/get", query))["groups"]
    found = [
        (await ask_json(platform, "POST", "/cgi-bin/groups/getid", query, {"openid": openid}))["groupid"]
        for openid in OPENIDS
    ]
    listed = {row["id"]: row["count"] for row in rows}
    counted = Counter(found)
    assert all(count == counted[number] for number, count in listed.items())
    assert set(found) <= {0, 1, 2, *listed}
    carried = [
        (await ask_json(platform, "POST", "/cgi-bin/tags/getidlist", query, {"openid": openid}))["tagid_list"]
        for openid in OPENIDS
    ]
    for row in (await ask_json(platform, "GET", "/cgi-bin/tags/get", query))["tags"]:
        page = await ask_json(platform, "POST", "/cgi-bin/user/tag/get", query, {"tagid": row["id"]})
        carriers = [openid for openid, tags in zip(OPENIDS, carried, strict=True) if row["id"] in tags]
        assert page.get("data", {"openid": []})["openid"] == carriers
        assert row["count"] == page["count"] == len(carriers)
    barred = await ask_json(platform, "POST", "/cgi-bin/tags/members/getblacklist", query, {})
    assert barred["total"] == barred["count"] == found.count(1)


@pytest.mark.timeout(300)
async def test_a_thousand_requests_over_a_socket(tmp_path: Path, full: bool) -> None:
    """A thousand of them over real connections get the same answers, with status 200 and without a trace on stderr."""
    with SandboxProcess("--rules", "2021") as sandbox:
        url = sandbox.ready.base_url
        spec: dict[str, object] = {"followers": list(OPENIDS)}
        account = await asyncio.to_thread(open_account, url, sandbox.ready.control_url, spec)
        token = await asyncio.to_thread(account.token)
        author = Author(Cast(account.appid, account.secret, token, OPENIDS, "x", STRANGER), seed=43002)
        await ask_over_socket(url, author, 10_000 if full else 1_000)
        assert sum(count for _, count in (await asyncio.to_thread(account.groups)).values()) <= len(OPENIDS)
    assert "Traceback" not in sandbox.stderr


async def ask_over_socket(url: str, author: Author, cases: int) -> None:
    """Send so many cases over one connection, which the sandbox never closes, and judge the answers."""
    async with await Connection.open(url) as connection:
        for number in range(cases):
            case = author.next()
            if not is_http(case):
                continue
            target = f"{case.path}?{case.query.decode()}"
            try:
                status, answer = await connection.exchange(
                    case.method, target, case.body, case.content_type.decode()
                )
                assert status == 200
                if case.method != "HEAD":
                    judge(case, answer, RULEBOOKS["2021"])
            except Exception as error:
                raise AssertionError(f"request {number}: {case}") from error


def is_http(case: Case) -> bool:
    """Leave out what no HTTP client can send: such bytes are the protocol's own test."""
    return (
        case.method in METHODS and case.path.startswith("/") and case.path.isascii() and case.query.isascii()
    )

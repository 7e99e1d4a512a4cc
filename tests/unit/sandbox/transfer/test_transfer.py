"""Accounts that leave as a file and come from one: what is the same afterwards, and what is told of a wrong file."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, START, Tenant, World, code

from fenzu.errors import UsageError
from fenzu.sandbox.control_errors import AccountExists, UnknownAccount
from fenzu.sandbox.transfer.arrival import Content
from fenzu.sandbox.transfer.waves import Waves, unroll

EVE = "oeve" + "_" * 24


async def export(world: World, appid: str, *, secret: bool = False) -> bytes:
    """Return an account's lines."""
    return b"".join([piece async for piece in await world.platform.export_account(appid, secret=secret)])


async def filled(world: World) -> Tenant:
    """Make an account that has gone through something."""
    tags = [{"name": "广东", "followers": [BEN, ANA]}, {"name": "gone"}]
    groups = [{"name": "VIP", "id": 104, "followers": [CAT]}, {"name": "x"}]
    tenant = await world.tenant(
        appid="wx1", secret="s", kind="test", followers=3, groups=groups, tags=tags, whitelist=["127.0.0.1"]
    )
    world.now += 77
    await world.platform.add_followers("wx1", openids=[DAN, EVE])
    await tenant.post("groups/members/update", {"openid": DAN, "to_groupid": 105})
    await tenant.post("groups/members/update", {"openid": EVE, "to_groupid": 1})
    await tenant.post("groups/delete", {"group": {"id": 105}})
    for tag in (107, 106):
        await tenant.post("tags/members/batchtagging", {"tagid": tag, "openid_list": [DAN]})
    await tenant.post("tags/delete", {"tag": {"id": 107}})
    await tenant.post("user/info/updateremark", {"openid": BEN, "remark": "备注"})
    await world.platform.remove_followers("wx1", [CAT])
    return tenant


async def state_of(tenant: Tenant) -> list[bytes]:
    """Return everything that an account answers."""
    listed = json.loads(await tenant.get("user/get"))["data"]["openid"]
    wanted = {"user_list": [{"openid": openid} for openid in listed]}
    return [
        await tenant.get("groups/get"),
        await tenant.get("tags/get"),
        await tenant.get("user/get"),
        await tenant.post("user/info/batchget", wanted),
        await tenant.post("user/tag/get", {"tagid": 106}),
        await tenant.post("tags/members/getblacklist", {}),
    ]


async def test_what_was_exported_answers_equally(world: World) -> None:
    """Groups, tags, order, remarks, follow times, next ids and next made-up followers are the same after an import."""
    tenant = await filled(world)
    content = await export(world, "wx1", secret=True)
    other = World()
    other.now = world.now
    made = await other.platform.import_account(Content(content))
    assert (made.appid, made.secret, made.kind, made.whitelist) == ("wx1", "s", "test", ["127.0.0.1"])
    again = Tenant(other, "wx1", "s")
    await again.renew()
    assert await state_of(again) == await state_of(tenant)
    for one in (tenant, again):
        await one.post("groups/create", {"group": {"name": "next"}})
        await one.world.platform.add_followers("wx1", count=2)
    assert await state_of(again) == await state_of(tenant)
    assert await export(other, "wx1", secret=True) == await export(world, "wx1", secret=True)
    other.platform.close()


async def test_a_secret_leaves_only_on_request(world: World) -> None:
    """Without being asked for, the secret stays; an import makes up another one."""
    await filled(world)
    content = await export(world, "wx1")
    assert b"secret" not in content
    made = await world.platform.import_account(Content(content), appid="wx2")
    assert (made.appid, made.secret != "s", len(made.secret)) == ("wx2", True, 32)


async def test_an_export_can_be_read(world: World) -> None:
    """An export is lines of JSON: the account, its groups and tags, its followers as they followed, an end."""
    tags = [{"name": "t", "followers": [ANA]}]
    await world.tenant(appid="wx1", followers=[BEN], groups=[{"name": "VIP"}], tags=tags)
    lines = [json.loads(line) for line in (await export(world, "wx1")).splitlines()]
    assert lines == [
        {"fenzu": "account", "version": 1, "appid": "wx1", "next_group": 102, "seed": "wx1"},
        {"group": 0, "name": "未分组"},
        {"group": 1, "name": "黑名单"},
        {"group": 2, "name": "星标组"},
        {"group": 100, "name": "VIP"},
        {"tag": 2, "name": "星标组"},
        {"tag": 101, "name": "t"},
        {"openid": BEN, "group": 0, "since": START},
        {"openid": ANA, "group": 0, "since": START, "tags": [101]},
        {"followers": 2},
    ]


@pytest.mark.file_store  # a shared store is swept only when its queue has been empty for a while
async def test_an_export_is_of_one_moment(world: World) -> None:
    """What changes while it is read does not stand in it, and a client that leaves early leaves nothing open."""
    tenant = await world.tenant(appid="wx1", followers=25_000)
    pieces = await world.platform.export_account("wx1")
    first = await anext(pieces)
    await world.platform.reset("wx1")
    await world.swept()
    rest = [piece async for piece in pieces]
    assert [len(piece.splitlines()) for piece in rest] == [10_000, 10_000, 5_000, 1]
    assert b'"group":0' in first
    assert json.loads(await tenant.get("user/get"))["total"] == 0
    await world.platform.add_followers("wx1", count=5)
    leaving = await world.platform.export_account("wx1")
    await anext(leaving)
    await leaving.aclose()  # type: ignore[attr-defined]  # it is a generator
    with pytest.raises(UnknownAccount):
        await world.platform.export_account("wx9")


async def test_a_table_fills_an_account(world: World) -> None:
    """Groups and tags are made in the order in which they are named; numbers and reserved names mean their own."""
    rows = [
        "openid,group,remark,tags",
        f"{ANA},VIP,安娜,广东;b",
        f"{BEN},,,",
        "",
        f"{CAT},黑名单,,b",
        f"{DAN},104,,134",
    ]
    made = await world.platform.import_account(
        Content("\n".join([*rows, f"{EVE},new,,星标组"]).encode()), appid="wx1"
    )
    tenant = Tenant(world, "wx1", made.secret)
    await tenant.renew()
    groups = await tenant.groups()
    assert groups == {
        0: ("未分组", 1),
        1: ("黑名单", 1),
        2: ("星标组", 0),
        100: ("VIP", 1),
        104: ("104", 1),
        135: ("new", 1),
    }
    tags = json.loads(await tenant.get("tags/get"))["tags"]
    assert [(tag["id"], tag["name"], tag["count"]) for tag in tags] == [
        (2, "星标组", 1),
        (101, "广东", 1),
        (102, "b", 2),
        (134, "134", 1),
    ]
    profile = json.loads(await tenant.get("user/info", openid=ANA))
    assert (profile["remark"], profile["tagid_list"]) == ("安娜", [101, 102])
    assert json.loads(await tenant.get("user/get"))["data"]["openid"] == [ANA, BEN, CAT, DAN, EVE]
    created = await tenant.post("groups/create", {"group": {"name": "y"}})
    assert json.loads(created)["group"]["id"] == 136


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeffOpenID\tGroup\r\n{ANA}\tVIP\r\n{BEN}\t\r\n",
        f"group,openid\nVIP,{ANA}\n,{BEN}",
        f'openid,group\n"{ANA}","VIP"\n{BEN}\n',
        f" openid , group \n {ANA} , VIP \n{BEN}, 0",
    ],
)
async def test_tables_as_programs_write_them(world: World, text: str) -> None:
    """Tabs or commas, quotes, a byte order mark, Windows' line ends, columns in any order: all are taken."""
    made = await world.platform.import_account(Content(text.encode()))
    tenant = Tenant(world, made.appid, made.secret)
    await tenant.renew()
    assert [await tenant.group_of(openid) for openid in (ANA, BEN)] == [100, 0]


HEAD = '{"fenzu":"account","version":1,"appid":"wx1"}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", r"line 1 names the columns: openid"),
        ("\n", r"line 1 names the columns"),
        ("openid,grup\n", r"line 1 names the columns.*'openid,grup'"),
        ("openid,openid\n", r"line 1 names the columns"),
        ("group\nVIP\n", r"line 1 names the columns"),
        (
            f"openid\nx\n{ANA}\ny\n",
            r"line 2: .* is no openid; line 4: .* is no openid\. Next: mend these lines",
        ),
        (f"openid,group\n{ANA},50\n", r"line 2: an id is 0, 1, 2, or 100 and more"),
        (f"openid,group\n\n{ANA},a,b\n", r"line 3: has more than 2 cells"),
        (f'openid,group\n{ANA},"a\nb"\n{BEN},"a"b\n', r"line 4: "),
        (f"openid,remark\n{ANA},{'备' * 10}\n", r"line 2: a remark has under 30 bytes"),
        (f"openid,tags\n{ANA},a;a\n", r"line 2: a follower carries at most 20 tags, each once"),
        (f"openid,tags\n{ANA},a;5\n", r"line 2: an id is"),
        (f"openid\n{ANA}\n\n{BEN}\n{ANA}\n", r"oana…____ is listed twice: lines 2, 5"),
        ("openid\n" + "x\n" * 40, r"line 11: .* is no openid; …"),
        (b"openid,group\n" + ANA.encode() + b",\xd6\xd0\n", r"not UTF-8"),
        ("{", r"line 1 is not that of an export"),
        (HEAD[:-2] + f',"next_group":{2**32}}}\n', r"line 1 is not that of an export.* at `\$\.next_group`"),
        (HEAD[:-2] + f',"made_up":{2**70}}}\n', r"line 1 is not that of an export.* at `\$\.made_up`"),
        (HEAD + f'{{"openid":"{ANA}","group":0,"since":{2**70}}}\n', r"line 2: .* at `\$\.since`"),
        (
            '{"fenzu":"plan","version":1,"appid":"x"}',
            r"plan of version 1; this fenzu reads account of version 1",
        ),
        ('{"fenzu":"account","version":2,"appid":"x"}', r"account of version 2"),
        (HEAD, r"not whole: its last line is missing"),
        (f'{HEAD}{{"openid":"{ANA}","since":1}}\n', r"not whole: its last line is missing"),
        (HEAD + '{"followers":1}\n', r"not whole: its last line tells of 1 followers, there are 0"),
        (HEAD + '{"followers":0}\n{"group":100,"name":"a"}', r"line 3: stands behind the last line"),
        (HEAD + '{"openid":"x"}\n{"followers":1}', r"line 2: .* is no openid"),
        (
            f'{HEAD}{{"openid":"{ANA}","group":7}}\n{{"followers":1}}',
            r"line 2: names a group or a tag that stands",
        ),
        (f'{HEAD}{{"openid":"{ANA}","tags":[7]}}\n{{"followers":1}}', r"line 2: names a group or a tag"),
        (HEAD + '{"group":7,"name":"a"}\n{"followers":0}', r"line 2: an id is 0, 1, 2, or 100"),
        (
            HEAD + '{"nonsense":7}\n\n[]\n{"followers":0}',
            r"line 2: is no line of an export.*line 4: is no line",
        ),
        (HEAD.replace("wx1", "w x") + '{"followers":0}', r"an appid is"),
        (HEAD + f'{{"openid":"{ANA}"}}\n' * 2 + '{"followers":2}', r"listed twice: lines 2, 3"),
    ],
)
async def test_a_wrong_file_is_told_by_its_lines(world: World, text: str | bytes, told: str) -> None:
    """Whoever sends a file with mistakes learns in which lines they are, and nothing of it is loaded."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(UsageError, match=told):
        await world.platform.import_account(Content(content), appid=None)
    assert await world.platform.list_accounts() == []


async def test_a_taken_appid_is_refused(world: World) -> None:
    """An import takes no account's place."""
    await world.tenant(appid="wx1")
    with pytest.raises(AccountExists):
        await world.platform.import_account(Content(f"openid\n{ANA}".encode()), appid="wx1")


async def test_a_file_comes_in_pieces(world: World, tmp_path: Path) -> None:
    """A file of more followers than fit in a piece is loaded whole, in its order."""
    openids = [f"o{number:027}" for number in range(20_005)]
    path = tmp_path / "seed.csv"
    path.write_text(
        "openid,group\n" + "".join(f"{openid},g{index % 3}\n" for index, openid in enumerate(openids))
    )
    made = await world.platform.import_account(Content(path))
    assert (made.followers, made.groups) == (20_005, 6)
    content = await export(world, made.appid)
    assert [json.loads(line)["openid"] for line in content.splitlines()[8:-1]] == openids


@pytest.mark.parametrize(
    ("since", "waves"),
    [
        ([], 0),
        ([5], 1),
        ([5, 5, 5, 5], 1),
        ([5, 6, 7, 8], 1),
        ([5, 5, 9, 9, 9], 2),
        ([9, 7, 5, 1], 2),
        ([1, 5, 2, 2, 2, 3, 4], 3),
    ],
)
def test_waves_tell_since_when_each_follows(since: list[int], waves: int) -> None:
    """Runs of equal distance become one row each, and give back each follower's moment."""
    found = Waves()
    for number, moment in enumerate(since, 1):
        found.add(number, moment)
    rows = found.found()
    assert len(rows) == waves
    assert list(unroll(rows, range(1, len(since) + 1))) == since


async def test_an_import_behind_others_does_not_stop_reads(world: World) -> None:
    """Calls are answered while a file is judged and loaded."""
    tenant = await world.tenant(followers=[ANA])
    content = Content(("openid\n" + "".join(f"o{number:027}\n" for number in range(30_000))).encode())
    importing = asyncio.ensure_future(world.platform.import_account(content))
    while not importing.done():
        assert not code(await tenant.get("groups/get"))
        await asyncio.sleep(0)
    assert (await importing).followers == 30_000


def unreadable(_: Path) -> Path:
    return Path("/nonexistent/seed.csv")


@pytest.mark.parametrize("place", [unreadable, lambda path: path])
async def test_a_file_that_cannot_be_read(
    world: World, tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    """A file that is not there, or a folder, is told with the reason."""
    with pytest.raises(UsageError, match="cannot read /"):
        await world.platform.import_account(Content(place(tmp_path)))

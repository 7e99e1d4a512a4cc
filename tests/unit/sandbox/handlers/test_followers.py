"""The list of followers and their profiles."""

import json
from collections.abc import Callable
from functools import partial

import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, OK, START, STRANGER, World, code

from fenzu.sandbox.run.made_up import SEEDED_SINCE


async def test_a_short_list(world: World) -> None:
    """All of them in follow order, keys as documented, `next_openid` the last one."""
    tenant = await world.tenant(followers=[CAT, ANA], groups=[{"name": "a", "followers": [BEN]}])
    answer = await tenant.get("user/get", next_openid="")
    listed = f'"{CAT}","{ANA}","{BEN}"'
    assert answer.decode() == f'{{"total":3,"count":3,"data":{{"openid":[{listed}]}},"next_openid":"{BEN}"}}'


async def test_nothing_left(world: World) -> None:
    """After the last one there is no `data`; so in an account without followers."""
    tenant = await world.tenant(followers=[CAT, ANA])
    assert await tenant.get("user/get", next_openid=ANA) == b'{"total":2,"count":0,"next_openid":""}'
    empty = await world.tenant()
    assert await empty.get("user/get") == b'{"total":0,"count":0,"next_openid":""}'


async def test_pages_of_ten_thousand(world: World) -> None:
    """Pages hold 10,000, follow each other without gap or repeat, and count all followers in `total`."""
    tenant = await world.tenant(followers=20_001)
    seen: list[str] = []
    sizes = []
    after = ""
    while True:
        page = json.loads(await tenant.get("user/get", next_openid=after))
        assert page["total"] == 20_001
        sizes.append(page["count"])
        if not page["count"]:
            break
        assert page["count"] == len(page["data"]["openid"])
        assert page["next_openid"] == page["data"]["openid"][-1]
        seen += page["data"]["openid"]
        after = page["next_openid"]
    assert sizes == [10_000, 10_000, 1, 0]
    assert len(set(seen)) == 20_001


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("user/get", ("total", "page")),
        ("tags/members/getblacklist", ("blacklisted", "blacklist_page")),
        ("user/tag/get", ("has_tag", "tag_page")),
    ],
)
async def test_a_page_is_of_one_moment(
    world: World, path: str, steps: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who leaves while a page is read is still counted and still listed."""
    tenant = await world.tenant(
        groups=[{"id": 1, "name": "黑名单", "followers": [ANA, BEN]}],
        tags=[{"name": "a", "id": 100, "followers": [ANA, BEN]}],
    )
    writer = world.platform._store.writer

    def look_and_leave(look: Callable[..., object], *asked: int) -> object:
        found = look(*asked)
        writer.execute("DELETE FROM roll; UPDATE follower_group SET count = 0; DELETE FROM tagging")
        return found

    for step in steps:
        look = getattr(world.platform._reader, step)
        monkeypatch.setattr(world.platform._reader, step, partial(look_and_leave, look))
    if path == "user/get":
        answer = await tenant.get(path)
    else:
        answer = await tenant.post(path, {"tagid": 100})
    page = json.loads(answer)
    assert (page.get("total", 2), page["data"]["openid"]) == (2, [ANA, BEN])


@pytest.mark.parametrize("start", [STRANGER, "x", ANA + "x"])
async def test_an_unknown_start(world: World, start: str) -> None:
    """A `next_openid` that is malformed or follows no more is 40003."""
    tenant = await world.tenant(followers=[ANA])
    assert code(await tenant.get("user/get", next_openid=start)) == 40003


async def test_moves_do_not_change_the_order(world: World) -> None:
    """Followers stay where they are in the list, whatever their group."""
    tenant = await world.tenant(followers=[ANA, BEN, CAT])
    before = await tenant.get("user/get")
    await tenant.post("groups/members/update", {"openid": BEN, "to_groupid": 1})
    assert await tenant.get("user/get") == before


async def test_a_profile(world: World) -> None:
    """The documented fields in the documented order; the language changes nothing."""
    tenant = await world.tenant(groups=[{"id": 104, "name": "a", "followers": [ANA]}])
    expected = (
        f'{{"subscribe":1,"openid":"{ANA}","subscribe_time":{START},"unionid":"","remark":"","groupid":104,'
        '"tagid_list":[],"subscribe_scene":"ADD_SCENE_SEARCH","qr_scene":0,"qr_scene_str":""}'
    )
    for more in ({}, {"lang": "zh_CN"}, {"lang": "xx"}):
        assert (await tenant.get("user/info", openid=ANA, **more)).decode() == expected


async def test_the_profile_of_a_stranger(world: World) -> None:
    """`subscribe` 0 and the openid, nothing else, and no error."""
    tenant = await world.tenant()
    assert (await tenant.get("user/info", openid=ANA)).decode() == f'{{"subscribe":0,"openid":"{ANA}"}}'


@pytest.mark.parametrize("openid", ["", "x", ANA[:-1], ANA + "x"])
async def test_a_profile_of_nobody(world: World, openid: str) -> None:
    """A missing or malformed openid is 40003."""
    tenant = await world.tenant()
    assert code(await tenant.get("user/info", openid=openid)) == 40003
    assert code(await tenant.get("user/info")) == 40003
    assert code(await tenant.post("user/info/batchget", {"user_list": [{"openid": openid}]})) == 40003


async def test_many_profiles(world: World) -> None:
    """They come in the order in which they were asked for, strangers among them, as single ones come."""
    tenant = await world.tenant(followers=[ANA, BEN])
    asked = [BEN, DAN, ANA]
    single = [(await tenant.get("user/info", openid=openid)).decode() for openid in asked]
    body = {"user_list": [{"openid": openid, "lang": "zh_CN"} for openid in asked]}
    answer = await tenant.post("user/info/batchget", body)
    assert answer.decode() == '{"user_info_list":[' + ",".join(single) + "]}"


@pytest.mark.parametrize("users", [None, [], {}, "x", [{"openid": ANA}] * 101])
async def test_profiles_of_too_many(world: World, users: object) -> None:
    """No list, an empty one, or more than 100: 40032. A hundred are answered."""
    tenant = await world.tenant(followers=[ANA])
    assert code(await tenant.post("user/info/batchget", {"user_list": users})) == 40032
    answer = await tenant.post("user/info/batchget", {"user_list": [{"openid": ANA}] * 100})
    assert len(json.loads(answer)["user_info_list"]) == 100


@pytest.mark.parametrize("user", [None, ANA, 5, [], {}])
async def test_a_profile_asked_for_wrongly(world: World, user: object) -> None:
    """An entry that is no object is 40035, one without an openid 40003."""
    tenant = await world.tenant(followers=[ANA])
    assert code(await tenant.post("user/info/batchget", {"user_list": [{"openid": ANA}, user]})) == (
        40003 if user == {} else 40035
    )


async def test_since_when_they_follow(world: World) -> None:
    """Made-up followers of a new account followed a second apart from 2013 on, later ones when they were added."""
    tenant = await world.tenant(followers=3)
    world.now += 100
    await world.platform.add_followers(tenant.appid, openids=[ANA, BEN])
    world.now += 100
    await world.platform.add_followers(tenant.appid, count=1)
    openids = json.loads(await tenant.get("user/get"))["data"]["openid"]
    body = {"user_list": [{"openid": openid} for openid in openids]}
    profiles = json.loads(await tenant.post("user/info/batchget", body))["user_info_list"]
    assert [profile["subscribe_time"] for profile in profiles] == [
        SEEDED_SINCE,
        SEEDED_SINCE + 1,
        SEEDED_SINCE + 2,
        START + 100,
        START + 100,
        START + 200,
    ]


async def test_a_remark(world: World) -> None:
    """It shows in profiles, may be changed and taken away, and stays when the follower moves."""
    tenant = await world.tenant(followers=[ANA, BEN])
    for text in ("pangzi", "胖子", "x" * 29, "a\u0001\U0001f600"):
        assert await tenant.post("user/info/updateremark", {"openid": ANA, "remark": text}) == OK
        assert json.loads(await tenant.get("user/info", openid=ANA))["remark"] == text
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    many = json.loads(
        await tenant.post("user/info/batchget", {"user_list": [{"openid": BEN}, {"openid": ANA}]})
    )
    assert [user["remark"] for user in many["user_info_list"]] == ["", "a\u0001\U0001f600"]
    for _ in range(2):
        assert await tenant.post("user/info/updateremark", {"openid": ANA, "remark": ""}) == OK
    assert json.loads(await tenant.get("user/info", openid=ANA))["remark"] == ""
    assert world.platform._store.reader.execute("SELECT count(*) FROM note").get == 0


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"openid": "x", "remark": "x" * 30}, 40092),
        ({"openid": ANA, "remark": "胖" * 10}, 40092),
        ({"openid": ANA, "remark": 5}, 40092),
        ({"openid": "x", "remark": "x"}, 40003),
        ({"openid": STRANGER, "remark": "x"}, 43004),
    ],
)
async def test_remarks_that_are_refused(world: World, body: object, refused: int) -> None:
    """Under 30 bytes of text, for somebody who follows."""
    tenant = await world.tenant(followers=[ANA])
    assert code(await tenant.post("user/info/updateremark", body)) == refused

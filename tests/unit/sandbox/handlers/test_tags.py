"""Tags: what one can do with them, who carries them, and what is refused."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, OK, STRANGER, Tenant, World, code

from fenzu.wire.limits import TAGGINGS_AT_ONCE

STARRED = {"id": 2, "name": "星标组", "count": 0}


@pytest.fixture
async def tenant(world: World) -> Tenant:
    """Three followers without a tag, and DAN who carries 134."""
    tags = [{"id": 134, "name": "广东", "followers": [DAN]}]
    return await world.tenant(followers=[ANA, BEN, CAT], tags=tags)


async def tags_of(tenant: Tenant, openid: str) -> list[int]:
    found: list[int] = json.loads(await tenant.post("tags/getidlist", {"openid": openid}))["tagid_list"]
    return found


async def counts(tenant: Tenant) -> dict[int, int]:
    listed = json.loads(await tenant.get("tags/get"))["tags"]
    return {tag["id"]: tag["count"] for tag in listed}


async def give(tenant: Tenant, tag: object, *openids: str) -> int:
    return code(await tenant.post("tags/members/batchtagging", {"openid_list": openids, "tagid": tag}))


async def take(tenant: Tenant, tag: object, *openids: str) -> int:
    return code(await tenant.post("tags/members/batchuntagging", {"openid_list": openids, "tagid": tag}))


async def test_groups_and_tags_have_one_counter(tenant: Tenant) -> None:
    """The next id is the next one whichever is made, and none comes twice."""
    made = [
        await tenant.post("tags/create", {"tag": {"name": "a"}}),
        await tenant.post("groups/create", {"group": {"name": "a"}}),
        await tenant.post("tags/create", {"tag": {"name": "b"}}),
    ]
    assert made == [
        b'{"tag":{"id":135,"name":"a"}}',
        b'{"group":{"id":136,"name":"a"}}',
        b'{"tag":{"id":137,"name":"b"}}',
    ]
    assert await tenant.post("tags/delete", {"tag": {"id": 137}}) == OK
    assert b'"id":138' in await tenant.post("groups/create", {"group": {"name": "c"}})


async def test_a_tag_that_is_given_shows_everywhere(tenant: Tenant) -> None:
    """In the follower's tags in the order given, in both profiles, in the tag's page in follow order, in its count."""
    assert await give(tenant, "134", CAT, ANA) == 0
    assert await give(tenant, 2, ANA) == 0
    assert await tags_of(tenant, ANA) == [134, 2]
    assert json.loads(await tenant.get("user/info", openid=ANA))["tagid_list"] == [134, 2]
    many = json.loads(await tenant.post("user/info/batchget", {"user_list": [{"openid": CAT}]}))
    assert many["user_info_list"][0]["tagid_list"] == [134]
    page = await tenant.post("user/tag/get", {"tagid": 134})
    assert page.decode() == (
        f'{{"count":3,"data":{{"openid":["{ANA}","{CAT}","{DAN}"]}},"next_openid":"{DAN}"}}'
    )
    assert await counts(tenant) == {2: 1, 134: 3}
    assert await tenant.group_of(ANA) == 0


async def test_tagging_twice_is_tagging_once(tenant: Tenant) -> None:
    """Who carries a tag already is not counted again; taking what nobody carries changes nothing."""
    assert [await give(tenant, 134, DAN, ANA, ANA), await give(tenant, 134, ANA)] == [0, 0]
    assert await counts(tenant) == {2: 0, 134: 2}
    assert [await take(tenant, 134, ANA, BEN), await take(tenant, 134, ANA)] == [0, 0]
    assert await counts(tenant) == {2: 0, 134: 1}
    assert await tags_of(tenant, ANA) == []


async def test_a_deleted_tag_is_gone_from_everybody(tenant: Tenant) -> None:
    """Its followers carry it no more, and what is given later is not mixed up with it."""
    assert await give(tenant, 2, DAN) == 0
    assert await tenant.post("tags/delete", {"tag": {"id": 134}}) == OK
    assert await tags_of(tenant, DAN) == [2]
    assert json.loads(await tenant.get("user/info", openid=DAN))["tagid_list"] == [2]
    assert code(await tenant.post("user/tag/get", {"tagid": 134})) == 45159
    assert [await give(tenant, 134, ANA), await take(tenant, 134, DAN)] == [45159, 45159]


async def test_pages_of_ten_thousand(world: World) -> None:
    """A tag's followers come in pages as the account's do, without a total."""
    tenant = await world.tenant(followers=3, tags=[{"id": 134, "name": "a", "followers": 10_001}])
    first = json.loads(await tenant.post("user/tag/get", {"tagid": 134, "next_openid": ""}))
    second = json.loads(
        await tenant.post("user/tag/get", {"tagid": 134, "next_openid": first["next_openid"]})
    )
    end = await tenant.post("user/tag/get", {"tagid": 134, "next_openid": second["next_openid"]})
    assert [first["count"], second["count"], end] == [10_000, 1, b'{"count":0,"next_openid":""}']
    assert list(first) == ["count", "data", "next_openid"]


@pytest.mark.parametrize("rules", ["2013", "2021"])
@pytest.mark.parametrize(
    ("path", "body", "refused"),
    [
        ("tags/create", {"tag": {"name": ""}}, 45157),
        ("tags/create", {"tag": {"name": 5}}, 45157),
        ("tags/create", {"tag": {"name": "x" * 31}}, 45158),
        ("tags/create", {"tag": {"name": "名" * 11}}, 45158),
        ("tags/create", {"tag": {"name": "广东"}}, 45157),
        ("tags/create", {"tag": {"name": "星标组"}}, 45157),
        ("tags/update", {"tag": {"id": 2, "name": ""}}, 45157),
        ("tags/update", {"tag": {"id": "x", "name": "a"}}, 45159),
        ("tags/update", {"tag": {"id": 1, "name": "a"}}, 45058),
        ("tags/update", {"tag": {"id": 999, "name": "广东"}}, 45159),
        ("tags/update", {"tag": {"id": 135, "name": "广东"}}, 45157),
        ("tags/delete", {"tag": {}}, 45159),
        ("tags/delete", {"tag": {"id": 2}}, 45058),
        ("tags/delete", {"tag": {"id": 104}}, 45159),
        ("user/tag/get", {"tagid": 999, "next_openid": "x"}, 40003),
        ("user/tag/get", {"tagid": 999, "next_openid": STRANGER}, 40003),
        ("user/tag/get", {"tagid": 10**30}, 45159),
        ("user/tag/get", {"tagid": 0}, 45159),
        ("tags/members/batchtagging", {"openid_list": ["x"] * 51, "tagid": 999}, 40032),
        ("tags/members/batchtagging", {"openid_list": ["x"], "tagid": 999}, 40003),
        ("tags/members/batchtagging", {"openid_list": [STRANGER], "tagid": 999}, 40003),
        ("tags/members/batchtagging", {"openid_list": [ANA]}, 45159),
        ("tags/members/batchtagging", {"openid_list": [ANA], "tagid": 1}, 45159),
        ("tags/members/batchuntagging", {"openid_list": [], "tagid": 134}, 40032),
        ("tags/members/batchuntagging", {"openid_list": [ANA], "tagid": 104}, 45159),
        ("tags/getidlist", {"openid": STRANGER}, 40003),
    ],
)
async def test_what_is_refused(
    rules: str, path: str, body: object, refused: int, new_store: Callable[[], str | None]
) -> None:
    """Fields are judged in the documented order, then rules; a group is no tag; both rulebooks agree."""
    world = World("2013" if rules == "2013" else "2021", new_store())
    tags = [{"id": 134, "name": "广东"}, {"id": 135, "name": "b"}]
    tenant = await world.tenant(followers=[ANA], groups=[{"id": 104, "name": "a"}], tags=tags)
    assert code(await tenant.post(path, body)) == refused
    world.platform.close()


async def test_a_tag_keeps_its_own_name(tenant: Tenant) -> None:
    """Renaming a tag to the name that it has is no clash."""
    assert await tenant.post("tags/update", {"tag": {"id": 134, "name": "广东"}}) == OK
    assert await tenant.post("tags/update", {"tag": {"id": "134", "name": "广东人"}}) == OK
    assert "广东人".encode() in await tenant.get("tags/get")


async def test_another_accounts_follower(world: World, tenant: Tenant) -> None:
    """One who follows another account of the sandbox is 49003 at the tag calls, one whom nobody knows 40003."""
    await world.tenant(followers=[STRANGER])
    assert [await give(tenant, 134, ANA, STRANGER), await take(tenant, 134, STRANGER)] == [49003, 49003]
    assert code(await tenant.post("tags/getidlist", {"openid": STRANGER})) == 49003
    assert await give(tenant, 134, "o" * 28, STRANGER) == 40003
    assert await tags_of(tenant, ANA) == []


async def test_a_hundred_tags(world: World) -> None:
    """The hundred and first of one's own is refused; a name that is taken is told before."""
    tenant = await world.tenant(tags=[{"name": f"t{number}"} for number in range(99)])
    assert not code(await tenant.post("tags/create", {"tag": {"name": "last"}}))
    assert code(await tenant.post("tags/create", {"tag": {"name": "more"}})) == 45056
    assert code(await tenant.post("tags/create", {"tag": {"name": "last"}})) == 45157
    assert not code(await tenant.post("tags/delete", {"tag": {"id": 100}}))
    assert not code(await tenant.post("tags/create", {"tag": {"name": "more"}}))


async def test_twenty_tags_a_follower(world: World) -> None:
    """The twenty-first is refused, for the whole batch; a deleted tag makes room."""
    tags = [{"id": 100 + number, "name": f"t{number}", "followers": [ANA]} for number in range(20)]
    tenant = await world.tenant(followers=[BEN], tags=[*tags, {"id": 200, "name": "one more"}])
    assert await give(tenant, 200, BEN, ANA) == 45059
    assert [await tags_of(tenant, BEN), len(await tags_of(tenant, ANA))] == [[], 20]
    assert not code(await tenant.post("tags/delete", {"tag": {"id": 105}}))
    assert await give(tenant, 200, BEN, ANA) == 0
    assert 105 not in await tags_of(tenant, ANA)


async def test_a_tag_of_very_many_cannot_be_deleted(world: World) -> None:
    """Above 100,000 followers 45057; with one less it goes."""
    tenant = await world.tenant(followers=[], tags=[{"id": 134, "name": "a", "followers": 100_001}])
    assert code(await tenant.post("tags/delete", {"tag": {"id": 134}})) == 45057
    openid = json.loads(await tenant.get("user/get"))["next_openid"]
    assert await take(tenant, 134, openid) == 0
    assert await tenant.post("tags/delete", {"tag": {"id": 134}}) == OK
    assert code(await tenant.get("tags/get")) == 0


async def test_a_follower_who_leaves_takes_the_tags_along(world: World, tenant: Tenant) -> None:
    """Counts and pages forget who unsubscribes; following again begins without tag and remark."""
    await tenant.post("user/info/updateremark", {"openid": DAN, "remark": "d"})
    await world.platform.remove_followers(tenant.appid, [DAN])
    assert await counts(tenant) == {2: 0, 134: 0}
    assert await tenant.post("user/tag/get", {"tagid": 134}) == b'{"count":0,"next_openid":""}'
    await world.platform.add_followers(tenant.appid, openids=[DAN])
    profile = json.loads(await tenant.get("user/info", openid=DAN))
    assert [profile["tagid_list"], profile["remark"]] == [[], ""]


async def test_emptying_takes_tags_and_remarks(world: World, tenant: Tenant) -> None:
    """A reset leaves tag 2 alone, and the counter begins anew."""
    await world.platform.reset(tenant.appid)
    assert json.loads(await tenant.get("tags/get")) == {"tags": [STARRED]}
    assert b'"id":100' in await tenant.post("tags/create", {"tag": {"name": "广东"}})


@pytest.mark.file_store
async def test_requests_that_queue_up_together(tenant: Tenant) -> None:
    """Each sees what those before it did: a tag made, given, taken, deleted and given again in one go."""
    batch, untag = "tags/members/batchtagging", "tags/members/batchuntagging"
    answers = await asyncio.gather(
        tenant.post("tags/create", {"tag": {"name": "a"}}),
        tenant.post("tags/create", {"tag": {"name": "a"}}),
        tenant.post(batch, {"openid_list": [ANA, BEN], "tagid": 135}),
        tenant.post(untag, {"openid_list": [ANA], "tagid": 135}),
        tenant.post(batch, {"openid_list": [CAT], "tagid": 2}),
        tenant.post("user/info/updateremark", {"openid": CAT, "remark": "c"}),
        tenant.post("tags/delete", {"tag": {"id": 134}}),
        tenant.post("groups/members/update", {"openid": BEN, "to_groupid": 2}),
        tenant.post(batch, {"openid_list": [ANA], "tagid": 134}),
    )
    assert [code(answer) for answer in answers] == [0, 45157, 0, 0, 0, 0, 0, 0, 45159]
    assert await counts(tenant) == {2: 1, 135: 1}
    assert [await tags_of(tenant, openid) for openid in (ANA, BEN, CAT, DAN)] == [[], [135], [2], []]
    assert json.loads(await tenant.get("user/info", openid=CAT))["remark"] == "c"


async def test_a_tag_made_given_and_deleted_in_one_go(tenant: Tenant) -> None:
    """Nothing of it is left, in its page or on a follower."""
    await asyncio.gather(
        tenant.post("tags/create", {"tag": {"name": "a"}}),
        tenant.post("tags/members/batchtagging", {"openid_list": [ANA], "tagid": 135}),
        tenant.post("tags/delete", {"tag": {"id": 135}}),
    )
    execute = tenant.world.platform._store.reader.execute
    assert execute("SELECT count(*) FROM tagging WHERE tag = 135").get == 0
    assert await tags_of(tenant, ANA) == []


async def test_a_restart_keeps_tags_and_remarks(tmp_path: Path) -> None:
    """Tags, who carries them, their order, remarks and the counter outlive the process."""
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant(appid="wx1", followers=[ANA], tags=[{"id": 134, "name": "广东"}])
    assert [await give(tenant, 134, ANA), await give(tenant, 2, ANA)] == [0, 0]
    await tenant.post("user/info/updateremark", {"openid": ANA, "remark": "胖子"})
    before = [await tenant.get("tags/get"), await tenant.get("user/info", openid=ANA)]
    world.platform.close()
    again = World(store=str(tmp_path / "store"))
    same = Tenant(again, "wx1", tenant.secret, tenant.token)
    assert [await same.get("tags/get"), await same.get("user/info", openid=ANA)] == before
    assert b'"remark":"\xe8\x83\x96\xe5\xad\x90","groupid":0,"tagid_list":[134,2]' in before[1]
    assert b'"id":135' in await same.post("tags/create", {"tag": {"name": "a"}})
    again.platform.close()


async def test_two_accounts_do_not_share_tags(world: World, tenant: Tenant) -> None:
    """Another account has its own tags, and deleting one leaves the other's."""
    other = await world.tenant(followers=[ANA], tags=[{"id": 134, "name": "b", "followers": [ANA]}])
    await tenant.post("tags/delete", {"tag": {"id": 134}})
    assert [await tags_of(other, ANA), await tags_of(tenant, ANA)] == [[134], []]
    await world.platform.delete_account(other.appid)
    await world.swept()
    execute = world.platform._store.reader.execute
    assert [execute(f"SELECT count(*) FROM {table}").get for table in ("tagging", "note")] == [0, 1]


async def beside_many(tenant: Tenant, path: str, *openids: str) -> tuple[bytes, list[int]]:
    """Tag or untag while ANA is tagged by as many as may be; return the answer, and what the others got."""
    async with tenant.world.writer_busy():
        many = range(TAGGINGS_AT_ONCE)
        others = [asyncio.ensure_future(give(tenant, 2, ANA)) for _ in many]
        await tenant.world.waiting(TAGGINGS_AT_ONCE)
        body = {"openid_list": openids, "tagid": 134}
        answer = asyncio.ensure_future(tenant.post(f"tags/members/{path}", body))
        await tenant.world.waiting(TAGGINGS_AT_ONCE + 1, answer)
    return await answer, await asyncio.gather(*others)


async def test_a_follower_whom_too_many_are_tagging_at_once(tenant: Tenant) -> None:
    """The hundred-and-first request that waits is told 45169; when they are answered, the next one passes."""
    answer, others = await beside_many(tenant, "batchtagging", ANA)
    assert (code(answer), others) == (45169, [0] * TAGGINGS_AT_ONCE)
    assert await tags_of(tenant, ANA) == [2]
    assert await take(tenant, 2, ANA) == 0


async def test_a_batch_of_which_some_are_being_tagged(tenant: Tenant) -> None:
    """The others are tagged, and 45171 names those who were not."""
    answer, _ = await beside_many(tenant, "batchtagging", BEN, ANA, CAT)
    assert json.loads(answer) == {
        "errcode": 45171,
        "errmsg": "some openid fail",
        "fail_openid_list": [ANA],
    }
    assert [await tags_of(tenant, openid) for openid in (ANA, BEN, CAT)] == [[2], [134], [134]]


async def test_a_part_that_changes_nothing(new_world: World) -> None:
    """Whom it was done for already is no failure; in 2021 the text carries a rid, and the rid is known."""
    tenant = await new_world.tenant(followers=[ANA, BEN], tags=[{"id": 134, "name": "广东"}])
    answer, _ = await beside_many(tenant, "batchuntagging", ANA, BEN)
    told = json.loads(answer)
    assert (told["errcode"], told["fail_openid_list"]) == (45171, [ANA])
    rid = told["errmsg"].partition(" rid: ")[2]
    assert code(await tenant.post("openapi/rid/get", {"rid": rid})) == 0


async def test_an_endless_list_of_openids(world: World, tenant: Tenant) -> None:
    """More than a page of followers is told otherwise than a batch that is too long: 45019."""
    for count, refused in ((10_000, 40032), (10_001, 45019)):
        assert await give(tenant, 134, *[ANA] * count) == refused

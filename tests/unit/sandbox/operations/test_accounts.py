"""Accounts, their followers and their emptying, as the control port asks for them."""

import asyncio
import json
import threading
from typing import Any

import apsw
import msgspec
import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, STRANGER, Tenant, World, code

from fenzu.errors import StoreError, UsageError
from fenzu.sandbox.accounts import AccountSpec, is_openid
from fenzu.sandbox.control_errors import AccountExists, UnknownAccount
from fenzu.sandbox.run.made_up import DEMO, DEMO_APPID, DEMO_OPENIDS, DEMO_SECRET


async def test_the_account_of_the_seeds(world: World) -> None:
    """The demo has the seeds' groups, counts and openids; the next groups get 107 and 108."""
    account = await world.platform.create_account(DEMO)
    assert (account.appid, account.secret, account.followers) == (DEMO_APPID, DEMO_SECRET, 72_645)
    tenant = Tenant(world, account.appid, account.secret)
    await tenant.renew()
    assert (await tenant.get("groups/get")).decode() == (
        '{"groups":[{"id":0,"name":"未分组","count":72596},{"id":1,"name":"黑名单","count":36},'
        '{"id":2,"name":"星标组","count":8},{"id":104,"name":"华东媒","count":4},'
        '{"id":106,"name":"★不测试组★","count":1}]}'
    )
    assert [await tenant.group_of(openid) for openid in DEMO_OPENIDS] == [104, 0]
    for id_ in (107, 108):
        answer = await tenant.post("groups/create", {"group": {"name": "test"}})
        assert answer.decode() == f'{{"group":{{"id":{id_},"name":"test"}}}}'


async def test_two_demos_are_alike(world: World, new_world: World) -> None:
    """The same account in two sandboxes has the same followers in the same order."""
    pages = []
    for each in (world, new_world):
        account = await each.platform.create_account(DEMO)
        tenant = Tenant(each, account.appid, account.secret)
        await tenant.renew()
        pages.append(await tenant.get("user/get"))
    assert pages[0] == pages[1]


async def test_made_up_followers(world: World) -> None:
    """They look like one account's: 28 characters that begin alike; other accounts have others; more are new ones."""
    tenants = [await world.tenant(followers=50) for _ in range(2)]
    await world.platform.add_followers(tenants[0].appid, count=50)
    lists = [json.loads(await tenant.get("user/get"))["data"]["openid"] for tenant in tenants]
    assert [len(set(openids)) for openids in lists] == [100, 50]
    assert not set(lists[0]) & set(lists[1])
    assert [len({openid[:6] for openid in openids}) for openids in lists] == [1, 1]
    assert [await tenants[0].group_of(openid) for openid in lists[0]] == [0] * 100


async def test_what_is_left_out_is_made_up(world: World) -> None:
    """An account without anything said gets an appid, a secret and the reserved groups."""
    account = await world.platform.create_account(AccountSpec())
    assert account.appid.startswith("wx")
    assert len(account.appid) == 18
    assert len(account.secret) == 32
    assert (account.kind, account.state, account.whitelist) == ("ordinary", "active", [])
    assert (account.followers, account.groups) == (0, 3)
    assert account.secret not in repr(account)
    assert "s3cret" not in repr(AccountSpec(secret="s3cret"))


async def test_group_ids_of_a_new_account(world: World) -> None:
    """Ids that are not given come after the highest; the next one is above them all."""
    tenant = await world.tenant(groups=[{"name": "a"}, {"id": 150, "name": "b"}, {"name": "c"}])
    assert {id_: name for id_, (name, _) in (await tenant.groups()).items() if id_ >= 100} == {
        150: "b",
        151: "a",
        152: "c",
    }
    assert json.loads(await tenant.post("groups/create", {"group": {"name": "d"}}))["group"]["id"] == 153


BAD_SPECS: list[dict[str, Any]] = [
    {"appid": ""},
    {"appid": "a b"},
    {"secret": ""},
    {"secret": "a\x1b[31m"},
    {"secret": "a\nb"},
    {"followers": -1},
    {"followers": 10**9},
    {"followers": ["x"]},
    {"followers": [ANA, ANA]},
    {"followers": [ANA], "groups": [{"name": "a", "followers": [ANA]}]},
    {"groups": [{"id": 99, "name": "a"}]},
    {"groups": [{"id": 2**40, "name": "a"}]},
    {"groups": [{"id": 100, "name": "a"}, {"id": 100, "name": "b"}]},
    {"whitelist": ["localhost"]},
]


@pytest.mark.parametrize("spec", BAD_SPECS, ids=range(len(BAD_SPECS)))
async def test_accounts_that_cannot_be(world: World, spec: dict[str, Any]) -> None:
    """What contradicts itself is refused with words, and nothing is made."""
    with pytest.raises(UsageError) as caught:
        await world.platform.create_account(msgspec.convert(spec, AccountSpec))
    assert caught.value.say("zh") != caught.value.say("en")
    assert await world.platform.list_accounts() == []


async def test_an_appid_is_taken_once(world: World) -> None:
    """A second account with the same appid is refused, and the first stays as it is."""
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    with pytest.raises(AccountExists, match="wx1"):
        await world.platform.create_account(AccountSpec(appid="wx1"))
    assert await tenant.group_of(ANA) == 0
    results = await asyncio.gather(
        *(world.platform.create_account(AccountSpec(appid="wx2")) for _ in range(5)), return_exceptions=True
    )
    assert sorted(isinstance(result, AccountExists) for result in results) == [False] + [True] * 4


async def test_accounts_are_listed_in_order(world: World) -> None:
    """They come in the order in which they were made, each with what it holds."""
    for appid in ("wxb", "wxa", "wxc"):
        await world.tenant(appid=appid, followers=2)
    assert [account.appid for account in await world.platform.list_accounts()] == ["wxb", "wxa", "wxc"]
    assert (await world.platform.get_account("wxa")).followers == 2


async def test_an_unknown_appid(world: World) -> None:
    """Every operation on an account that is none says so."""
    platform = world.platform
    for operation in (
        platform.get_account("wx0"),
        platform.delete_account("wx0"),
        platform.reset("wx0"),
        platform.add_followers("wx0", count=1),
        platform.remove_followers("wx0", [ANA]),
    ):
        with pytest.raises(UnknownAccount, match="wx0"):
            await operation


async def test_two_accounts_never_meet(world: World) -> None:
    """One account's token shows and moves nothing of another's, whose openids and groups are unknown to it."""
    one = await world.tenant(followers=[ANA], groups=[{"id": 104, "name": "a", "followers": [BEN]}])
    two = await world.tenant(followers=[CAT], groups=[{"id": 105, "name": "b", "followers": [DAN]}])
    assert await two.group_of(ANA) == 40003
    assert code(await two.post("groups/members/update", {"openid": ANA, "to_groupid": 105})) == 40003
    assert code(await two.post("groups/members/update", {"openid": CAT, "to_groupid": 104})) == 40050
    assert code(await two.post("groups/update", {"group": {"id": 104, "name": "x"}})) == 40050
    assert code(await two.post("groups/delete", {"group": {"id": 104}})) == 40050
    assert code(await two.get("user/get", next_openid=ANA)) == 40003
    assert json.loads(await two.get("user/info", openid=BEN)) == {"subscribe": 0, "openid": BEN}
    assert (
        code(await world.send("POST", "stable_token", body={**one.credentials, "secret": two.secret}))
        == 40125
    )
    assert await one.groups() == {0: ("未分组", 1), 1: ("黑名单", 0), 2: ("星标组", 0), 104: ("a", 1)}
    assert 105 in await two.groups()


async def test_one_person_may_follow_two_accounts_by_one_openid(world: World) -> None:
    """Given the same openid by hand, two accounts keep two followers."""
    one, two = await world.tenant(followers=[ANA]), await world.tenant(followers=[ANA])
    await one.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    assert [await one.group_of(ANA), await two.group_of(ANA)] == [2, 0]


async def test_followers_come(world: World) -> None:
    """New ones stand at the end of the list, in the group that was said, and are counted."""
    tenant = await world.tenant(followers=[ANA], groups=[{"id": 104, "name": "a"}])
    assert await world.platform.add_followers(tenant.appid, openids=[CAT, BEN], group=104) == 2
    assert await world.platform.add_followers(tenant.appid, openids=[]) == 0
    assert json.loads(await tenant.get("user/get"))["data"]["openid"] == [ANA, CAT, BEN]
    assert await tenant.group_of(CAT) == 104
    assert (await tenant.groups())[104] == ("a", 2)


async def test_followers_that_cannot_come(world: World) -> None:
    """Who follows already, is no openid, or is sent to no group: all of them stay away."""
    tenant = await world.tenant(followers=[ANA])
    platform, appid = world.platform, tenant.appid
    with pytest.raises(UsageError, match="oana…____ follows already"):
        await platform.add_followers(appid, openids=[BEN, ANA])
    with pytest.raises(UsageError, match="no group 105"):
        await platform.add_followers(appid, openids=[BEN], group=105)
    for wrong in (
        {},
        {"count": 1, "openids": [BEN]},
        {"count": -1},
        {"openids": [BEN, BEN]},
        {"openids": ["x"]},
    ):
        with pytest.raises(UsageError):
            await platform.add_followers(appid, **wrong)
    assert json.loads(await tenant.get("user/get"))["total"] == 1
    assert await tenant.group_of(BEN) == 40003


@pytest.mark.parametrize("group", [-1, 10**20, -(10**20)])
async def test_a_group_that_no_store_can_hold(world: World, group: int) -> None:
    """Any number may stand for a group; where there is none, that is said."""
    tenant = await world.tenant()
    with pytest.raises(UsageError, match="no group"):
        await world.platform.add_followers(tenant.appid, count=1, group=group)


async def test_what_is_no_openid_follows_nobody(world: World) -> None:
    """Among those who are to unsubscribe anything may stand; it is passed over."""
    tenant = await world.tenant(followers=[ANA, BEN])
    assert await world.platform.remove_followers(tenant.appid, ["\0", "", "o", ANA, "粉丝"]) == 1


async def test_long_lists_are_judged_off_the_event_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a million openids are looked at, calls are answered: the writer's thread looks at them."""
    threads: set[threading.Thread] = set()

    def look(value: object) -> bool:
        threads.add(threading.current_thread())
        return is_openid(value)

    tenant = await world.tenant()
    for home in ("accounts", "store.load"):
        monkeypatch.setattr(f"fenzu.sandbox.{home}.is_openid", look)
    await world.platform.add_followers(tenant.appid, openids=[ANA, BEN])
    await world.platform.remove_followers(tenant.appid, [ANA])
    await world.platform.create_account(AccountSpec(followers=[ANA]))
    assert threads == {world.platform._writer._thread}


async def test_followers_go_and_return(world: World) -> None:
    """Who unsubscribes answers 40003 and is counted no more; coming back means group 0 and the end of the list."""
    tenant = await world.tenant(groups=[{"id": 104, "name": "a", "followers": [ANA, BEN]}])
    assert await world.platform.remove_followers(tenant.appid, [ANA, ANA, STRANGER]) == 1
    assert await tenant.group_of(ANA) == 40003
    assert json.loads(await tenant.get("user/info", openid=ANA)) == {"subscribe": 0, "openid": ANA}
    assert (await tenant.groups())[104] == ("a", 1)
    assert code(await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 104})) == 40003
    await world.platform.add_followers(tenant.appid, openids=[ANA])
    assert await tenant.group_of(ANA) == 0
    assert json.loads(await tenant.get("user/get"))["data"]["openid"] == [BEN, ANA]


async def test_emptying_one_account(world: World) -> None:
    """Followers and own groups are gone, the next id is 100, the token goes on; other accounts are not touched."""
    one = await world.tenant(followers=9, groups=[{"id": 104, "name": "a", "followers": [ANA]}])
    two = await world.tenant(followers=[BEN])
    await world.platform.reset(one.appid)
    assert await one.groups() == {0: ("未分组", 0), 1: ("黑名单", 0), 2: ("星标组", 0)}
    assert await one.group_of(ANA) == 40003
    assert await one.get("user/get") == b'{"total":0,"count":0,"next_openid":""}'
    assert json.loads(await one.post("groups/create", {"group": {"name": "x"}}))["group"]["id"] == 100
    assert await two.group_of(BEN) == 0


async def test_emptying_all_accounts(world: World) -> None:
    """Every account is empty, and can be filled anew with the same followers."""
    tenants = [await world.tenant(followers=3) for _ in range(3)]
    before = [await tenant.get("user/get") for tenant in tenants]
    await world.platform.reset_all()
    assert [account.followers for account in await world.platform.list_accounts()] == [0, 0, 0]
    for tenant in tenants:
        await world.platform.add_followers(tenant.appid, count=3)
    assert [await tenant.get("user/get") for tenant in tenants] == before


async def test_a_deleted_account_is_gone(world: World) -> None:
    """Its tokens are 40001, its appid 40013, and the appid may be used again for an account that starts empty."""
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    stable = (await tenant.stable())["access_token"]
    await world.platform.delete_account("wx1")
    assert await tenant.group_of(ANA) == 40001
    assert code(await world.send("GET", "groups/get", f"access_token={stable}")) == 40001
    assert code(await world.send("POST", "stable_token", body=tenant.credentials)) == 40013
    again = await world.tenant(appid="wx1")
    assert await again.group_of(ANA) == 40003
    assert [account.appid for account in await world.platform.list_accounts()] == ["wx1"]


async def test_an_account_that_is_deleted_and_made_again_at_once(world: World) -> None:
    """Of two deletions the second finds nothing, and the account made in between stays in reach."""
    await world.tenant(appid="wx1")
    deleted, made, again = await asyncio.gather(
        world.platform.delete_account("wx1"),
        world.platform.create_account(AccountSpec(appid="wx1", secret="new")),
        world.platform.delete_account("wx1"),
        return_exceptions=True,
    )
    assert deleted is None
    assert "wx1" in str(again)
    assert isinstance(again, UnknownAccount)
    assert await world.platform.get_account("wx1") == made


async def test_a_request_that_was_queued_behind_a_deletion(world: World) -> None:
    """It is answered as when the platform is busy, and touches no account made since."""
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    deleting = asyncio.ensure_future(world.platform.delete_account("wx1"))
    await asyncio.sleep(0)
    moving = tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1})
    answer, _ = await asyncio.gather(moving, deleting)
    assert answer in {
        b'{"errcode":-1,"errmsg":"system error"}',
        b'{"errcode":40001,"errmsg":"invalid credential"}',
    }
    again = await world.tenant(appid="wx2", followers=[ANA])
    assert await again.group_of(ANA) == 0


async def test_a_control_operation_whose_caller_left_is_still_entered(world: World) -> None:
    """An account that was made while its caller went away is there all the same."""
    making = asyncio.ensure_future(world.platform.create_account(AccountSpec(appid="wx1", secret="s")))
    await asyncio.sleep(0)
    making.cancel()
    await world.tenant()
    assert (await world.platform.get_account("wx1")).appid == "wx1"
    assert await Tenant(world, "wx1", "s").renew()


@pytest.mark.file_store
async def test_a_disk_that_fails_is_told_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control says what is wrong with the store, when it writes and when it reads."""
    tenant = await world.tenant()

    def fail(*_: object) -> None:
        raise apsw.exception_for(apsw.SQLITE_FULL)

    monkeypatch.setattr("fenzu.sandbox.store.load.add_followers", fail)
    with pytest.raises(StoreError, match="cannot use the store"):
        await world.platform.add_followers(tenant.appid, count=1)
    monkeypatch.setattr(world.platform._reader, "groups", fail)
    with pytest.raises(StoreError, match="cannot use the store"):
        await world.platform.list_accounts()


async def test_a_tag_may_come_with_nobody(world: World) -> None:
    """No openids at all are as good as none by number."""
    tenant = await world.tenant(tags=[{"name": "t", "followers": []}, {"name": "u", "followers": 0}])
    assert [tag["count"] for tag in json.loads(await tenant.get("tags/get"))["tags"]] == [0, 0, 0]


@pytest.mark.file_store
async def test_health(world: World) -> None:
    """A sandbox tells its rulebook, how many accounts it has, and that its store is temporary."""
    await world.tenant()
    health = world.platform.health()
    assert (health.ready, health.rules, health.accounts, health.store) == (True, "2013", 1, None)

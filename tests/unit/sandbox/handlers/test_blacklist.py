"""The blacklist calls: group 1 under another name."""

import json

import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, OK, STRANGER, Tenant, World, code

from fenzu.sandbox.store import sql

ADD, REMOVE = "tags/members/batchblacklist", "tags/members/batchunblacklist"


@pytest.fixture
async def tenant(world: World) -> Tenant:
    """Three followers in no group, DAN in 104."""
    groups = [{"id": 104, "name": "华东媒", "followers": [DAN]}]
    return await world.tenant(followers=[ANA, BEN, CAT], groups=groups)


async def blacklist(tenant: Tenant, begin: str = "") -> bytes:
    return await tenant.post("tags/members/getblacklist", {"begin_openid": begin})


async def test_the_blacklist_is_group_1(tenant: Tenant) -> None:
    """Whoever is put on it is in group 1, whoever is moved there is on it; listed in follow order."""
    assert await tenant.post(ADD, {"openid_list": [DAN, BEN, BEN]}) == OK
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1})
    assert (await tenant.groups())[1] == ("黑名单", 3)
    assert [await tenant.group_of(openid) for openid in (ANA, BEN, CAT, DAN)] == [1, 1, 0, 1]
    assert (await blacklist(tenant)).decode() == (
        f'{{"total":3,"count":3,"data":{{"openid":["{ANA}","{BEN}","{DAN}"]}},"next_openid":"{DAN}"}}'
    )
    assert json.loads(await blacklist(tenant, ANA))["data"]["openid"] == [BEN, DAN]
    assert await blacklist(tenant, DAN) == b'{"total":3,"count":0,"next_openid":""}'


async def test_whoever_is_let_off_goes_to_0(tenant: Tenant) -> None:
    """Those on the blacklist go to 0 and not to their old group; others stay where they are."""
    await tenant.post(ADD, {"openid_list": [ANA]})
    assert await tenant.post(REMOVE, {"openid_list": [ANA, DAN, CAT]}) == OK
    assert [await tenant.group_of(openid) for openid in (ANA, DAN, CAT)] == [0, 104, 0]
    assert await blacklist(tenant) == b'{"total":0,"count":0,"next_openid":""}'
    assert await tenant.post(REMOVE, {"openid_list": [ANA]}) == OK


async def test_who_is_barred_keeps_tags(world: World) -> None:
    """The blacklist is about groups: tags stay."""
    tenant = await world.tenant(tags=[{"id": 134, "name": "a", "followers": [ANA]}])
    await tenant.post(ADD, {"openid_list": [ANA]})
    assert await tenant.post("tags/getidlist", {"openid": ANA}) == b'{"tagid_list":[134]}'


@pytest.mark.parametrize("path", [ADD, REMOVE])
@pytest.mark.parametrize(
    ("openids", "refused"),
    [([], 40032), ([ANA] * 21, 40032), ("x", 40032), ([ANA, "x"], 40003), ([ANA, 5], 40003)],
)
async def test_what_is_refused(tenant: Tenant, path: str, openids: object, refused: int) -> None:
    """Twenty at most, and nobody is moved if one of them is no follower."""
    assert code(await tenant.post(path, {"openid_list": openids})) == refused
    assert await tenant.group_of(ANA) == 0


async def test_another_accounts_follower(world: World, tenant: Tenant) -> None:
    """49003 for one who follows another account of the sandbox, 40003 for one whom nobody knows."""
    assert code(await tenant.post(ADD, {"openid_list": [ANA, STRANGER]})) == 40003
    assert code(await blacklist(tenant, STRANGER)) == 40003
    await world.tenant(followers=[STRANGER])
    assert code(await tenant.post(ADD, {"openid_list": [ANA, STRANGER]})) == 49003
    assert code(await tenant.post(REMOVE, {"openid_list": [STRANGER]})) == 49003
    assert code(await blacklist(tenant, STRANGER)) == 49003
    assert await tenant.group_of(ANA) == 0


async def test_pages_of_ten_thousand(world: World) -> None:
    """The blacklist of a big account comes in pages."""
    tenant = await world.tenant(followers=50, groups=[{"id": 1, "name": "黑名单", "followers": 10_001}])
    first = json.loads(await blacklist(tenant))
    assert [first["total"], first["count"]] == [10_001, 10_000]
    assert json.loads(await blacklist(tenant, first["next_openid"]))["count"] == 1


@pytest.mark.file_store
def test_the_blacklist_has_an_index(world: World) -> None:
    """It is found without looking at everybody."""
    execute = world.platform._store.reader.execute
    plan = str(list(execute("EXPLAIN QUERY PLAN " + sql.BLACKLIST_PAGE, (1, 0, 10))))
    assert "USING COVERING INDEX blacklisted" in plan or "USING INDEX blacklisted" in plan
    assert "SCAN m" not in plan
    assert "TEMP B-TREE" not in plan

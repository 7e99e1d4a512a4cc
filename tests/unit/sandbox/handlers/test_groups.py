"""The seven group calls: what they do, and what each wrong input gets under both rulebooks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, OK, STRANGER, Tenant, World, code


@pytest.fixture
async def tenant(world: World) -> Tenant:
    """An account with four followers, one of them in 104, under rulebook 2013."""
    return await world.tenant(
        followers=[ANA, BEN, CAT], groups=[{"id": 104, "name": "华东媒", "followers": [DAN]}]
    )


@pytest.fixture(params=["2013", "2021"])
async def either(request: Any, new_store: Callable[[], str | None]) -> AsyncIterator[Tenant]:
    """The same account under each rulebook."""
    world = World(request.param, new_store())
    yield await world.tenant(
        followers=[ANA, BEN, CAT], groups=[{"id": 104, "name": "华东媒", "followers": [DAN]}]
    )
    world.platform.close()


def rules_of(tenant: Tenant) -> str:
    return tenant.world.platform.rules


async def test_ids_rise_and_are_never_used_twice(tenant: Tenant) -> None:
    """A new group gets the id after the highest ever given, also when that group is gone."""
    assert await tenant.post("groups/create", {"group": {"name": "a"}}) == b'{"group":{"id":105,"name":"a"}}'
    assert await tenant.post("groups/delete", {"group": {"id": 105}}) == OK
    assert await tenant.post("groups/create", {"group": {"name": "a"}}) == b'{"group":{"id":106,"name":"a"}}'


async def test_the_first_custom_id_is_100(world: World) -> None:
    """An account without groups of its own begins at 100."""
    tenant = await world.tenant()
    assert json.loads(await tenant.post("groups/create", {"group": {"name": "a"}}))["group"]["id"] == 100


async def test_names_may_repeat(tenant: Tenant) -> None:
    """Two groups of one name are two groups."""
    first, second = [await tenant.post("groups/create", {"group": {"name": "同名"}}) for _ in range(2)]
    assert first != second
    assert sum(name == "同名" for name, _ in (await tenant.groups()).values()) == 2


async def test_a_move_shows_everywhere_once_it_is_answered(tenant: Tenant) -> None:
    """Whoever was told ok finds the follower in the new group and both counts changed."""
    before = await tenant.groups()
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 104}) == OK
    assert await tenant.group_of(ANA) == 104
    after = await tenant.groups()
    assert (after[0][1], after[104][1]) == (before[0][1] - 1, before[104][1] + 1)
    assert json.loads(await tenant.get("user/info", openid=ANA))["groupid"] == 104


async def test_a_move_to_where_one_is_already_changes_nothing(tenant: Tenant) -> None:
    """Repeating a move is ok and leaves the counts as they are."""
    for _ in range(2):
        assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}) == OK
    assert {id_: count for id_, (_, count) in (await tenant.groups()).items()} == {0: 2, 1: 0, 2: 1, 104: 1}


async def test_members_of_a_deleted_group_are_in_0(tenant: Tenant) -> None:
    """Deleting a group brings its members to 0, in getid, in profiles and in the count."""
    assert await tenant.post("groups/delete", {"group": {"id": 104}}) == OK
    assert await tenant.group_of(DAN) == 0
    assert json.loads(await tenant.get("user/info", openid=DAN))["groupid"] == 0
    assert {id_: count for id_, (_, count) in (await tenant.groups()).items()} == {0: 4, 1: 0, 2: 0}
    assert await tenant.post("groups/members/update", {"openid": DAN, "to_groupid": 2}) == OK
    assert (await tenant.groups())[0][1] == 3


async def test_a_repeated_openid_counts_once(tenant: Tenant) -> None:
    """A batch that names somebody twice moves and counts that follower once."""
    body = {"openid_list": [ANA, BEN, ANA], "to_groupid": 104}
    assert await tenant.post("groups/members/batchupdate", body) == OK
    assert (await tenant.groups())[104][1] == 3


@pytest.mark.parametrize("bad", [STRANGER, "o-not-an-openid", 5, None, [ANA]])
async def test_one_bad_openid_stops_the_batch(either: Tenant, bad: object) -> None:
    """40003 for one of them moves nobody, under both rulebooks."""
    body = {"openid_list": [ANA, bad, BEN], "to_groupid": 104}
    assert code(await either.post("groups/members/batchupdate", body)) == 40003
    assert [await either.group_of(openid) for openid in (ANA, BEN)] == [0, 0]


async def test_groups_get_lists_what_the_rulebook_lists(either: Tenant) -> None:
    """2013 lists 0, 1, 2 and custom; 2021 lists 2 and custom."""
    assert list(await either.groups()) == ([0, 1, 2, 104] if rules_of(either) == "2013" else [2, 104])


@pytest.mark.parametrize("id_", [0, 1, 2])
async def test_moving_to_reserved_groups_is_allowed(either: Tenant, id_: int) -> None:
    """0, 1 and 2 take followers under both rulebooks."""
    assert await either.post("groups/members/update", {"openid": DAN, "to_groupid": id_}) == OK
    assert await either.group_of(DAN) == id_


@pytest.mark.parametrize("id_", [0, 1, 2])
async def test_reserved_groups_are_not_renamed(either: Tenant, id_: int) -> None:
    """45016 in 2013, -1 in 2021."""
    answer = await either.post("groups/update", {"group": {"id": id_, "name": "x"}})
    assert code(answer) == (45016 if rules_of(either) == "2013" else -1)


@pytest.mark.parametrize("id_", [0, 1, 2])
async def test_reserved_groups_are_not_deleted(either: Tenant, id_: int) -> None:
    """45016 in 2013; in 2021 ok, and nothing happens."""
    before = await either.groups()
    assert code(await either.post("groups/delete", {"group": {"id": id_}})) == (
        45016 if rules_of(either) == "2013" else 0
    )
    assert await either.groups() == before


UNKNOWN = [99, 105, -1, 10**30, "0x69", "1e2", "", " 104", None, True, 104.5, [104], {}]


@pytest.mark.parametrize("id_", UNKNOWN, ids=repr)
async def test_unknown_groups(either: Tenant, id_: object) -> None:
    """A group that is none, or no number at all: 40050 in 2013; -1 in 2021, 40152 at delete."""
    is_old = rules_of(either) == "2013"
    refused = 40050 if is_old else -1
    assert code(await either.post("groups/update", {"group": {"id": id_, "name": "x"}})) == refused
    assert code(await either.post("groups/members/update", {"openid": ANA, "to_groupid": id_})) == refused
    body = {"openid_list": [ANA], "to_groupid": id_}
    assert code(await either.post("groups/members/batchupdate", body)) == refused
    assert code(await either.post("groups/delete", {"group": {"id": id_}})) == (40050 if is_old else 40152)


@pytest.mark.parametrize("body", [{}, {"group": None}, {"group": []}, {"group": "104"}, {"group": {}}])
async def test_a_group_that_is_left_out(tenant: Tenant, body: object) -> None:
    """Without a group object a name is missing where one is needed, and an id at delete."""
    assert code(await tenant.post("groups/create", body)) == 40051
    assert code(await tenant.post("groups/update", body)) == 40051
    assert code(await tenant.post("groups/delete", body)) == 40050


@pytest.mark.parametrize("id_", ["104", "00104", 104.0])
async def test_ids_may_come_as_strings(tenant: Tenant, id_: object) -> None:
    """SDKs in daily use send "104": it is taken, and answered as a number."""
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": id_}) == OK
    assert await tenant.post("groups/getid", {"openid": ANA}) == b'{"groupid":104}'
    assert await tenant.post("groups/update", {"group": {"id": id_, "name": "x"}}) == OK
    assert await tenant.post("groups/delete", {"group": {"id": id_}}) == OK


@pytest.mark.parametrize("name", ["", None, 5, ["x"], True, "x" * 31, "组" * 31])
async def test_names_that_are_refused(either: Tenant, name: object) -> None:
    """An empty name, one that is no text, one that is too long: 40051 at create and rename."""
    assert code(await either.post("groups/create", {"group": {"name": name}})) == 40051
    assert code(await either.post("groups/update", {"group": {"id": 104, "name": name}})) == 40051


async def test_how_long_a_name_is(either: Tenant) -> None:
    """30 characters in 2013, whatever they weigh; 30 bytes of UTF-8 in 2021."""
    answer = await either.post("groups/create", {"group": {"name": "组" * 11}})
    assert code(answer) == (0 if rules_of(either) == "2013" else 40051)
    assert code(await either.post("groups/create", {"group": {"name": "组" * 10}})) == 0
    assert code(await either.post("groups/create", {"group": {"name": "x" * 30}})) == 0
    answer = await either.post("groups/create", {"group": {"name": "😀" * 30}})
    assert code(answer) == (0 if rules_of(either) == "2013" else 40051)


@pytest.mark.parametrize("name", ["★不测试组★", 'a/b"c\\d', "\x01\x7f", "😀", "</script>", " ", "\u2028"])
async def test_names_come_back_as_they_were_sent(either: Tenant, name: str) -> None:
    """Whatever a name holds, groups/get tells the same text, in raw UTF-8 and not as escapes."""
    answer = await either.post("groups/create", {"group": {"name": name}})
    id_ = json.loads(answer)["group"]["id"]
    assert (await either.groups())[id_][0] == name
    if not name.isascii():
        assert name.encode() in await either.get("groups/get")


async def test_a_full_account(either: Tenant) -> None:
    """500 custom groups in 2013, 100 in 2021; then 45018, whose text has no suffix in 2013. One less makes room."""
    most = 500 if rules_of(either) == "2013" else 100
    for _ in range(most - 1):
        assert code(await either.post("groups/create", {"group": {"name": "a"}})) == 0
    answer = await either.post("groups/create", {"group": {"name": "a"}})
    assert code(answer) == 45018
    if rules_of(either) == "2013":
        assert answer == b'{"errcode":45018,"errmsg":"too many group now, no need to add new"}'
    assert code(await either.post("groups/create", {"group": {"name": ""}})) == 40051
    await either.post("groups/delete", {"group": {"id": 104}})
    assert code(await either.post("groups/create", {"group": {"name": "a"}})) == 0


@pytest.mark.parametrize(
    "openid", [None, "", 5, STRANGER, ANA[:-1], ANA + "x", "O" + ANA[1:], ANA + "\n", "oééé"]
)
async def test_openids_that_are_refused(tenant: Tenant, openid: object) -> None:
    """Missing, no text, malformed or unknown: 40003, at every call that takes one."""
    assert code(await tenant.post("groups/getid", {"openid": openid})) == 40003
    assert code(await tenant.post("groups/members/update", {"openid": openid, "to_groupid": 104})) == 40003
    body = {"openid_list": [openid], "to_groupid": 104}
    assert code(await tenant.post("groups/members/batchupdate", body)) == 40003


@pytest.mark.parametrize("openids", [None, [], ANA, {}, 5, [ANA] * 51, ["bad"] * 51])
async def test_batches_of_a_wrong_size(either: Tenant, openids: object) -> None:
    """No list, an empty one, or more than 50: 40032, before any openid is looked at."""
    body = {"openid_list": openids, "to_groupid": 999}
    assert code(await either.post("groups/members/batchupdate", body)) == 40032


async def test_openid_is_judged_before_the_group(either: Tenant) -> None:
    """A bad openid and an unknown group at once answer 40003."""
    for to in (999, None):
        body: dict[str, object] = {"openid": STRANGER, "to_groupid": to}
        assert code(await either.post("groups/members/update", body)) == 40003
        body = {"openid_list": [ANA, STRANGER], "to_groupid": to}
        assert code(await either.post("groups/members/batchupdate", body)) == 40003


async def test_a_name_is_judged_before_the_id(either: Tenant) -> None:
    """A bad name and an unknown or reserved group at once answer 40051."""
    for id_ in (999, 0, None):
        assert code(await either.post("groups/update", {"group": {"id": id_, "name": ""}})) == 40051


@pytest.mark.file_store
async def test_requests_decided_together_see_each_other(tenant: Tenant) -> None:
    """What queues up in one commit is decided in its order: create, move there, delete, and home again."""
    pending = [
        tenant.post("groups/create", {"group": {"name": "new"}}),
        tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 105}),
        tenant.post("groups/members/batchupdate", {"openid_list": [ANA, BEN], "to_groupid": 104}),
        tenant.post("groups/update", {"group": {"id": 105, "name": "newer"}}),
        tenant.post("groups/delete", {"group": {"id": 104}}),
        tenant.post("groups/members/update", {"openid": BEN, "to_groupid": 105}),
        tenant.post("groups/members/update", {"openid": BEN, "to_groupid": 104}),
    ]
    awaitables = [tenant.world.ask("POST", "groups/getid", f"access_token={tenant.token}", {"openid": ANA})]
    assert awaitables == [b'{"groupid":0}']  # a read does not wait for what is queued
    answers = await asyncio.gather(*pending)
    assert [code(answer) for answer in answers] == [0, 0, 0, 0, 0, 0, 40050]
    assert await tenant.groups() == {
        0: ("未分组", 3),
        1: ("黑名单", 0),
        2: ("星标组", 0),
        105: ("newer", 1),
    }
    assert [await tenant.group_of(openid) for openid in (ANA, BEN, CAT, DAN)] == [0, 105, 0, 0]

"""The seven group calls: what each sends, what it makes of the answers, and what it does after a lost one."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.client.scripted import BUSY, OK, Driver, Platform, account_of, coded, lost, play

from fenzu.client import groups
from fenzu.client._account import Account
from fenzu.client._flow import Flow
from fenzu.client._lost import newest_empty
from fenzu.client._retry import TRIES
from fenzu.errors import (
    DailyQuotaExceeded,
    InvalidOpenid,
    ReservedGroup,
    SystemBusy,
    TooManyGroups,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.model import Group, GroupID

OPENID = "oDF3iYx0ro3_7jD4HFRDfrjdCM58"
LIST = (
    '{"groups":[{"id":0,"name":"未分组","count":72596},{"id":2,"name":"星标组","count":0},'
    '{"id":104,"name":"华东媒","count":4},{"id":107,"name":"test","count":0}]}'
)
MADE = '{"group":{"id":107,"name":"test"}}'


def create(account: Account) -> Flow[Group]:
    return groups.create(account, "test")


def rename(account: Account) -> Flow[None]:
    return groups.rename(account, 108, "test2_modify2")


def move(account: Account) -> Flow[None]:
    return groups.move(account, OPENID, 108)


def delete(account: Account) -> Flow[None]:
    return groups.delete(account, 108)


CHANGES = pytest.mark.parametrize("change", [rename, move, delete])


def run(flow_of: Callable[[Account], Flow[Any]], *script: Any) -> list[str]:
    """Return the calls that were made, after a success."""
    return play(flow_of, *script)[1].platform.calls


def fail(
    flow_of: Callable[[Account], Flow[Any]], error: type[Exception], *script: Any
) -> tuple[Any, list[str]]:
    """Return the error, and the calls that were made."""
    driver = Driver(Platform(*script))
    with pytest.raises(error) as failed:
        driver.run(flow_of(account_of(driver.clock)))
    return failed.value, driver.platform.calls


def test_create_returns_the_new_group() -> None:
    """The group comes back with its number; nobody has counted its members, so `count` is None."""
    made, driver = play(create, MADE)
    assert made == Group(GroupID(107), "test", None)
    assert driver.platform.sent[0].body == b'{"group":{"name":"test"}}'


@pytest.mark.parametrize("trouble", [lost(), BUSY, b""])
def test_create_looks_before_it_asks_again_and_finds(trouble: Any) -> None:
    """After a lost answer the groups are read; the group that is there already is the answer, and no second is made."""
    made, driver = play(create, trouble, LIST)
    assert made == Group(GroupID(107), "test", None)
    assert driver.platform.calls == ["groups/create", "groups/get"]


def test_create_looks_before_it_asks_again_and_finds_nothing() -> None:
    """Where the lost create has made nothing, it is sent again; and so on, five times at most."""
    empty = '{"groups":[]}'
    made, driver = play(create, lost(), empty, BUSY, empty, MADE)
    assert made.id == 107
    assert driver.platform.calls == [
        "groups/create",
        "groups/get",
        "groups/create",
        "groups/get",
        "groups/create",
    ]
    error, calls = fail(create, TransportError, *[lost("no"), empty] * 4, lost("the last"))
    assert "the last" in str(error)
    assert calls == ["groups/create", "groups/get"] * 4 + ["groups/create"]


def test_create_that_cannot_look_does_not_ask_again() -> None:
    """Where the groups cannot be read, the lost answer is raised: the group may be there, another would be a double."""
    error, calls = fail(create, TransportError, lost("the create"), coded(45009))
    assert "the create" in str(error)
    assert error.__context__ is None
    assert calls == ["groups/create", "groups/get"]
    error, calls = fail(create, SystemBusy, BUSY, lost("the look"))
    assert error.endpoint == "groups.create"
    assert calls == ["groups/create"] + ["groups/get"] * TRIES


def test_create_takes_the_newest_empty_group_of_that_name() -> None:
    """Names may repeat: of several, the lost create made the newest, and one with members is older than that."""
    found = [
        Group(GroupID(105), "test", 0),
        Group(GroupID(107), "test", 0),
        Group(GroupID(109), "test", 3),
        Group(GroupID(108), "other", 0),
        Group(GroupID(106), "test", None),
    ]
    assert newest_empty(found, "test") == found[1]
    assert newest_empty(found, "none") is None
    assert newest_empty([Group(GroupID(2), "星标组", 0)], "星标组") is None


def test_create_is_refused_for_good() -> None:
    """A full account is told at once; nothing is looked for."""
    _, calls = fail(create, TooManyGroups, coded(45018, "too many group now, no need to add new"))
    assert calls == ["groups/create"]


def test_create_checks_the_name() -> None:
    """An empty name costs no call."""
    assert fail(lambda account: groups.create(account, ""), UsageError)[1] == []


def test_list_returns_groups_in_the_platforms_order() -> None:
    """The groups come as the platform orders them, with their counts."""
    found, driver = play(groups.list, LIST)
    assert [(group.id, group.name, group.count) for group in found][2:] == [
        (104, "华东媒", 4),
        (107, "test", 0),
    ]
    assert (driver.platform.sent[0].method, driver.platform.sent[0].body) == ("GET", None)


def test_of_returns_the_number() -> None:
    """The follower's group is told by its number; somebody who does not follow is an error."""
    number, driver = play(lambda account: groups.of(account, OPENID), '{"groupid":102}')
    assert number == 102
    assert driver.platform.sent[0].json == {"openid": OPENID}
    fail(lambda account: groups.of(account, OPENID), InvalidOpenid, coded(40003))
    assert fail(lambda account: groups.of(account, "no openid"), UsageError)[1] == []


def test_changes_send_what_the_documents_say() -> None:
    """Group and openid go out under the platform's names, the group as a number."""
    sent = [play(change, OK)[1].platform.sent[0] for change in (rename, move, delete)]
    assert [each.body for each in sent] == [
        b'{"group":{"id":108,"name":"test2_modify2"}}',
        f'{{"openid":"{OPENID}","to_groupid":108}}'.encode(),
        b'{"group":{"id":108}}',
    ]


def test_changes_check_before_they_send() -> None:
    """An id that is no id, an openid that is none and an empty name cost no call."""
    flows: list[Callable[[Account], Flow[Any]]] = [
        lambda account: groups.rename(account, -1, "x"),
        lambda account: groups.rename(account, 108, ""),
        lambda account: groups.move(account, "no openid", 108),
        lambda account: groups.move(account, OPENID, True),
        lambda account: groups.delete(account, 2**63),
        lambda account: groups.move_many(account, [OPENID], -1),
        lambda account: groups.move_many(account, OPENID, 108),
    ]
    for flow in flows:
        assert fail(flow, UsageError)[1] == []


@CHANGES
def test_an_unknown_group_is_told_at_once(change: Any) -> None:
    """In rulebook 2013 an unknown group has its own code, and nothing is tried again."""
    for code in (40050, 40152):
        error, calls = fail(change, UnknownGroup, coded(code))
        assert (error.code, len(calls)) == (code, 1)


@CHANGES
def test_an_unknown_group_that_is_called_busy(change: Any) -> None:
    """In rulebook 2021 an unknown group is answered -1; one look before the last try tells it."""
    error, calls = fail(change, UnknownGroup, BUSY, BUSY, BUSY, BUSY, LIST)
    assert error.code == -1
    assert len(calls) == TRIES
    assert calls[-1] == "groups/get"


@CHANGES
def test_a_platform_that_is_really_busy(change: Any) -> None:
    """Where the group is there, the last try is made, and decides."""
    with_it = LIST.replace("107", "108")
    assert run(change, BUSY, BUSY, BUSY, BUSY, with_it, OK)[-2] == "groups/get"
    _, calls = fail(change, SystemBusy, BUSY, BUSY, BUSY, BUSY, with_it, BUSY)
    assert calls.count("groups/get") == 1
    assert len(calls) == TRIES + 1


@CHANGES
@pytest.mark.parametrize("trouble", [BUSY, lost(), coded(45009), coded(45011)])
def test_groups_that_cannot_be_read_do_not_hide_the_answer(change: Any, trouble: Any) -> None:
    """The look is one call; where it fails, the last try is made all the same."""
    assert run(change, BUSY, BUSY, BUSY, BUSY, trouble, OK)[-2:] != ["groups/get", "groups/get"]
    _, calls = fail(change, SystemBusy, BUSY, BUSY, BUSY, BUSY, trouble, BUSY)
    assert calls.count("groups/get") == 1


@CHANGES
def test_a_dead_line_is_not_looked_down(change: Any) -> None:
    """Lost answers say nothing about the group: five tries of the call, and no other."""
    _, calls = fail(change, TransportError, lost())
    assert len(calls) == TRIES
    assert "groups/get" not in calls


def test_a_reserved_group_that_is_called_busy() -> None:
    """In rulebook 2021 renaming 0, 1 or 2 is answered -1; which is known without a look."""
    error, calls = fail(lambda account: groups.rename(account, 1, "x"), ReservedGroup, BUSY)
    assert error.code == -1
    assert calls == ["groups/update"] * 4


def test_moving_to_a_reserved_group_is_allowed() -> None:
    """Rulebook 2021 does not list 0 and 1, so that -1 for a move there is what it says."""
    calls = run(lambda account: groups.move(account, OPENID, 0), BUSY, BUSY, BUSY, BUSY, OK)
    assert calls == ["groups/members/update"] * 5


@pytest.mark.parametrize("code", [40050, 40152])
def test_a_delete_whose_answer_was_lost_is_done(code: int) -> None:
    """Where the repeated delete finds no group, the first one has done it."""
    assert run(delete, lost(), coded(code)) == ["groups/delete"] * 2
    assert run(delete, b"") == ["groups/delete"]
    assert run(delete, lost(), BUSY, coded(code)) == ["groups/delete"] * 3
    assert run(delete, lost(), BUSY, BUSY, BUSY, LIST)[-1] == "groups/get"


def test_a_delete_that_was_answered_busy_is_not_called_done() -> None:
    """A platform that was busy has told that it did not do it: an unknown group is an error then."""
    error, _ = fail(delete, UnknownGroup, BUSY, coded(40152))
    assert error.code == 40152


def test_a_delete_of_a_reserved_group() -> None:
    """What the platform says of deleting 0, 1 and 2 differs between the rulebooks, and is passed on."""
    fail(lambda account: groups.delete(account, 1), ReservedGroup, coded(45016))
    assert run(lambda account: groups.delete(account, 1), OK) == ["groups/delete"]


def test_the_days_quota_ends_a_change() -> None:
    """45009 is raised at once, whatever the call."""
    for change in (create, rename, move, delete):
        assert len(fail(change, DailyQuotaExceeded, coded(45009))[1]) == 1

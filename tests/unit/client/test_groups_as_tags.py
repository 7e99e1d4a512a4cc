"""Groups carried out on tags: the same surface, one tag a follower, nobody without one because a run broke off."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.client.scripted import OK, Answer, Driver, Platform, Sent, account_of, coded, play

from fenzu.client import groups_as_tags as groups
from fenzu.client._account import Account
from fenzu.client._flow import Flow
from fenzu.client._move_many import MoveResult
from fenzu.errors import (
    DailyQuotaExceeded,
    FollowerHasTooManyTags,
    InvalidGroupName,
    InvalidOpenid,
    NotAFollower,
    ReservedGroup,
    TagTooBig,
    TooManyGroups,
    UnknownGroup,
    UsageError,
)
from fenzu.model import Group, GroupID

VIP, SILVER, STARRED = 134, 135, 2


def openids(many: int) -> list[str]:
    return [f"o{number:027}" for number in range(many)]


class Tagged:
    """A platform with tags 2, 134 and 135; `carried` tells who follows and what they carry."""

    def __init__(self, carried: dict[str, list[int]], calls: int | None = None) -> None:
        self.carried = {openid: [*own] for openid, own in carried.items()}
        self.calls_left = calls
        self.malformed: set[str] = set()
        self.refuses: dict[str, int] = {}

    def __call__(self, sent: Sent) -> Answer:
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left < 0:
                return coded(45009)
        answers: dict[str, Callable[[Any], Answer]] = {
            "tags/getidlist": self.of,
            "user/info/batchget": self.profiles,
            "tags/members/batchtagging": lambda given: self.change(given, [given["tagid"]]),
            "tags/members/batchuntagging": lambda given: self.change(given, []),
        }
        return answers[sent.call](sent.json)

    def of(self, given: Any) -> Answer:
        openid = given["openid"]
        return {"tagid_list": self.carried[openid]} if openid in self.carried else coded(40003)

    def profiles(self, given: Any) -> Answer:
        asked = [each["openid"] for each in given["user_list"]]
        if self.malformed.intersection(asked):
            return coded(40003)
        return {"user_info_list": [self.profile(openid) for openid in asked]}

    def profile(self, openid: str) -> dict[str, Any]:
        if openid not in self.carried:
            return {"subscribe": 0, "openid": openid}
        return {"subscribe": 1, "openid": openid, "tagid_list": self.carried[openid]}

    def change(self, given: Any, more: list[int]) -> Answer:
        if self.refuses.keys() & set(given["openid_list"]):
            return coded(
                next(self.refuses[openid] for openid in given["openid_list"] if openid in self.refuses)
            )
        if given["tagid"] not in (VIP, SILVER, STARRED):
            return coded(45159)
        for openid in given["openid_list"]:
            self.carried[openid] = [tag for tag in self.carried[openid] if tag != given["tagid"]] + more
        return OK


def run(platform: Tagged, flow_of: Callable[[Account], Flow[Any]], **options: Any) -> tuple[Any, list[str]]:
    """Return what the flow returned and the calls that it made."""
    value, driver = play(flow_of, platform, **options)
    return value, driver.platform.calls


def test_a_tag_is_a_group() -> None:
    """What is created and listed are groups, with the tags' ids, names and counts."""
    made, _ = play(lambda account: groups.create(account, "VIP"), '{"tag":{"id":134,"name":"VIP"}}')
    assert made == Group(GroupID(VIP), "VIP")
    found, _ = play(groups.list, '{"tags":[{"id":2,"name":"星标组","count":3}]}')
    assert found == [Group(GroupID(STARRED), "星标组", 3)]
    for flow_of, call in (
        (lambda account: groups.rename(account, made, "钻石"), "tags/update"),
        (lambda account: groups.delete(account, VIP), "tags/delete"),
    ):
        assert play(flow_of, OK)[1].platform.calls == [call]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (45157, InvalidGroupName),
        (45158, InvalidGroupName),
        (45056, TooManyGroups),
        (45009, DailyQuotaExceeded),
    ],
)
def test_errors_of_create(code: int, kind: type[Exception]) -> None:
    """What the tag calls refuse is raised as callers of the group calls know it, with the platform's code."""
    with pytest.raises(kind, match=str(code)):
        play(lambda account: groups.create(account, "VIP"), coded(code))


@pytest.mark.parametrize(
    ("code", "kind"), [(45159, UnknownGroup), (45058, ReservedGroup), (45057, TagTooBig)]
)
def test_errors_of_rename_and_delete(code: int, kind: type[Exception]) -> None:
    """An unknown or reserved tag is an unknown or reserved group; one that is too big is told as it is."""
    with pytest.raises(kind):
        play(lambda account: groups.rename(account, VIP, "x"), coded(code))
    with pytest.raises(kind):
        play(lambda account: groups.delete(account, VIP), coded(code))


@pytest.mark.parametrize(("carried", "group"), [([], 0), ([VIP], VIP), ([SILVER, VIP], SILVER)])
def test_of(carried: list[int], group: int) -> None:
    """Who carries no tag is in group 0; of several tags the first is the group."""
    assert run(Tagged({"o1": carried}), lambda account: groups.of(account, "o1"))[0] == group


@pytest.mark.parametrize(
    ("carried", "to", "calls"),
    [
        ([], VIP, ["batchtagging"]),
        ([VIP], VIP, []),
        ([SILVER], VIP, ["batchtagging", "batchuntagging"]),
        ([STARRED, SILVER, VIP], VIP, ["batchuntagging", "batchuntagging"]),
        ([SILVER, VIP], 0, ["batchuntagging", "batchuntagging"]),
        ([VIP], STARRED, ["batchtagging", "batchuntagging"]),
    ],
)
def test_move(carried: list[int], to: int, calls: list[str]) -> None:
    """A moved follower carries the one tag and no other; the new one comes first; nothing needless is called."""
    platform = Tagged({"o1": carried, "o2": [SILVER]})
    _, made = run(platform, lambda account: groups.move(account, "o1", to))
    assert platform.carried == {"o1": [to] if to else [], "o2": [SILVER]}
    assert made == ["tags/getidlist", *(f"tags/members/{call}" for call in calls)]


def test_a_move_that_is_refused() -> None:
    """Who does not follow, and a group that is not there, are told; nobody loses a tag for it."""
    platform = Tagged({"o1": [SILVER]})
    with pytest.raises(InvalidOpenid):
        run(platform, lambda account: groups.move(account, "o2", VIP))
    with pytest.raises(UnknownGroup):
        run(platform, lambda account: groups.move(account, "o1", 999))
    platform.refuses = {"o1": 45059}
    with pytest.raises(FollowerHasTooManyTags):
        run(platform, lambda account: groups.move(account, "o1", VIP))
    assert platform.carried == {"o1": [SILVER]}


def test_the_blacklist_is_no_tag() -> None:
    """Moving into group 1 is refused before anything is sent, with the call to use instead."""
    driver = Driver(Platform())
    for flow in (
        groups.move(account_of(driver.clock), "o1", 1),
        groups.move_many(account_of(driver.clock), ["o1"], 1),
    ):
        with pytest.raises(UsageError, match=r"account\.blacklist\.add"):
            driver.run(flow)
    assert driver.platform.sent == []


def test_move_many() -> None:
    """Many are read a hundred a call and tagged fifty a call; the old tags are taken off, each from its own."""
    everybody = openids(120)
    carried: dict[str, list[int]] = {
        openid: [[], [SILVER], [VIP]][place % 3] for place, openid in enumerate(everybody)
    }
    platform = Tagged(carried)
    result, calls = run(platform, lambda account: groups.move_many(account, everybody, VIP))
    assert set(result.moved) == set(everybody)
    assert (result.failed, result.not_tried, result.stopped_by) == ({}, [], None)
    assert set(map(tuple, platform.carried.values())) == {(VIP,)}
    assert [call.rpartition("/")[2] for call in calls] == [
        *("batchget", "batchtagging", "batchtagging", "batchuntagging"),
        *("batchget", "batchtagging", "batchuntagging"),
    ]


def test_who_cannot_be_moved_spoils_nobody() -> None:
    """Malformed openids, those whom the platform does not know and those whom it refuses fail alone."""
    everybody = openids(20)
    platform = Tagged({openid: [SILVER] for openid in everybody[:18]})
    platform.malformed = {everybody[19]}
    platform.refuses = {everybody[3]: 43004}
    result, _ = run(
        platform, lambda account: groups.move_many(account, [*everybody, "bad one"], VIP), language="zh"
    )
    assert {openid: type(error) for openid, error in result.failed.items()} == {
        "bad one": UsageError,
        everybody[3]: NotAFollower,
        everybody[18]: InvalidOpenid,
        everybody[19]: InvalidOpenid,
    }
    assert len(result.moved) == 17
    assert all("下一步" in str(error) for error in result.failed.values())


def test_an_unknown_group_ends_a_run() -> None:
    """A group that is not there stops the run as such, before anybody lost a tag."""
    platform = Tagged({openid: [SILVER] for openid in openids(120)})
    result, _ = run(platform, lambda account: groups.move_many(account, openids(120), 999))
    assert isinstance(result.stopped_by, UnknownGroup)
    assert (len(result.moved), len(result.failed), len(result.not_tried)) == (0, 50, 70)
    assert set(result.failed.values()) == {result.stopped_by}
    assert set(map(tuple, platform.carried.values())) == {(SILVER,)}


@given(st.data())
def test_the_parts_make_the_whole(data: st.DataObject) -> None:
    """Whatever they carry, whoever is bad and wherever the quota ends: each stands once, moved are those who are there,
    nobody loses the last tag on the way to another, and moving again finishes the work.
    """
    everybody = openids(data.draw(st.integers(0, 130), label="many"))
    tag = st.sampled_from([VIP, SILVER, STARRED])
    carried = {openid: data.draw(st.lists(tag, unique=True, max_size=3)) for openid in everybody}
    unknown = set(data.draw(st.lists(st.sampled_from(everybody), max_size=3))) if everybody else set()
    to = data.draw(st.sampled_from([0, VIP, STARRED]), label="to")
    platform = Tagged({openid: own for openid, own in carried.items() if openid not in unknown})
    platform.malformed = set(data.draw(st.lists(st.sampled_from(sorted(unknown))))) if unknown else set()
    platform.calls_left = data.draw(st.one_of(st.none(), st.integers(0, 12)), label="calls")
    result: MoveResult = run(platform, lambda account: groups.move_many(account, everybody, to))[0]
    assert sorted([*result.moved, *result.failed, *result.not_tried]) == everybody
    there = [to] if to else []
    assert all(platform.carried[openid] == there for openid in result.moved)
    assert all(
        carried[openid] == platform.carried.get(openid, carried[openid]) for openid in result.not_tried
    )
    if to:
        assert all(own or not carried[openid] for openid, own in platform.carried.items())
    platform.calls_left = None
    again: MoveResult = run(platform, lambda account: groups.move_many(account, everybody, to))[0]
    assert (set(again.failed), again.stopped_by) == (unknown, None)
    assert all(own == there for own in platform.carried.values())


def test_an_openid_that_the_profiles_leave_out() -> None:
    """Whom the platform leaves out of its answer has failed and is not passed over in silence; the others are moved."""
    here, gone = openids(2)
    platform = Tagged({here: [SILVER]})

    def answer(sent: Sent) -> Answer:
        if sent.call == "user/info/batchget":
            return {"user_info_list": [platform.profile(here)]}
        return platform(sent)

    result, _ = play(lambda account: groups.move_many(account, [here, gone], VIP), answer)
    assert (result.moved, result.not_tried, result.stopped_by) == ([here], [], None)
    assert isinstance(result.failed[gone], InvalidOpenid)

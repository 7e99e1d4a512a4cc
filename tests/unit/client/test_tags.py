"""Tags: created once, listed, told of a follower, deleted although big, and put on and off in fifties."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.client.scripted import BUSY, OK, Answer, Driver, Platform, Sent, account_of, coded, lost, play

from fenzu.client import blacklist, tags
from fenzu.client._batches import BatchResult
from fenzu.errors import (
    DailyQuotaExceeded,
    FollowerBusy,
    FollowerHasTooManyTags,
    InvalidOpenid,
    InvalidTagName,
    PartlyDone,
    ReservedTag,
    TagTooBig,
    TransportError,
    UnknownTag,
    UsageError,
)
from fenzu.model import Group, GroupID, Tag

MADE = '{"tag":{"id":134,"name":"广东"}}'


def openids(many: int) -> list[str]:
    return [f"o{number:027}" for number in range(many)]


def listed(*rows: tuple[int, str, int]) -> dict[str, Any]:
    return {"tags": [{"id": number, "name": name, "count": count} for number, name, count in rows]}


def test_create() -> None:
    """A created tag is returned with the id that the platform gave it."""
    made, driver = play(lambda account: tags.create(account, "广东"), MADE)
    assert made == Tag(134, "广东")
    assert driver.platform.sent[0].body == '{"tag":{"name":"广东"}}'.encode()


def test_create_looks_after_a_lost_answer() -> None:
    """The tag that a lost call made is found by its name, and no second call is refused for it."""
    made, driver = play(
        lambda account: tags.create(account, "广东"), lost(), listed((2, "星标组", 0), (134, "广东", 0))
    )
    assert made == Tag(134, "广东")
    assert driver.platform.calls == ["tags/create", "tags/get"]


def test_create_is_repeated_where_nothing_was_made() -> None:
    """Where the lost call made nothing, it is sent again."""
    made, driver = play(lambda account: tags.create(account, "广东"), lost(), listed((133, "北京", 0)), MADE)
    assert made.id == 134
    assert driver.platform.calls == ["tags/create", "tags/get", "tags/create"]


def test_create_does_not_take_an_older_tag_for_its_own() -> None:
    """A tag of that name that followers carry was there before: the platform's refusal is raised."""
    with pytest.raises(InvalidTagName):
        play(lambda account: tags.create(account, "广东"), lost(), listed((134, "广东", 5)), coded(45157))


def test_create_that_cannot_look() -> None:
    """Where the tags cannot be read, the caller hears that the answer was lost."""
    with pytest.raises(TransportError, match="the line is dead"):
        play(lambda account: tags.create(account, "广东"), lost(), coded(48001))


@pytest.mark.parametrize("name", ["", None, 5])
def test_names_are_checked(name: Any) -> None:
    """What is no name costs no call; how long one may be is the platform's to judge."""
    for flow_of in (
        lambda account: tags.create(account, name),
        lambda account: tags.rename(account, 134, name),
    ):
        driver = Driver(Platform(MADE))
        with pytest.raises(UsageError, match="a tag's name"):
            driver.run(flow_of(account_of(driver.clock)))
        assert driver.platform.sent == []


@pytest.mark.parametrize("tag", [-1, True, "134", None, 2**63, Group(GroupID(100), "VIP")])
def test_what_is_no_tag(tag: Any) -> None:
    """A tag is a `Tag` or a number; a group is none."""
    driver = Driver(Platform())
    with pytest.raises(UsageError, match="not a tag"):
        driver.run(tags.rename(account_of(driver.clock), tag, "广东"))


def test_list_rename_and_of() -> None:
    """Tags are listed with their counts, renamed by value or number, and told of a follower by number."""
    found, _ = play(tags.list, listed((2, "星标组", 0), (134, "广东", 5)))
    assert found == [Tag(2, "星标组", 0), Tag(134, "广东", 5)]
    _, driver = play(lambda account: tags.rename(account, found[1], "广东人"), OK)
    assert driver.platform.sent[0].json == {"tag": {"id": 134, "name": "广东人"}}
    assert play(lambda account: tags.of(account, "o1"), '{"tagid_list":[134,2]}')[0] == [134, 2]


def delete(*script: Any, tag: int = 134, first: bool = False) -> tuple[list[int], Driver]:
    """Return what progress was told, and the driver that deleted the tag."""
    told: list[int] = []
    _, driver = play(lambda account: tags.delete(account, tag, first, told.append), *script)
    return told, driver


def test_delete() -> None:
    """Deleting is one call; nobody is untagged unasked."""
    told, driver = delete(OK)
    assert (told, driver.platform.calls) == ([], ["tags/delete"])
    with pytest.raises(TagTooBig):
        delete(coded(45057))


def test_a_repeated_delete_has_done_its_work() -> None:
    """After a lost answer a tag that is not there any more was deleted; after a busy one it never was there."""
    assert delete(lost(), coded(45159))[1].platform.calls == ["tags/delete"] * 2
    with pytest.raises(UnknownTag):
        delete(BUSY, coded(45159))


class Tagged:
    """A platform with one tag: who carries it, at most so many a page, and who cannot be untagged."""

    forgets = True
    """Whether it stops listing whom it has untagged."""

    def __init__(self, members: list[str], stuck: set[str] | None = None, page: int = 120) -> None:
        self.members, self.stuck, self.page = members, stuck or set(), page

    def __call__(self, sent: Sent) -> Answer:
        if sent.call == "user/tag/get":
            page = self.members[: self.page]
            return {"count": len(page), "data": {"openid": page}, "next_openid": page[-1] if page else ""}
        if sent.call == "tags/members/batchuntagging":
            if self.stuck.intersection(sent.json["openid_list"]):
                return coded(40003)
            if self.forgets:
                self.members = [openid for openid in self.members if openid not in sent.json["openid_list"]]
        return OK


def test_a_big_tag_is_untagged_first() -> None:
    """On request everybody loses the tag, fifty a call, with progress page by page, before it is deleted."""
    platform = Tagged(openids(300))
    told, driver = delete(platform, first=True)
    assert platform.members == []
    assert told == [120, 240, 300]
    assert driver.platform.calls.count("tags/members/batchuntagging") == 3 + 3 + 2
    assert driver.platform.calls[-1] == "tags/delete"


def test_progress_may_be_nobodys() -> None:
    """Who asks for no progress is told none."""
    platform = Tagged(openids(3))
    play(lambda account: tags.delete(account, 134, True, None), platform)
    assert platform.members == []


def test_who_cannot_be_untagged_does_not_stop_it() -> None:
    """Somebody who cannot be untagged is left behind, and the platform judges whether the tag can go all the same."""
    platform = Tagged(openids(130), {openids(130)[7]})
    told, driver = delete(platform, first=True)
    assert platform.members == [openids(130)[7]]
    assert told == [119, 129]
    assert driver.platform.calls[-1] == "tags/delete"


def test_untagging_that_is_stopped() -> None:
    """What ends the untagging is raised, and nothing is deleted."""
    members = {"count": 1, "data": {"openid": ["o1"]}, "next_openid": "o1"}
    with pytest.raises(DailyQuotaExceeded):
        delete(members, coded(45009), first=True)


def test_a_reserved_tag_is_not_emptied() -> None:
    """Nobody loses a tag that cannot be deleted anyway."""
    driver = Driver(Platform(coded(45058)))
    with pytest.raises(ReservedTag):
        driver.run(tags.delete(account_of(driver.clock), 2, True, None))
    assert driver.platform.calls == ["tags/delete"]


def test_members_are_read_to_an_empty_page() -> None:
    """The platform does not tell how many carry a tag, so the end is an empty page, in either of its shapes."""
    for end in ('{"count":0}', '{"count":0,"next_openid":""}'):
        page = {"count": 2, "data": {"openid": ["o1", "o2"]}, "next_openid": "o2"}
        _, driver = play(lambda account: tags.members(account, Tag(134, "广东"), None), page, end)
        assert driver.emitted == ["o1", "o2"]
        assert [sent.json for sent in driver.platform.sent] == [
            {"tagid": 134, "next_openid": ""},
            {"tagid": 134, "next_openid": "o2"},
        ]


def test_members_that_go_in_circles() -> None:
    """A platform that answers the same page for ever is not asked for ever."""
    page = {"count": 1, "data": {"openid": ["o1"]}, "next_openid": "o1"}
    with pytest.raises(TransportError, match=r"tags\.members: the same page"):
        play(lambda account: tags.members(account, 134, "o1"), page)


def tag(many: list[str], *script: Any) -> tuple[BatchResult, list[list[str]]]:
    """Return the result of tagging and the batches that were sent."""
    result, driver = play(lambda account: tags.add(account, many, 134), *script)
    return result, [sent.json["openid_list"] for sent in driver.platform.sent]


def partly(failing: set[str], *, says_whom: bool = True) -> Callable[[Sent], Answer]:
    """Behave as the platform where some fail and the others are done."""

    def answer(sent: Sent) -> Answer:
        failed = [openid for openid in sent.json["openid_list"] if openid in failing]
        told = {"fail_openid_list": failed} if says_whom else {}
        return {"errcode": 45171, "errmsg": "some openid fail", **told} if failed else OK

    return answer


def test_tagging_in_fifties() -> None:
    """Any number is tagged or untagged, fifty a call."""
    result, sent = tag(openids(120), OK)
    assert [len(batch) for batch in sent] == [50, 50, 20]
    assert (result.done, result.failed, result.not_tried) == (openids(120), {}, [])
    _, driver = play(lambda account: tags.remove(account, ["o2", "o1"], 134), OK)
    assert driver.platform.sent[0].body == b'{"openid_list":["o2","o1"],"tagid":134}'
    assert driver.platform.calls == ["tags/members/batchuntagging"]


def test_a_partial_failure_is_taken_at_its_word() -> None:
    """Where the platform names those that failed, the others are done and nothing is sent twice."""
    everybody = openids(60)
    bad = {everybody[3], everybody[49], everybody[55]}
    result, sent = tag(everybody, partly(bad))
    assert len(sent) == 2
    assert set(result.failed) == bad
    assert result.done == [openid for openid in everybody if openid not in bad]
    assert all(isinstance(error, PartlyDone) for error in result.failed.values())


@pytest.mark.parametrize("named", [{}, {"fail_openid_list": ["nobody we know"]}, {"fail_openid_list": 5}])
def test_a_partial_failure_that_names_nobody_of_ours(named: dict[str, Any]) -> None:
    """Without usable names the batch is halved, as where the platform refuses it whole."""
    everybody = openids(50)

    def answer(sent: Sent) -> Answer:
        failed = everybody[7] in sent.json["openid_list"]
        return {"errcode": 45171, "errmsg": "some openid fail", **named} if failed else OK

    result, sent = tag(everybody, answer)
    assert list(result.failed) == [everybody[7]]
    assert len(result.done) == 49
    assert len(sent) <= 13


def test_a_list_of_odd_things() -> None:
    """Of an answer that the strict reader refuses, the openids are taken that are text."""
    result, _ = tag(["o1", "o2"], '{"errcode":"45171","errmsg":"x","fail_openid_list":["o2",7]}')
    assert (result.done, list(result.failed)) == (["o1"], ["o2"])


def test_a_follower_with_twenty_tags_spoils_nobody() -> None:
    """Who carries twenty tags already is found by halving; the others are tagged."""
    everybody = openids(50)

    def answer(sent: Sent) -> Answer:
        return coded(45059) if everybody[20] in sent.json["openid_list"] else OK

    result, _ = tag(everybody, answer)
    assert isinstance(result.failed[everybody[20]], FollowerHasTooManyTags)
    assert len(result.done) == 49


def test_a_follower_who_is_being_tagged() -> None:
    """45169 is waited for like a busy platform, and ends the run when it does not pass."""
    result, sent = tag(["o1"], coded(45169), OK)
    assert (result.done, len(sent)) == (["o1"], 2)
    assert isinstance(tag(["o1"], coded(45169))[0].stopped_by, FollowerBusy)


def test_an_unknown_tag_ends_the_run() -> None:
    """What is no single openid's fault ends the run, and stands in the result."""
    result, sent = tag(openids(60), coded(45159))
    assert isinstance(result.stopped_by, UnknownTag)
    assert (len(result.failed), len(result.not_tried), len(sent)) == (50, 10, 1)
    assert repr(result).startswith("BatchResult(done=0, failed=50, not_tried=10, stopped_by=UnknownTag(")


def test_the_blacklist_in_twenties() -> None:
    """Followers are put on the blacklist and taken off it, twenty a call."""
    runs = [
        (play(lambda account: blacklist.add(account, openids(50)), OK), "batchblacklist"),
        (play(lambda account: blacklist.remove(account, openids(50)), OK), "batchunblacklist"),
    ]
    for (result, driver), call in runs:
        assert [len(sent.json["openid_list"]) for sent in driver.platform.sent] == [20, 20, 10]
        assert set(driver.platform.calls) == {f"tags/members/{call}"}
        assert result.done == openids(50)


def test_a_bad_openid_for_the_blacklist() -> None:
    """A bad openid among twenty is found; the other nineteen are on the blacklist."""
    everybody = openids(20)

    def answer(sent: Sent) -> Answer:
        return coded(49003) if everybody[3] in sent.json["openid_list"] else OK

    result, _ = play(lambda account: blacklist.add(account, everybody), answer)
    assert isinstance(result.failed[everybody[3]], InvalidOpenid)
    assert len(result.done) == 19


def test_the_blacklist_is_read_page_by_page() -> None:
    """The total tells the end, and what comes behind an openid can be asked for."""
    pages = [
        {"total": 3, "count": 2, "data": {"openid": ["o1", "o2"]}, "next_openid": "o2"},
        {"total": 3, "count": 1, "data": {"openid": ["o3"]}, "next_openid": "o3"},
    ]
    _, driver = play(lambda account: blacklist.list(account, None), *pages)
    assert driver.emitted == ["o1", "o2", "o3"]
    assert [sent.json for sent in driver.platform.sent] == [{"begin_openid": ""}, {"begin_openid": "o2"}]
    _, driver = play(lambda account: blacklist.list(account, "o3"), {"total": 3, "count": 0})
    assert driver.emitted == []


def test_untagging_ends_where_the_platform_goes_on_listing() -> None:
    """A platform that lists whom it has untagged costs one page more, not the day's quota; each is told once."""
    platform = Tagged(openids(3))
    platform.forgets = False
    told, driver = delete(platform, first=True)
    assert told == [3]
    assert driver.platform.calls.count("tags/members/batchuntagging") == 1
    assert driver.platform.calls[-1] == "tags/delete"


def test_a_struck_text_keeps_who_failed() -> None:
    """Where the platform's text repeats the token, striking it leaves the openids that it names as failed."""
    everybody = openids(50)
    answer = {"errcode": 45171, "errmsg": "CANARY-TOKEN", "fail_openid_list": [everybody[3]]}
    result, driver = play(lambda account: tags.add(account, everybody, 134), answer, token="CANARY-TOKEN")
    assert list(result.failed) == [everybody[3]]
    assert "CANARY" not in str(result.failed[everybody[3]])
    assert len(driver.platform.sent) == 1

"""Followers page by page, and profiles a hundred a call."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.unit.client.scripted import BUSY, Driver, Platform, Sent, account_of, coded, play

from fenzu.client import followers
from fenzu.client._account import Account
from fenzu.client._flow import Flow
from fenzu.errors import InvalidOpenid, TransportError, UsageError
from fenzu.model import Follower, GroupID, OpenID, Page

ALL = [f"o{number:027}" for number in range(7)]


def page(openids: list[str], total: int, next_openid: str | None = None) -> dict[str, Any]:
    """Make an answer as the platform does: the last openid is named as the next one, on the last page too."""
    last = next_openid if next_openid is not None else openids[-1] if openids else ""
    answer: dict[str, Any] = {"total": total, "count": len(openids)}
    if openids:
        answer["data"] = {"openid": openids}
    return {**answer, "next_openid": last}


def threes(everybody: list[str] = ALL) -> Callable[[Sent], dict[str, Any]]:
    """Answer three openids a page."""

    def answer(sent: Sent) -> dict[str, Any]:
        start = sent.query.get("next_openid", "")
        begin = everybody.index(start) + 1 if start else 0
        return page(everybody[begin : begin + 3], len(everybody))

    return answer


def emitted(flow_of: Callable[[Account], Flow[None]], *script: Any) -> tuple[list[Any], list[str | None]]:
    """Return what the flow emitted, and where each call began."""
    _, driver = play(flow_of, *script)
    assert set(driver.platform.calls) == {"user/get"}
    return driver.emitted, [sent.query.get("next_openid") for sent in driver.platform.sent]


def test_all_openids_without_a_needless_call() -> None:
    """The list is read to its end, which the total tells: there is no call for a page that would be empty."""
    found, begun = emitted(lambda account: followers.list(account, None), threes())
    assert found == ALL
    assert begun == [None, ALL[2], ALL[5]]
    found, begun = emitted(lambda account: followers.list(account, None), threes(ALL[:6]))
    assert found == ALL[:6]
    assert begun == [None, ALL[2]]


def test_pages_tell_where_the_next_begins() -> None:
    """Each page tells the total and where to go on; the last one says that it is the last."""
    found, _ = emitted(lambda account: followers.pages(account, None), threes())
    assert found == [
        Page((OpenID(ALL[0]), OpenID(ALL[1]), OpenID(ALL[2])), 7, OpenID(ALL[2])),
        Page((OpenID(ALL[3]), OpenID(ALL[4]), OpenID(ALL[5])), 7, OpenID(ALL[5])),
        Page((OpenID(ALL[6]),), 7, None),
    ]


def test_resuming_after_a_page() -> None:
    """From behind an openid the end is an empty page: how many came before is not known."""
    found, begun = emitted(lambda account: followers.list(account, ALL[2]), threes())
    assert found == ALL[3:]
    assert begun == [ALL[2], ALL[5], ALL[6]]
    found, begun = emitted(lambda account: followers.pages(account, ALL[6]), threes())
    assert (found, begun) == ([], [ALL[6]])


def test_an_account_without_followers() -> None:
    """Nobody is told by one call."""
    assert emitted(
        lambda account: followers.pages(account, None), '{"total":0,"count":0,"next_openid":""}'
    ) == ([], [None])


def test_an_end_without_a_next_openid() -> None:
    """A last page that names no next openid is the last, whatever the total says."""
    assert emitted(lambda account: followers.list(account, None), page(ALL[:2], 9, ""))[0] == ALL[:2]


def test_nobody_is_lost_when_somebody_leaves() -> None:
    """A follower who leaves while the list is read makes the total fall, and those behind are read all the same."""
    script = [page(ALL[:3], 7), page(ALL[3:6], 6), page(ALL[6:], 6)]
    assert emitted(lambda account: followers.list(account, None), *script)[0] == ALL


def test_a_page_that_leads_to_itself() -> None:
    """A platform that answers the same page for ever is not asked for ever."""
    driver = Driver(Platform(page(ALL[:3], 7)))
    with pytest.raises(TransportError, match="the same page"):
        driver.run(followers.list(account_of(driver.clock), None))
    assert len(driver.platform.sent) == 2


def test_an_unknown_openid_to_go_on_from() -> None:
    """The platform judges where to go on from; what cannot be an openid is refused here."""
    with pytest.raises(InvalidOpenid):
        play(lambda account: followers.pages(account, ALL[0]), coded(40003))
    with pytest.raises(UsageError):
        play(lambda account: followers.pages(account, ""))


def test_pages_are_tried_again() -> None:
    """A busy platform interrupts no list: the page is asked for again."""
    assert (
        emitted(lambda account: followers.list(account, None), page(ALL[:3], 4), BUSY, page(ALL[3:4], 4))[0]
        == ALL[:4]
    )


def test_a_profile() -> None:
    """A profile is asked for by its openid, and told in our spelling."""
    answer = {"subscribe": 1, "openid": ALL[0], "groupid": 104, "remark": "胖子"}
    found, driver = play(lambda account: followers.get(account, ALL[0]), answer)
    assert found == Follower(OpenID(ALL[0]), True, GroupID(104), "胖子")
    assert driver.platform.sent[0].query["openid"] == ALL[0]
    assert driver.platform.calls == ["user/info"]


def test_somebody_who_does_not_follow() -> None:
    """Of somebody who does not follow only the openid is known; that is no error."""
    found, _ = play(lambda account: followers.get(account, ALL[0]), {"subscribe": 0, "openid": ALL[0]})
    assert found == Follower(OpenID(ALL[0]))
    assert not found.subscribe


def profiles(sent: Sent) -> dict[str, Any]:
    return {"user_info_list": [{"openid": each["openid"], "subscribe": 1} for each in sent.json["user_list"]]}


@pytest.mark.parametrize(
    ("many", "calls"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
def test_profiles_in_hundreds(many: int, calls: list[int]) -> None:
    """Any number of profiles is asked for, a hundred a call, and none for none."""
    wanted = [f"o{number}" for number in range(many)]
    found, driver = play(lambda account: followers.get_many(account, iter(wanted)), profiles)
    assert [follower.openid for follower in found] == wanted
    assert [len(sent.json["user_list"]) for sent in driver.platform.sent] == calls


def test_profiles_without_repeats() -> None:
    """A repeated openid is asked for once."""

    def read() -> Iterator[str]:
        yield from ("o2", "o1", "o2")

    found, _ = play(lambda account: followers.get_many(account, read()), profiles)
    assert [follower.openid for follower in found] == ["o2", "o1"]


def test_profiles_check_before_they_send() -> None:
    """One malformed openid among many costs no call."""
    driver = Driver(Platform(profiles))
    with pytest.raises(UsageError):
        driver.run(followers.get_many(account_of(driver.clock), ["o1", "bad one"]))
    assert driver.platform.sent == driver.platform.token_calls == []

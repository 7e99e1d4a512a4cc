"""Followers and their profiles."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from fenzu.client._account import Account
from fenzu.client._call import operation, perform
from fenzu.client._check import check_openid, check_openids
from fenzu.client._codec import PageAnswer, ProfileAnswer, ProfilesAnswer, encode_query
from fenzu.client._flow import Emit, Flow
from fenzu.errors import TransportError
from fenzu.model import Follower, Page
from fenzu.wire.limits import PROFILES
from fenzu.wire.words import Words

FollowerList: TypeAlias = list[Follower]


def pages(account: Account, after: str | None) -> Flow[None]:
    yield from _read(account, after, lambda page: Emit((page,)))


def list(account: Account, after: str | None) -> Flow[None]:
    yield from _read(account, after, lambda page: Emit(page.openids))


def _read(account: Account, after: str | None, emit: Callable[[Page], Emit]) -> Flow[None]:
    """Read page after page.

    The platform names a next openid on the last page too, so the end is known by the total where the list is read
    from its beginning, and by an empty page where it is not. The total that counts is the largest one told: who
    leaves while we read was seen already, and others still follow.
    """
    start = check_openid(after) if after is not None else ""
    seen = total = 0
    while True:
        query = encode_query({"next_openid": start}) if start else ""
        answer = yield from perform(account, operation("followers.list", PageAnswer, query=query))
        openids = answer.data.openid
        seen, total = seen + len(openids), max(total, answer.total)
        is_last = not openids or not answer.next_openid or (after is None and seen >= total)
        if openids:
            yield emit(Page(openids, answer.total, None if is_last else answer.next_openid))
        if is_last:
            return
        if answer.next_openid == start:
            raise _goes_in_circles()
        start = answer.next_openid


def _goes_in_circles() -> TransportError:
    return TransportError(
        Words("followers.list: the same page again and again", "followers.list：总是返回同一页"),
        Words("check that the address is the platform's or a sandbox's", "确认地址是微信平台或沙盒的地址"),
    )


def get(account: Account, openid: str) -> Flow[Follower]:
    query = encode_query({"openid": check_openid(openid)})
    return (yield from perform(account, operation("followers.get", ProfileAnswer, query=query))).to_follower()


def get_many(account: Account, openids: Iterable[str]) -> Flow[FollowerList]:
    wanted = [check_openid(openid) for openid in check_openids(openids)]
    found: FollowerList = []
    for start in range(0, len(wanted), PROFILES):
        body = {"user_list": [{"openid": openid} for openid in wanted[start : start + PROFILES]]}
        answer = yield from perform(account, operation("followers.get_many", ProfilesAnswer, body))
        found.extend(profile.to_follower() for profile in answer.user_info_list)
    return found

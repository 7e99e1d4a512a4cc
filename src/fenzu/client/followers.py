"""Followers and their profiles."""

from collections.abc import Iterable
from typing import TypeAlias

from fenzu.client._account import Account
from fenzu.client._call import Operation, operation, perform
from fenzu.client._check import check_openid, check_openids, check_text
from fenzu.client._codec import Answer, PageAnswer, ProfileAnswer, ProfilesAnswer, encode_query
from fenzu.client._flow import Emit, Flow
from fenzu.client._pages import emit_openids, read_pages
from fenzu.model import Follower, OpenID, Page
from fenzu.wire.limits import PROFILES

FollowerList: TypeAlias = list[Follower]


def pages(account: Account, after: str | None) -> Flow[None]:
    def emit(answer: PageAnswer, following: OpenID | None) -> Emit:
        return Emit((Page(answer.data.openid, answer.total, following),))

    yield from read_pages(account, after, _ask, emit)


def list(account: Account, after: str | None) -> Flow[None]:
    yield from read_pages(account, after, _ask, emit_openids)


def _ask(start: str) -> Operation[PageAnswer]:
    query = encode_query({"next_openid": start}) if start else ""
    return operation("followers.list", PageAnswer, query=query)


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


def remark(account: Account, openid: str, text: str) -> Flow[None]:
    body = {"openid": check_openid(openid), "remark": check_text("remark", text)}
    yield from perform(account, operation("followers.remark", Answer, body))

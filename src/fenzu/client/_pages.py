"""Reading a list of openids page after page: all followers, a tag's, the blacklist's. Knows no endpoint."""

from collections.abc import Callable
from typing import TypeVar

from fenzu.client._account import Account
from fenzu.client._call import Operation, perform
from fenzu.client._check import check_openid
from fenzu.client._codec import MembersAnswer
from fenzu.client._flow import Emit, Flow
from fenzu.errors import TransportError
from fenzu.model import OpenID
from fenzu.wire.words import Words

A = TypeVar("A", bound=MembersAnswer)


def read_pages(
    account: Account,
    after: str | None,
    ask: Callable[[str], Operation[A]],
    emit: Callable[[A, OpenID | None], Emit],
) -> Flow[None]:
    """Read page after page and emit each, with where the next one begins.

    The platform names a next openid on the last page too, so the end is known by the total where one is told and the
    list is read from its beginning, and by an empty page where it is not. The total that counts is the largest one
    told: who leaves while we read was seen already, and others still follow.
    """
    start = check_openid(after) if after is not None else OpenID("")
    seen = total = 0
    while True:
        call = ask(start)
        answer = yield from perform(account, call)
        openids = answer.data.openid
        seen, total = seen + len(openids), max(total, answer.total or 0)
        is_whole = after is None and answer.total is not None and seen >= total
        is_last = is_whole or not openids or not answer.next_openid
        if openids:
            yield emit(answer, None if is_last else answer.next_openid)
        if is_last:
            return
        if answer.next_openid == start:
            raise _goes_in_circles(call.name)
        start = answer.next_openid


def emit_openids(answer: MembersAnswer, _: OpenID | None) -> Emit:
    """Emit a page's openids one by one."""
    return Emit(answer.data.openid)


def _goes_in_circles(endpoint: str) -> TransportError:
    return TransportError(
        Words(f"{endpoint}: the same page again and again", f"{endpoint}：总是返回同一页"),
        Words("check that the address is the platform's or a sandbox's", "确认地址是微信平台或沙盒的地址"),
    )

"""The lists that are told in pages: where a page begins, and the answer that it makes."""

from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.handlers.fields import read_openid
from fenzu.sandbox.refusal import refusal
from fenzu.wire.limits import OPENID_LENGTH


def read_start(call: Call, openid: object, not_ours: int) -> int:
    """Return the number after which a page begins; `not_ours` is the code for another account's follower."""
    if not openid:
        return 0
    reader, account, openid = call.resources.reader, call.card.number, read_openid(openid)
    number = reader.number_of(account, openid)
    if number is None:
        raise refusal(not_ours if reader.follows_elsewhere(account, openid) else 40003)
    return number


def page(openids: str, count: int, total: int | None) -> bytes:
    """Return the answer of a list: a page of openids, given as JSON; some lists tell no total."""
    head = "{" if total is None else f'{{"total":{total},'
    if not count:
        return f'{head}"count":0,"next_openid":""}}'.encode()
    last = openids[-OPENID_LENGTH - 2 : -2]
    return f'{head}"count":{count},"data":{{"openid":{openids}}},"next_openid":"{last}"}}'.encode()

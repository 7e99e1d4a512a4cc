"""The service calls: quotas told and cleared, requests looked up by their rid, the platform's addresses.

Calls are counted per account and day of the sandbox's clock. The counters go with the process; how often a month
they were cleared is kept in the store.
"""

import time

from msgspec.json import encode

from fenzu.sandbox.clock import BEIJING
from fenzu.sandbox.desk import Card
from fenzu.sandbox.handlers.call import Answer, Call
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.requests import ClearQuota
from fenzu.wire.endpoints import BY_PATH
from fenzu.wire.limits import A_MINUTE, A_MINUTE_TEST, DAILY, LARGE_FACTOR, STABLE_TOKENS_A_MINUTE

ADDRESSES = encode({"ip_list": ["127.0.0.1"]})
REFRESH_SECONDS = 60


def clear(call: Call) -> Answer:
    """Answer clear_quota: the account's counters begin anew, ten times a month in Beijing."""
    if call.fields.get("appid") != call.card.appid:
        raise refusal(40013)
    today = time.gmtime(call.resources.clock() + BEIJING)
    return call.resources.submit(ClearQuota(call.card.number, today.tm_year * 12 + today.tm_mon - 1))


def quota(call: Call) -> Answer:
    """Answer openapi/quota/get. A call that the platform does not count answers 76022."""
    path = call.fields.get("cgi_path")
    endpoint = BY_PATH.get(path) if isinstance(path, str) else None
    if endpoint is None:
        raise refusal(76021)
    if endpoint.name not in DAILY:
        raise refusal(76022)
    limit, used = daily_limit(endpoint.name, call.card), call.card.used(endpoint.name)
    return encode(
        {
            "errcode": 0,
            "errmsg": "ok",
            "quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)},
            "rate_limit": {
                "call_count": minute_limit(endpoint.name, call.card),
                "refresh_second": REFRESH_SECONDS,
            },
        }
    )


def daily_limit(name: str, card: Card) -> int:
    """Return how many calls a day the account has."""
    row = DAILY[name]
    if card.kind == "test":
        return row.test
    return row.ordinary * LARGE_FACTOR if card.kind == "large" else row.ordinary


def minute_limit(name: str, card: Card) -> int:
    """Return how many calls a minute the account has."""
    if name == "token.stable":
        return STABLE_TOKENS_A_MINUTE
    return A_MINUTE_TEST if card.kind == "test" else A_MINUTE


def rid(call: Call) -> Answer:
    """Answer openapi/rid/get: the request that was answered with a rid."""
    record = call.resources.rids.find(call.fields.get("rid"), call.card.appid)
    return encode({"errcode": 0, "errmsg": "ok", "request": record})


def addresses(_call: Call) -> Answer:
    """Answer get_api_domain_ip and getcallbackip: this machine is all there is."""
    return ADDRESSES

"""The service calls: quotas told and cleared, requests looked up by their rid, the platform's addresses.

Calls are counted per account and day of the sandbox's clock.
"""

import time

from msgspec.json import encode

from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.tally import MINUTE
from fenzu.sandbox.clock import BEIJING
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.quota import limit_of
from fenzu.sandbox.rules.requests import ClearQuota
from fenzu.wire.endpoints import BY_PATH
from fenzu.wire.limits import DAILY

ADDRESSES = encode({"ip_list": ["127.0.0.1"]})


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
    card = call.card
    limit, used = limit_of(endpoint.name, card.kind, card.quota), card.tally.used(endpoint.name)
    return encode(
        {
            "errcode": 0,
            "errmsg": "ok",
            "quota": {"daily_limit": limit.a_day, "used": used, "remain": max(0, limit.a_day - used)},
            "rate_limit": {"call_count": limit.a_minute, "refresh_second": MINUTE},
        }
    )


def rid(call: Call) -> Answer:
    """Answer openapi/rid/get: the request that was answered with a rid."""
    record = call.resources.rids.find(call.fields.get("rid"), call.card.appid)
    return encode({"errcode": 0, "errmsg": "ok", "request": record})


def addresses(_call: Call) -> Answer:
    """Answer get_api_domain_ip and getcallbackip: this machine is all there is."""
    return ADDRESSES

"""The platform's own books: what is left of a call's quota, clearing all of them, what became of a request."""

from fenzu.client._account import Account
from fenzu.client._call import operation, perform
from fenzu.client._check import check_text
from fenzu.client._codec import Answer, InvocationAnswer, QuotaAnswer
from fenzu.client._flow import Flow
from fenzu.client.raw import full_path
from fenzu.model import CallQuota, RequestRecord


def get(account: Account, path: str) -> Flow[CallQuota]:
    path = full_path(path)
    answer = yield from perform(account, operation("quota.get", QuotaAnswer, {"cgi_path": path}))
    day, rate = answer.quota, answer.rate_limit
    return CallQuota(path, day.daily_limit, day.used, day.remain, rate.call_count, rate.refresh_second)


def clear(account: Account) -> Flow[None]:
    """Ten a month, and a second one takes another of the ten: never repeated after a lost answer."""
    yield from perform(account, operation("quota.clear", Answer, {"appid": account.appid}))


def rid(account: Account, rid: str) -> Flow[RequestRecord]:
    call = operation("quota.rid", InvocationAnswer, {"rid": check_text("rid", rid)})
    return (yield from perform(account, call)).request.to_record()

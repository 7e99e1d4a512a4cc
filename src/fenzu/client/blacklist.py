"""The blacklist: who is on it, and putting followers on and off, twenty a call."""

from collections.abc import Iterable

from fenzu.client._account import Account
from fenzu.client._batches import Batch, BatchResult, in_batches
from fenzu.client._call import Operation, operation
from fenzu.client._codec import PageAnswer
from fenzu.client._flow import Flow
from fenzu.client._pages import emit_openids, read_pages
from fenzu.wire.limits import BLACKLIST_OPENIDS


def list(account: Account, after: str | None) -> Flow[None]:
    yield from read_pages(account, after, _ask, emit_openids)


def _ask(start: str) -> Operation[PageAnswer]:
    return operation("blacklist.list", PageAnswer, {"begin_openid": start})


def add(account: Account, openids: Iterable[str]) -> Flow[BatchResult]:
    return (yield from in_batches(account, openids, _batch("blacklist.add")))


def remove(account: Account, openids: Iterable[str]) -> Flow[BatchResult]:
    return (yield from in_batches(account, openids, _batch("blacklist.remove")))


def _batch(endpoint: str) -> Batch:
    return Batch(endpoint, lambda part: {"openid_list": part}, BLACKLIST_OPENIDS)

"""The control port's routes about the log of requests: to list, to follow, to empty."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec

from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Done, Route, query_as
from fenzu.sandbox.control.sse import event
from fenzu.sandbox.log.memory import RequestLog
from fenzu.sandbox.log.recorded import Recorded
from fenzu.sandbox.log.search import Filter, Search
from fenzu.sandbox.log.telling import LoggedRequest

AT_ONCE = 200
"""Requests that are looked at before others get their turn; telling one costs as much."""


class ListRequests(Search, frozen=True, forbid_unknown_fields=True):
    """Which requests, and how many: the newest ones, or the first ones behind the number `after`."""

    after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class StreamRequests(Search, frozen=True, forbid_unknown_fields=True):
    """Which requests: those to come, or all that are kept behind the number `after`."""

    after: Annotated[int, msgspec.Meta(ge=0)] | None = None


async def list_requests(platform: Controlled, asked: Asked) -> list[LoggedRequest]:
    """List the requests that the platform's port has answered, the newest last."""
    wanted = query_as(ListRequests, asked)
    log, chosen = platform.request_log, Filter(wanted)
    rows = log.after(wanted.after or 0)
    if wanted.after is None:
        rows.reverse()
    found: list[LoggedRequest] = []
    async for told in _tell(log, rows, chosen):
        found.append(told)
        if len(found) == wanted.limit:
            break
    return found if wanted.after is not None else found[::-1]


async def clear_requests(platform: Controlled, _asked: Asked) -> Done:
    """Forget all requests so far."""
    platform.request_log.clear()
    return Done()


async def stream_requests(platform: Controlled, asked: Asked) -> AsyncIterator[bytes]:
    """Follow the requests as they are answered, as server-sent events."""
    wanted = query_as(StreamRequests, asked)
    log = platform.request_log
    after = log.last if wanted.after is None else wanted.after
    if after > log.last:  # a number of a sandbox before this one: all is new
        after = 0
    return _follow(log, Filter(wanted), after)


async def _follow(log: RequestLog, chosen: Filter, after: int) -> AsyncIterator[bytes]:
    while True:
        rows = log.after(after, AT_ONCE)
        if not rows:
            await log.more()
            continue
        async for told in _tell(log, rows, chosen):
            yield event("request", told.id, msgspec.json.encode(told))
        after = rows[-1][0]


async def _tell(
    log: RequestLog, rows: list[tuple[int, Recorded]], chosen: Filter
) -> AsyncIterator[LoggedRequest]:
    """Yield those of the requests that are meant. It takes its time: telling costs a hundred times what noting does."""
    for index, (number, row) in enumerate(rows):
        if chosen.may_match(row):
            told = log.tell(number, row)
            if chosen.matches(told):
                yield told
            await asyncio.sleep(0)
        elif index % AT_ONCE == 0:
            await asyncio.sleep(0)


ROUTES = (
    Route("GET", "/requests", list_requests, list[LoggedRequest], asks=ListRequests),
    Route("DELETE", "/requests", clear_requests, Done),
    Route("GET", "/requests/stream", stream_requests, LoggedRequest, asks=StreamRequests, streams=True),
)

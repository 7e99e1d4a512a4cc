"""The first page of an account: its groups, and who follows: searched, filtered, sorted, page by page."""

import asyncio
import datetime as dt
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.sync import SYNC, start_sync
from fenzu.console.account.twins import told_apart
from fenzu.console.followers.moves import AT_ONCE
from fenzu.console.followers.searching import PAGE_ROWS, Matching, Search, link_of, query_of, read_search
from fenzu.console.followers.table import table
from fenzu.console.views.sidebar import sidebar
from fenzu.console.web.answers import csv_file, done
from fenzu.console.web.page import desk_of, render
from fenzu.console.web.reader import reader_of
from fenzu.mirror import Found, LastSync, Mirror, Query
from fenzu.wire.limits import BLACKLIST, REMARK_BYTES
from fenzu.wire.words import Words


class Seen(NamedTuple):
    """What the mirror says for a page."""

    found: Found
    followers: int
    last_sync: LastSync | None


async def followers(request: Request) -> Response:
    """Groups at the left, followers at the right."""
    desk = desk_of(request)
    mirrors = await desk.mirrors()
    search = read_search(request.query_params)
    query = query_of(search, today())
    # Before the look: a sync that ends meanwhile is watched all the same, and the rows are read again.
    job = desk.jobs.running(SYNC)
    side, seen = await asyncio.gather(sidebar(request), asyncio.to_thread(_look, mirrors.read, search, query))
    if not seen.followers and desk.jobs.last(SYNC) is None and not desk.account.is_production:
        job = await start_sync(desk)  # a sandbox's calls cost nobody anything
    groups = [*side.reserved, *side.own]
    return render(
        request,
        "followers.html",
        groups=groups,
        names=told_apart(groups),
        sizes_by_group={int(group.id): group.count for group in groups},
        side=side,
        doubt=await desk.doubt.words(),
        followers=seen.followers,
        last_sync=seen.last_sync,
        job=job,
        search=search,
        found=seen.found,
        matching=msgspec.json.encode(Matching.of(query)).decode(),
        link=link_of,
        sizes=PAGE_ROWS,
        blacklist=BLACKLIST,
        at_once=AT_ONCE,
        remark_bytes=REMARK_BYTES - 1,
    )


async def count(request: Request) -> Response:
    """How many match: asked for apart, as it may take longer than the rows."""
    desk = desk_of(request)
    mirrors = await desk.mirrors()
    query = query_of(read_search(request.query_params), today())
    n = await desk.scans.run(lambda: mirrors.scan.count(query))
    words = Words(f"{n:,} {'matches' if n == 1 else 'match'}", f"共 {n:,} 人符合")
    return done(request, words, count=n)


async def as_table(request: Request) -> Response:
    """All who match, for spreadsheets."""
    desk = desk_of(request)
    await desk.mirrors()  # there has to be one
    query = query_of(read_search(request.query_params), today())
    pieces = table(desk.open_reading, query, await desk.groups.list(), reader_of(request).language)
    return csv_file(f"followers-{today()}.csv", pieces)


def today() -> dt.date:
    """Return the day that it is on this machine."""
    return dt.datetime.now().astimezone().date()


def _look(mirror: Mirror, search: Search, query: Query) -> Seen:
    found = mirror.search(query, order=search.order, cursor=search.cursor, limit=search.rows)
    return Seen(found, mirror.followers, mirror.last_sync)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/", followers),
    Route("/followers/count", count),
    Route("/followers.csv", as_table),
)

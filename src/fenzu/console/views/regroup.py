"""Regroup: a list is dropped, read and planned; what keeps it from becoming a plan; the plans of before."""

import asyncio
from collections.abc import Iterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.desk import Desk
from fenzu.console.account.jobs import Job
from fenzu.console.addresses import list_address
from fenzu.console.regroup.list_job import PLAN, plan_list
from fenzu.console.regroup.lists import (
    MOST_BYTES,
    GivenList,
    Options,
    check_columns,
    find_list,
    keep_list,
    receive,
)
from fenzu.console.regroup.plan_files import all_runs
from fenzu.console.regroup.plan_page import Line, read_line, state_words
from fenzu.console.regroup.plan_steps import PlannedAt, tell
from fenzu.console.regroup.problems import read_problems, rows_shown, table_of
from fenzu.console.web.answers import answer, csv_file, nothing_here, read
from fenzu.console.web.page import desk_of, render
from fenzu.console.web.reader import reader_of
from fenzu.regroup._problem_kinds import REFUSED

PLANS_SHOWN = 100
"""So many plans are shown, the newest."""


async def regroup(request: Request) -> Response:
    """Where a list is dropped, and the plans of before."""
    desk = desk_of(request)
    lines, total = await asyncio.to_thread(_lines, desk)
    return render(
        request,
        "regroup.html",
        lines=lines,
        total=total,
        most=MOST_BYTES // 1024**2,
        state_of=state_words,
    )


async def upload(request: Request) -> Response:
    """Take a list as it is, and begin to plan it."""
    desk = desk_of(request)
    given = await receive(desk.account.runs, request.query_params.get("name", ""), request.stream())
    job = await _plan(desk, given)
    return answer({"go": f"{list_address(desk.account.name, given.id)}?job={job.id}"}, 201)


async def list_page(request: Request) -> Response:
    """A list: being read, or what keeps it from becoming a plan."""
    desk = desk_of(request)
    given = _list_of(request)
    last = desk.jobs.last(PLAN, given.id)
    job = desk.jobs.running(PLAN, given.id) or _just_planned(desk, request.query_params.get("job", ""))
    return render(
        request,
        "regroup-list.html",
        given=given,
        job=job,
        failed=None if last is None else last.error,
        problems=None if job else await asyncio.to_thread(rows_shown, desk.account.runs, given),
        most=MOST_BYTES // 1024**2,
        refused=[kind for kind in REFUSED if kind in given.counts],
    )


async def plan(request: Request) -> Response:
    """Plan a list again, otherwise."""
    desk, given = desk_of(request), _list_of(request)
    options = await read(request, Options)
    check_columns(options)
    given = msgspec.structs.replace(given, options=options)
    await asyncio.to_thread(keep_list, desk.account.runs, given)
    job = await _plan(desk, given)
    return answer({"go": f"{list_address(desk.account.name, given.id)}?job={job.id}"}, 202)


async def problem_rows(request: Request) -> Response:
    """All rows of a list with problems, for spreadsheets."""
    given = _list_of(request)
    problems = await asyncio.to_thread(read_problems, desk_of(request).account.runs, given)
    if problems is None:
        raise nothing_here()
    pieces: Iterator[bytes] = table_of(problems, reader_of(request).language)
    return csv_file("problems.csv", pieces)


async def _plan(desk: Desk, given: GivenList) -> Job:
    await desk.jobs.going_on(PLAN, given.id)
    return desk.jobs.start(PLAN, given.id, plan_list(desk, given), tell)


def _just_planned(desk: Desk, job_id: str) -> Job | None:
    """Return a job that is over and has led to a plan: the page goes on there."""
    job = desk.jobs.get(job_id)
    kept = None if job is None else job.heard(PlannedAt)
    return job if kept is not None and "/runs/" in kept.address else None


def _list_of(request: Request) -> GivenList:
    given = find_list(desk_of(request).account.runs, request.path_params["list"])
    if given is None:
        raise nothing_here()
    return given


def _lines(desk: Desk) -> tuple[list[Line], int]:
    found = all_runs(desk.account.runs)
    return [read_line(path) for path in found[:PLANS_SHOWN]], len(found)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/regroup", regroup),
    Route("/regroup/lists", upload, methods=["POST"]),
    Route("/regroup/lists/{list}", list_page),
    Route("/regroup/lists/{list}/plan", plan, methods=["POST"]),
    Route("/regroup/lists/{list}/problems.csv", problem_rows),
)

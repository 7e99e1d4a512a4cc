"""The page of a plan: what it would do, carrying it out, what became of it, taking it back."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.desk import Desk
from fenzu.console.account.jobs import Tell
from fenzu.console.addresses import regroup_address
from fenzu.console.regroup import running
from fenzu.console.regroup.lists import find_list
from fenzu.console.regroup.plan_files import discard, find_run, stem_of
from fenzu.console.regroup.plan_page import Shown, check_accepted, read_run, rows_words
from fenzu.console.regroup.problems import rows_shown
from fenzu.console.regroup.run_news import news_of, wanted_words
from fenzu.console.regroup.run_words import advice_on, tell_asking, tell_run
from fenzu.console.web.answers import answer, csv_file, nothing_here, read
from fenzu.console.web.page import desk_of, render, writable_desk_of
from fenzu.console.web.reader import reader_of
from fenzu.regroup import OpenRun, Settings
from fenzu.regroup._books.handing import check_here
from fenzu.regroup._books.opening import open_run
from fenzu.regroup._render import words
from fenzu.regroup._render.flow_picture import picture
from fenzu.regroup._render.tables import facts, tables
from fenzu.regroup._settling.rows import CSV_TITLES, csv_rows
from fenzu.spreadsheet import csv_pieces
from fenzu.wire.words import Language


class RunWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a plan is to be carried out."""

    accept: frozenset[str] = frozenset()
    """The findings of the guards that are wanted so."""
    reserve: int = 0
    """Leave so many of the day's moving calls to others."""
    wait: bool = False
    """Wait for the next day's calls instead of stopping."""
    most: int | None = None
    """Stop when more followers than that could not be moved; None: as the engine has it."""


async def _read(desk: Desk, path: Path) -> Shown:
    """Read a plan and how it stands; once more where what was at work on it has ended meanwhile.

    Otherwise the page would say that somebody is at work, and watch nobody.
    """
    found = (desk.jobs.last(kind, stem_of(path)) for kind in running.KINDS)
    at_work = [job for job in found if job is not None and not job.is_over]
    shown = await asyncio.to_thread(read_run, path)
    if any(job.is_over for job in at_work):
        shown = await asyncio.to_thread(read_run, path)
    return shown


async def run_page(request: Request) -> Response:
    """A plan and how it stands; what is at work on it is watched."""
    desk, path = desk_of(request), _path_of(request)
    shown = await _read(desk, path)
    news = news_of(shown, {kind: desk.jobs.last(kind, shown.stem) for kind in running.KINDS})
    drawn = picture(shown.view, reader_of(request).language) if shown.view.flows else ""
    return render(
        request,
        "run.html",
        run=shown,
        view=shown.view,
        words=words,
        news=news,
        advice_on=advice_on,
        wanted_words=wanted_words,
        rows=rows_words(shown.told.rows if shown.told else 0, shown.view.header, shown.view.moves),
        picture=Markup(drawn),  # noqa: S704 - the picture escapes all names itself
        tables=[table.cut() for table in tables(shown.view)],
        facts=facts(shown.view),
        problems=await asyncio.to_thread(_problems, desk, shown),
        has_list=shown.told is not None and find_list(desk.account.runs, shown.told.list_id) is not None,
    )


async def apply(request: Request) -> Response:
    """Carry a plan out, or go on with it; the guards are asked first."""
    desk = writable_desk_of(request)
    path = _path_of(request)
    wish = await read(request, RunWish)
    shown = await asyncio.to_thread(read_run, path)
    if shown.report is None:
        check_accepted(shown.view.findings, wish.accept)
    steps = running.apply(desk, path, _settings(wish), force=True)
    return _started(request, desk, running.RUN, path, steps, tell_run)


async def undo(request: Request) -> Response:
    """Take a plan back, or go on with that."""
    desk = writable_desk_of(request)
    path = _path_of(request)
    wish = await read(request, RunWish)
    return _started(request, desk, running.RUN, path, running.undo(desk, path, _settings(wish)), tell_run)


async def look(request: Request) -> Response:
    """Find out what an undo would do."""
    desk, path = desk_of(request), _path_of(request)
    return _started(request, desk, running.LOOK, path, running.look(desk, path), tell_asking)


async def keep(request: Request) -> Response:
    """Leave a plan as it is: what an undo would do is shown no more."""
    desk, path = desk_of(request), _path_of(request)
    desk.jobs.forget(running.LOOK, stem_of(path))
    return answer({})


async def check(request: Request) -> Response:
    """Compare the platform with what was done."""
    desk, path = desk_of(request), _path_of(request)
    return _started(request, desk, running.CHECK, path, running.check(desk, path), tell_asking)


async def throw_away(request: Request) -> Response:
    """Delete a plan of which nothing was done."""
    desk = writable_desk_of(request)
    path = _path_of(request)
    await asyncio.to_thread(discard, path)
    return answer({"go": regroup_address(desk.account.name)})


async def outcomes(request: Request) -> Response:
    """What has become of each follower of a plan, for spreadsheets."""
    path, language = _path_of(request), reader_of(request).language
    failed = "failed" in request.query_params
    await asyncio.to_thread(_check_here, path)
    return csv_file(
        f"{stem_of(path)}{'-failed' if failed else ''}.csv", _outcomes(path, language, failed=failed)
    )


def _check_here(path: Path) -> None:
    """Raise `PlanError` for a plan that was handed over: once an answer has begun it is too late for words."""
    with open_run(str(path), read_only=True) as run:
        check_here(run.planned)


def _outcomes(path: Path, language: Language, *, failed: bool) -> Iterator[bytes]:
    with open_run(str(path), read_only=True) as run:
        yield from csv_pieces(CSV_TITLES, _rows(run, language, failed=failed))


def _rows(run: OpenRun, language: Language, *, failed: bool) -> Iterator[tuple[object, ...]]:
    return csv_rows(run.latest, language, only_failed=failed)


def _path_of(request: Request) -> Path:
    path = find_run(desk_of(request).account.runs, request.path_params["stem"])
    if path is None:
        raise nothing_here()
    return path


def _settings(wish: RunWish) -> Settings:
    return Settings(reserve=max(wish.reserve, 0), wait_for_quota=wish.wait, max_failures=wish.most)


def _started(
    request: Request, desk: Desk, kind: str, path: Path, steps: AsyncGenerator[object, None], tell: Tell
) -> Response:
    job = desk.jobs.start(kind, stem_of(path), steps, tell)
    return answer(job.told(reader_of(request).language), 202)


def _problems(desk: Desk, shown: Shown) -> object:
    given = find_list(desk.account.runs, shown.told.list_id) if shown.told else None
    return None if given is None else rows_shown(desk.account.runs, given)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/runs/{stem}", run_page),
    Route("/runs/{stem}/apply", apply, methods=["POST"]),
    Route("/runs/{stem}/undo", undo, methods=["POST"]),
    Route("/runs/{stem}/look", look, methods=["POST"]),
    Route("/runs/{stem}/keep", keep, methods=["POST"]),
    Route("/runs/{stem}/check", check, methods=["POST"]),
    Route("/runs/{stem}/discard", throw_away, methods=["POST"]),
    Route("/runs/{stem}/outcomes.csv", outcomes),
)

"""Moving followers: a few at once, many as a plan that has a page of its own; and taking a small move back."""

from typing import get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.followers.move_words import followers, named, problems, result_words
from fenzu.console.followers.moves import Moved, put_back
from fenzu.console.followers.searching import Matching
from fenzu.console.groups.changes import known_group
from fenzu.console.groups.moving import Kind, Planning, move_or_plan
from fenzu.console.regroup.plan_steps import PlannedAt
from fenzu.console.views.jobs import job_of
from fenzu.console.web.answers import answer, nothing_here, read
from fenzu.console.web.page import desk_of, render, writable_desk_of
from fenzu.console.web.reader import reader_of
from fenzu.errors import UsageError
from fenzu.wire.words import Words


class MoveWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to go where: these, or all who match."""

    to: int
    openids: list[str] = []
    query: Matching | None = None
    unblocks: bool = False
    """Whether they shall go also where that takes some out of the blacklist."""


class MoveAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a page is told of a move."""

    message: str
    undo: str | None
    moved: tuple[str, ...]
    failed: list[str]
    problems: list[str]


async def targets(request: Request) -> Response:
    """The groups that somebody can be moved to, those first that were moved to last."""
    desk = desk_of(request)
    groups = await desk.groups.list()
    by_id = {int(group.id): group for group in groups}
    recent = [by_id[group_id] for group_id in desk.moves.recent if group_id in by_id]
    return render(request, "move-targets.html", groups=groups, recent=recent)


async def start(request: Request) -> Response:
    """Move at once, or make the plan and tell where it is."""
    desk = writable_desk_of(request)
    wish = await read(request, MoveWish)
    group = await known_group(desk, wish.to)
    name = named(group.name)

    def about(n: int) -> Words:
        return Words(f"Move {followers(n)} to {name}", f"将 {n:,} 名粉丝移到“{name}”")

    whom = wish.openids if wish.query is None else wish.query.query()
    result = await move_or_plan(
        desk, group.id, whom, about, kind="move", nobody=_nobody(), asks_first=not wish.unblocks
    )
    if isinstance(result, Planning):
        return answer(result)
    if result.blocked:
        return answer({"blocked": result.blocked})
    return _answered(request, result, group.name)


async def planning(request: Request) -> Response:
    """The page that waits for the plan of a move or a merge, and tells why there is none."""
    job = job_of(request)
    if job.kind not in get_args(Kind):
        raise nothing_here()
    is_coming = not job.is_over or job.heard(PlannedAt) is not None
    return render(request, "planning.html", job=job, is_coming=is_coming)


async def undo(request: Request) -> Response:
    """Take a move back."""
    desk = writable_desk_of(request)
    return _answered(request, await put_back(desk, request.path_params["key"]), "")


def _answered(request: Request, result: Moved, group: str) -> Response:
    language = reader_of(request).language
    return answer(
        MoveAnswer(
            message=result_words(result, group).say(language),
            undo=result.undo,
            moved=result.moved,
            failed=list(result.failed),
            problems=[problem.say(language) for problem in problems(result)],
        )
    )


def _nobody() -> UsageError:
    return UsageError(
        Words("nobody is selected", "没有选择粉丝"),
        Words("select whom to move", "请先选择要移动的粉丝"),
    )


ROUTES: tuple[BaseRoute, ...] = (
    Route("/moves/targets", targets),
    Route("/moves", start, methods=["POST"]),
    Route("/moves/plans/{job}", planning),
    Route("/moves/{key}/undo", undo, methods=["POST"]),
)

"""From what somebody wants to a plan that is kept, and has a page of its own. What a plan holds, the engine decides."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.console.account.jobs import Board
from fenzu.console.addresses import list_address, run_address
from fenzu.console.regroup.lists import GivenList, Options, file_of, first_lines, keep_list
from fenzu.console.regroup.oddities import keep_problems
from fenzu.console.regroup.plan_files import Told, save_run
from fenzu.errors import FenzuError
from fenzu.mirror import Mirror, Query
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._oddities import REFUSED
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.regroup import Planned
    from fenzu.regroup._planned import Wanted
    from fenzu.regroup._wishes import Wishes

KIND = "plan"
"""The kind of job; its subject is the list."""
CHOOSE = Words(
    "choose otherwise below, or correct the list and drop it again", "请在下面调整选项，或修改名单后重新选择"
)
"""Where the engine's advice names an option of the command line."""
READING, COMPARING, SAVING = (
    Words("Reading the list", "正在读取名单"),
    Words("Comparing it with who is in which group", "正在与现有分组比较"),
    Words("Writing the plan", "正在写出计划"),
)


class Step(msgspec.Struct, frozen=True):
    """What is done with a list just now."""

    title: Words


class Kept(msgspec.Struct, frozen=True):
    """The last event: where to go on, to the plan or to what keeps the list from becoming one."""

    address: str


async def plan_move(desk: Desk, to: int, whom: Sequence[str] | Query, about: Words) -> str:
    """Plan that these followers go into a group, keep the plan, and return the address of its page.

    `whom` are openids, or a query that all of them match. `about` says in a few words what the plan is for. Changes
    nothing at the platform. Raises `UsageError` where there is no such group, `StoreError` where nobody is known yet.
    """
    from fenzu.regroup._planned import Wanted

    mirrors = await desk.mirrors()
    wishes = await asyncio.to_thread(_wishes, mirrors.scan, to, whom, about)
    planned = await compare(desk, wishes, Wanted())
    planned.check()
    return await keep(desk, planned, "move", Told(about=about))


async def plan_list(desk: Desk, given: GivenList) -> AsyncGenerator[object, None]:
    """Make a plan from a list, and keep it where nothing has to be settled first; what is odd is kept with the list."""
    runs, options = desk.account.runs, given.options
    given = GivenList(id=given.id, name=given.name, size=given.size, at=given.at, options=options)
    yield Step(READING)
    try:
        wishes = await asyncio.to_thread(_read, desk, given)
        given = msgspec.structs.replace(given, found=wishes.origin.words, rows=wishes.rows)
        yield Step(COMPARING)
        planned = await compare(desk, wishes, _wanted(options))
        given = await asyncio.to_thread(keep_problems, runs, given, planned.problems)
        address = list_address(desk.account.name, given.id)
        if not any(kind in planned.problems.counts for kind in REFUSED):
            yield Step(SAVING)
            told = Told(about=Words(given.name, given.name), list_id=given.id, rows=given.rows)
            stem = await asyncio.to_thread(save_run, runs, "list", planned, told)
            address = run_address(desk.account.name, stem)
            given = msgspec.structs.replace(given, stem=stem)
    except FenzuError as error:
        choices = getattr(error, "choices", ())
        advice = CHOOSE if "--" in error.advice.en else error.advice
        first = await asyncio.to_thread(first_lines, runs, given) if len(choices) == 1 else ()
        given = msgspec.structs.replace(
            given, trouble=error.words, advice=advice, choices=choices, first=first
        )
        address = list_address(desk.account.name, given.id)
    await asyncio.to_thread(keep_list, runs, given)
    yield Kept(address)


def tell(board: Board, language: Language) -> dict[str, object]:
    """Say what is done with a list just now."""
    step, kept = board.heard(Step), board.heard(Kept)
    told: dict[str, object] = {"title": (READING if step is None else step.title).say(language)}
    if kept is not None:
        told["go"] = kept.address
    return told


async def compare(desk: Desk, wishes: "Wishes", wanted: "Wanted") -> "Planned":
    """Make the plan against the groups as they are now, and the mirror."""
    from fenzu.regroup._planned import plan_wishes

    mirrors = await desk.mirrors()
    return await plan_wishes(wishes, Asking(desk.client.directory), mirrors.scan, wanted)


async def keep(desk: Desk, planned: "Planned", word: str, told: Told) -> str:
    """Write the plan into the account's folder, and return the address of its page."""
    stem = await asyncio.to_thread(save_run, desk.account.runs, word, planned, told)
    return run_address(desk.account.name, stem)


def _wishes(mirror: Mirror, to: int, whom: Sequence[str] | Query, about: Words) -> "Wishes":
    """Return the wish as a frame: of a million openids it takes some thirty megabytes."""
    from fenzu.regroup._polars import pl
    from fenzu.regroup._wishes import read_wishes

    pieces = mirror.openids(whom) if isinstance(whom, Query) else iter([list(whom)])
    parts = [pl.Series("openid", piece, pl.String) for piece in pieces]
    openids = pl.concat(parts) if parts else pl.Series("openid", [], pl.String)
    frame = openids.to_frame().with_columns(pl.lit(to).alias("group_id"))
    return read_wishes(frame, name=about.en)


def _read(desk: Desk, given: GivenList) -> "Wishes":
    from fenzu.regroup._wishes import read_wishes

    options = given.options
    return read_wishes(
        file_of(desk.account.runs, given),
        openid_column=options.openid_column or None,
        group_column=options.group_column or None,
        sheet=options.sheet or None,
        name=given.name,
    )


def _wanted(options: Options) -> "Wanted":
    from fenzu.regroup._planned import Wanted

    return Wanted(
        create=options.create,
        rename_where_cheaper=options.create and options.rename,
        on_conflict=options.on_conflict,
    )

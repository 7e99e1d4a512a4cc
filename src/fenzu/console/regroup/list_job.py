"""Making a plan from a list that was dropped in, as a job: its steps in words, and where to go on. Knows no page."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.console.addresses import list_address, run_address
from fenzu.console.regroup.lists import Found, GivenList, Options, file_of, first_lines, keep_list
from fenzu.console.regroup.plan_files import PlanNote
from fenzu.console.regroup.plan_steps import COMPARING, SAVING, PlannedAt, Step
from fenzu.console.regroup.planning import compare, keep
from fenzu.console.regroup.problems import keep_problems
from fenzu.errors import FenzuError, UsageError
from fenzu.regroup._problem_kinds import REFUSED
from fenzu.threads import to_the_end
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._planned import Wanted
    from fenzu.regroup._wishes import Wishes

PLAN = "plan"
"""The kind of job; its subject is the list."""
CHOOSE = Words(
    "choose otherwise below, or correct the list and drop it again", "请在下面调整选项，或修改名单后重新选择"
)
"""Where the engine's advice names an option of the command line."""
SYNC = Words(
    "read who follows on the page Followers, then make the plan here",
    "请先在粉丝页读取粉丝，再在此制定计划",
)
"""Where it names a command, which can only be the one that fills the mirror."""
NO_ROWS = Words("the list has no rows", "名单中没有数据行")
FILL = Words("write an openid and a group in each row", "请在每行填写一个 openid 和一个分组")
READING = Words("Reading the list", "正在读取名单")


async def plan_list(desk: Desk, given: GivenList) -> AsyncGenerator[object, None]:
    """Make a plan from a list and keep it, unless something is to be settled first; problems are kept with the list."""
    runs, options = desk.account.runs, given.options
    given = GivenList(id=given.id, name=given.name, size=given.size, at=given.at, options=options)
    yield Step(READING)
    try:
        given = await asyncio.to_thread(_looked_at, desk, given)
        wishes = await asyncio.to_thread(_read, desk, given)
        given = _told(given, wishes)
        if not wishes.rows:
            raise UsageError(NO_ROWS, FILL)
        yield Step(COMPARING)
        planned = await compare(desk, wishes, _wanted(options))
        given = await asyncio.to_thread(keep_problems, runs, given, planned.problems)
        address = list_address(desk.account.name, given.id)
        if not any(kind in planned.problems.counts for kind in REFUSED):
            yield Step(SAVING)
            told = PlanNote(about=Words(given.name, given.name), list_id=given.id, rows=given.rows)
            stem = await keep(desk, planned, "list", told)
            address = run_address(desk.account.name, stem)
            given = msgspec.structs.replace(given, stem=stem)
    except FenzuError as error:
        choices = getattr(error, "choices", given.choices)
        first = await asyncio.to_thread(first_lines, runs, given) if len(choices) == 1 else ()
        given = msgspec.structs.replace(
            given, trouble=error.words, advice=_advice_on(error), choices=choices, first=first
        )
        address = list_address(desk.account.name, given.id)
    await to_the_end(partial(keep_list, runs, given))
    yield PlannedAt(address)


def _advice_on(error: FenzuError) -> Words:
    advice = error.advice
    if "--" in advice.en:
        return CHOOSE
    return SYNC if "fenzu mirror sync" in advice.en else advice


def _looked_at(desk: Desk, given: GivenList) -> GivenList:
    from fenzu.regroup._wishes.formats import LOOKED_AT, check_is_table, look

    with file_of(desk.account.runs, given).open("rb") as file:
        head = file.read(LOOKED_AT)
    check_is_table(head)
    return msgspec.structs.replace(given, format=look(head))


def _told(given: GivenList, wishes: "Wishes") -> GivenList:
    origin = wishes.origin
    found = Found(origin.words, origin.encoding, origin.delimiter, origin.openid_column, origin.group_column)
    return msgspec.structs.replace(given, found=found, rows=wishes.rows, choices=origin.columns)


def _read(desk: Desk, given: GivenList) -> "Wishes":
    from fenzu.regroup._wishes import read_wishes

    options = given.options
    return read_wishes(
        file_of(desk.account.runs, given),
        openid_column=options.openid_column or None,
        group_column=options.group_column or None,
        encoding=options.encoding or None,
        delimiter=options.delimiter or None,
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

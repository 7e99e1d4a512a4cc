"""Where a plan is, and the mirror that hears of what becomes of it: what every command on a plan takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.cli.command import argument, option
from fenzu.cli.mirror_place import VARIABLE, open_mirror, place_of
from fenzu.database import is_postgres
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.mirror import Mirror

PLAN = argument("plan", words=Words("the plan: a file, or postgresql://…", "计划：文件，或 postgresql://…"))
RUN = option(
    "--run",
    "number",
    type=int,
    metavar="NUMBER",
    words=Words("which plan of a PostgreSQL database", "PostgreSQL 数据库中的哪个计划"),
)


def place_words(where: str, number: int) -> str:
    """Return how a plan is named on the command line: a database of many takes the run's number."""
    return f"{where} --run {number}" if is_postgres(where) else where


@contextmanager
def mirror_if_there(given: str | None, base_url: str, appid: str) -> Iterator["Mirror | None"]:
    """Open the account's mirror, to be told what changes; None where nobody has named one and there is none yet."""
    is_named = bool(given or os.environ.get(VARIABLE))
    if not is_named and not Path(place_of(None, base_url, appid)).exists():
        yield None
        return
    with open_mirror(given, base_url, appid) as mirror:
        yield mirror

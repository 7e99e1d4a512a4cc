"""Lists that were dropped into the browser: kept in a folder each until they are a plan, and what was found in them.

Nothing is read out of a list here; its name is somebody else's text and never a path.
"""

import asyncio
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from fenzu.console.folders import make_folder, writing
from fenzu.errors import UsageError, mask
from fenzu.wire.limits import OPENID_PATTERN
from fenzu.wire.words import Words

MOST_BYTES = 200 * 1024 * 1024
"""Bytes of a list: ten million rows with short names fit in, zipped."""
OLD_SECONDS = 7 * 24 * 3600.0
"""Seconds after which a list goes when another one comes."""
FOLDER, FILE, ABOUT, PROBLEMS = "lists", "list", "about.json", "problems.parquet"
FIRST_BYTES, FIRST_LINES, LINE_LETTERS = 4096, 5, 80
"""Bytes that are read, lines and letters that are shown of how a list begins."""
COMPRESSED = (b"PK", b"\x1f\x8b")
_ID = re.compile(r"[0-9a-f]{16}")
_OPENID = re.compile(OPENID_PATTERN)


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a plan is wanted from a list."""

    create: bool = False
    rename: bool = False
    on_conflict: Literal["refuse", "first", "last"] = "refuse"
    openid_column: str = ""
    """Its number, counted from 1; empty where it is found by its title."""
    group_column: str = ""
    encoding: Literal["", "utf-8", "gb18030", "big5", "utf-16"] = ""
    """Of a text; empty, like the delimiter: found by looking."""
    delimiter: Literal["", ",", ";", "\t", "|"] = ""
    sheet: str = ""
    """Of a spreadsheet; empty: the first one."""


class Found(msgspec.Struct, frozen=True):
    """What was found in a list by looking, or as the options said. What does not apply is empty."""

    words: Words
    encoding: str
    delimiter: str
    openid_column: str
    group_column: str


class GivenList(msgspec.Struct, frozen=True, kw_only=True):
    """A list, and what came of reading it last."""

    id: str
    name: str
    """The file's name, as somebody else wrote it."""
    size: int
    at: float
    options: Options = Options()
    format: str = ""
    """As its first bytes tell it; empty where it was not looked at yet."""
    found: Found | None = None
    """Its encoding and columns, once it could be read."""
    rows: int = 0
    counts: dict[str, int] = {}
    """How many rows have problems, by the kind of problem."""
    trouble: Words | None = None
    """Why it could not be read or planned."""
    advice: Words | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """Its columns: number and what is in the first row."""
    first: tuple[str, ...] = ()
    """How it begins, where it has one column only; openids in it are shortened."""
    stem: str = ""
    """The newest plan that was made from it."""


async def receive(runs: Path, name: str, pieces: AsyncIterator[bytes]) -> GivenList:
    """Keep a list as it comes in. Raises `UsageError` where it is too long or empty; nothing of it is kept then."""
    list_id = secrets.token_hex(8)
    folder = _folder(runs, list_id)
    await asyncio.to_thread(_make_room, folder)
    try:
        size = await _write(folder / FILE, pieces)
        given = GivenList(id=list_id, name=name[:200] or "list", size=size, at=time.time())
        keep_list(runs, given)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return given


def check_columns(options: Options) -> None:
    """Raise `UsageError` where one column is to hold both the openids and the groups."""
    if options.openid_column and options.openid_column == options.group_column:
        raise UsageError(
            Words("the openids and the groups cannot stand in the same column", "openid 和分组不能是同一列"),
            Words("choose two columns", "请选择两个不同的列"),
        )


def find_list(runs: Path, list_id: str) -> GivenList | None:
    """Return a list by its id; None where there is none, or no more."""
    if not _ID.fullmatch(list_id):
        return None
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((_folder(runs, list_id) / ABOUT).read_bytes(), type=GivenList)
    return None


def keep_list(runs: Path, given: GivenList) -> None:
    """Write down what is known of a list."""
    path = _folder(runs, given.id) / ABOUT
    beside = path.with_suffix(".new")
    with writing(path.parent):
        beside.write_bytes(msgspec.json.encode(given))
        beside.replace(path)


def file_of(runs: Path, given: GivenList) -> Path:
    """Return where the list's own bytes are."""
    return _folder(runs, given.id) / FILE


def first_lines(runs: Path, given: GivenList) -> tuple[str, ...]:
    """Return the first lines of a list; none where it is no text."""
    with file_of(runs, given).open("rb") as file:
        begins = file.read(FIRST_BYTES)
    if b"\0" in begins or begins.startswith(COMPRESSED):
        return ()
    text = begins.decode("utf-8-sig", "replace")
    if "\ufffd" in text.rstrip("\ufffd"):  # the last letter may be cut
        text = begins.decode("gb18030", "replace")
    lines = text.splitlines()[:FIRST_LINES]
    return tuple(_OPENID.sub(lambda found: mask(found[0]), line)[:LINE_LETTERS] for line in lines)


def problems_of(runs: Path, given: GivenList) -> Path:
    """Return where its rows with problems are kept, once it was read."""
    return _folder(runs, given.id) / PROBLEMS


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> int:
    size = 0
    with writing(path.parent):
        file = path.open("xb")
    with file:
        async for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise UsageError(
                    Words(
                        f"the file is larger than {MOST_BYTES // 1024**2} MiB",
                        f"文件超过 {MOST_BYTES // 1024**2} MiB",
                    ),
                    Words(
                        "zip it (.csv.gz), save it as Parquet, or plan it on the command line: fenzu regroup plan",
                        "请压缩为 .csv.gz 或另存为 Parquet，或在命令行制定计划：fenzu regroup plan",
                    ),
                )
            await asyncio.to_thread(_put, file, piece)
    if not size:
        raise UsageError(
            Words("the file is empty", "文件是空的"),
            Words("drop a list with openids and groups", "请选择包含 openid 和分组的名单"),
        )
    return size


def _put(file: BinaryIO, piece: bytes) -> None:
    with writing(Path(file.name).parent):
        file.write(piece)


def _make_room(folder: Path) -> None:
    """Make the folder; lists that are old go."""
    make_folder(folder.parent.parent)
    make_folder(folder.parent)
    with writing(folder.parent):
        for other in folder.parent.iterdir():
            if _ID.fullmatch(other.name) and other.stat().st_mtime < time.time() - OLD_SECONDS:
                shutil.rmtree(other, ignore_errors=True)
    make_folder(folder)


def _folder(runs: Path, list_id: str) -> Path:
    return runs / FOLDER / list_id

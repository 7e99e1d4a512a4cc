"""The plans of an account: a file each in its folder, and beside it what was told when it was made. Knows no page."""

import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fenzu.console.folders import make_folder, writing
from fenzu.errors import FenzuError, PlanError
from fenzu.regroup import Cost, OpenRun
from fenzu.regroup._books.opening import open_run
from fenzu.regroup._books.saving import write_plan
from fenzu.regroup._running.hold import locked
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup import Planned

SUFFIX, BESIDE = ".plan", ".told.json"
_STEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


class PlanNote(msgspec.Struct, frozen=True, kw_only=True):
    """What was told when a plan was made, and stands in no plan."""

    about: Words
    """Where it came from, in a few words."""
    cost: Cost | None = None
    notes: tuple[Words, ...] = ()
    list_id: str = ""
    """The list that it was made from; empty where there was none."""
    rows: int = 0
    """How many rows that list has."""


def save_run(folder: Path, word: str, planned: "Planned", told: PlanNote) -> str:
    """Write a plan and what is told of it into new files, and return the plan's stem.

    `word` stands in the name beside the moment. Raises `StoreError` where the folder cannot be written.
    """
    make_folder(folder)
    now = time.time()
    moment = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{int(now * 1000) % 1000:03}"
    stem = f"{moment}-{word}-{secrets.token_hex(2)}"
    whole = msgspec.structs.replace(told, cost=planned.cost, notes=planned.notes)
    beside = folder / f"{stem}{BESIDE}"
    try:
        with writing(folder):
            beside.write_bytes(msgspec.json.encode(whole))
        write_plan(planned.plan, str(folder / f"{stem}{SUFFIX}"))
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    return stem


def find_run(folder: Path, stem: str) -> Path | None:
    """Return the plan's file; None where there is none of that stem."""
    path = folder / f"{stem}{SUFFIX}"
    return path if _STEM.fullmatch(stem) and path.is_file() else None


def stem_of(path: Path) -> str:
    """Return what stands in the address of a plan's page."""
    return path.name.removesuffix(SUFFIX)


def all_runs(folder: Path) -> list[Path]:
    """Return the plans' files, the newest first."""
    found = [path for path in folder.glob(f"*{SUFFIX}") if _STEM.fullmatch(stem_of(path))]
    return sorted(found, key=lambda path: path.name, reverse=True)


def told_of(path: Path) -> PlanNote | None:
    """Return what was told when the plan was made; None for a plan that was not made here."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(path.with_name(f"{stem_of(path)}{BESIDE}").read_bytes(), type=PlanNote)
    return None


def discard(path: Path) -> None:
    """Delete a plan of which nothing was done; raises `PlanError` for another, `AccountInUse` where it is in use."""
    with locked([str(path)]):
        with open_run(str(path), read_only=True) as run:
            check_not_begun(run)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        path.with_name(f"{stem_of(path)}{BESIDE}").unlink(missing_ok=True)


def check_not_begun(run: OpenRun) -> None:
    """Raise `PlanError` where something of a plan was done, or may have been."""
    try:
        book = run.latest
        is_fresh = book.state().state == "planned" and not book.has_begun()
    except FenzuError:
        is_fresh = False
    if not is_fresh:
        raise PlanError(
            Words("the plan was begun: it is kept", "计划已经开始执行，予以保留"),
            Words("it is needed to go on with it, or to undo it", "继续执行或撤销都需要它"),
        )

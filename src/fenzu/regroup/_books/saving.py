"""Writing a plan file so that there is never half a one, and never one less that somebody has begun."""

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from fenzu.database import is_postgres
from fenzu.errors import FenzuError, StoreError, UsageError
from fenzu.regroup._books.opening import open_run, save_plan
from fenzu.regroup._values import Plan
from fenzu.wire.words import Words


class Written(NamedTuple):
    """Where a plan is: the file, or the server without its password, and the run's number in it."""

    where: str
    number: int


def write_plan(plan: Plan, where: str, *, replace: bool = False) -> Written:
    """Write a plan into a file, or as a run into PostgreSQL, and return where it is.

    A file appears whole or not at all. One that is there is left as it is (`UsageError`); with `replace` it gives way
    if it is a plan of which nothing was done.
    """
    if is_postgres(where):
        with save_plan(plan, where) as run:
            return Written(run.where, run.number)
    path = Path(where)
    if path.exists():
        _check_may_go(path, replace=replace)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with save_plan(plan, str(beside)) as run:
        number = run.number
    try:
        _put(beside, path, replace=replace)
    finally:
        beside.unlink(missing_ok=True)
    return Written(where, number)


def check_may_write(where: str, *, replace: bool) -> None:
    """Raise what `write_plan` would raise about a file that is there, before anything is read or asked."""
    if not is_postgres(where) and Path(where).exists():
        _check_may_go(Path(where), replace=replace)


def _check_may_go(path: Path, *, replace: bool) -> None:
    if not replace:
        raise _is_there(path)
    try:
        with open_run(str(path), read_only=True) as run:
            state = run.planned.state().state
    except FenzuError:
        state = None
    if state is None:
        raise UsageError(
            Words(f"{path} is there, and is no plan", f"{path} 已存在，且不是计划文件"),
            Words("give the plan another name", "请换一个文件名"),
        )
    if Path(f"{path}-wal").exists():
        raise UsageError(
            Words(f"{path} is open in another process", f"{path} 正被另一个进程打开"),
            Words(
                "it may be about to be applied: end that one, or give the new plan another name",
                "可能即将执行：请先结束那个进程，或给新计划换一个文件名",
            ),
        )
    if state != "planned":
        raise UsageError(
            Words(f"{path} holds a plan that was begun", f"{path} 中的计划已经开始执行"),
            Words(
                "it is needed to resume, verify or undo it: give the new plan another name",
                "继续、核对、撤销都需要它：请给新计划换一个文件名",
            ),
        )


def _put(beside: Path, path: Path, *, replace: bool) -> None:
    """Give the file its name at once; without `replace` only if nobody has taken the name meanwhile."""
    try:
        if replace and path.exists():
            _check_may_go(path, replace=True)  # somebody may have begun it while the new one was written
        if replace or not _linked(beside, path):
            beside.replace(path)
        return
    except FileExistsError:
        error: FenzuError = _is_there(path)
    except OSError as trouble:
        reason = trouble.strerror or ""
        error = StoreError(
            Words(f"{path} cannot be written: {reason}", f"无法写入 {path}：{reason}"),
            Words("give a folder that is there and yours", "请给出存在且可写的目录"),
        )
    raise error


def _linked(beside: Path, path: Path) -> bool:
    """Give the file a second name; False where the disk knows no second names, and nobody has taken it."""
    try:
        os.link(beside, path)
    except OSError:
        if path.exists():
            raise FileExistsError from None
        return False
    return True


def _is_there(path: Path) -> UsageError:
    return UsageError(
        Words(f"{path} is there already", f"{path} 已存在"),
        Words(
            "give another name, or let the new plan replace it: --replace",
            "请换一个文件名，或用 --replace 覆盖",
        ),
    )

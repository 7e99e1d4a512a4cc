"""A run in its place, open: a plan file, which holds one plan and its undo, or a PostgreSQL database of many runs."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from fenzu.database import Database, is_postgres, open_database
from fenzu.database.formats import version_of
from fenzu.errors import PlanError, StoreError, UsageError
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.handing import check_here
from fenzu.regroup._books.tables import NAME
from fenzu.regroup._values import Plan
from fenzu.wire.words import Words


class OpenRun:
    """A plan with its journal and, once it was undone, with the undo's. Several threads may share it; close it.

    Get it from `save` or `open_run`. `number` is the plan's in its database.
    """

    def __init__(self, database: Database, number: int) -> None:
        self.database = database
        self.number = number
        self._planned = Book(database, number)

    def __repr__(self) -> str:
        return f"OpenRun({self.where!r}, {self.number})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, which is in one piece then, or the connection. Repeating is safe."""
        self.database.close()

    @property
    def where(self) -> str:
        """The file, or the server."""
        return self.database.where

    @property
    def planned(self) -> Book:
        """The book of the plan itself, whatever became of it and wherever it is carried out."""
        return self._planned

    @property
    def latest(self) -> Book:
        """The book of what was begun last: of the newest undo, where there is one, else of the plan.

        Raises `PlanError` where the plan was handed over to a database: what became of it stands there.
        """
        check_here(self._planned)
        return self.undoing() or self._planned

    def for_undo(self) -> Book:
        """Return the book of the plan, to be taken back; raises `PlanError` where it was handed over to a database."""
        check_here(self._planned)
        return self._planned

    def for_apply(self) -> Book:
        """Return the book of the plan, to be applied; raises `PlanError` once it was undone or handed over."""
        check_here(self._planned)
        check_not_undone(self._planned)
        return self._planned

    def undoing(self) -> Book | None:
        """Return the book of the newest undo of this plan."""
        number = self._planned.undone_by()
        return None if number is None else Book(self.database, number)

    def stopped_undo(self) -> Book | None:
        """Return the book of the newest undo, if that was begun and is not done."""
        book = self.undoing()
        return book if book is not None and book.state().state in {"running", "stopped"} else None

    def add(self, plan: Plan) -> Book:
        """Write an undo of this plan beside it, and return its book."""
        return _book.create(self.database, plan)


def check_not_undone(book: Book) -> None:
    """Raise `PlanError` where a run was undone, or is being undone: carried on, it would undo the undo."""
    if book.undone_by() is not None:
        raise PlanError(
            Words("the plan was undone, or is being undone", "该计划已撤销或正在撤销"),
            Words(
                "make a new plan to apply it again; an undo that has stopped goes on with fenzu regroup undo",
                "要再次执行请重新制定计划；中途停止的撤销用 fenzu regroup undo 继续",
            ),
        )


def save_plan(plan: Plan, where: str) -> OpenRun:
    """Write a plan into a new file, or as a new run into PostgreSQL, all or nothing.

    A file that is there already is left as it is: it raises `UsageError`.
    """
    if not is_postgres(where):
        _claim(Path(where))
    try:
        return _open(where, lambda database: _book.create(database, plan).run)
    except BaseException:
        if not is_postgres(where):
            for name in (where, f"{where}-wal", f"{where}-shm"):
                Path(name).unlink(missing_ok=True)
        raise


def open_run(where: str, number: int | None = None, *, read_only: bool = False) -> OpenRun:
    """Open a plan file, or a run of a PostgreSQL database by its number.

    Raises `StoreError` where there is none, and `UsageError` where there are several plans and no number is given.
    """
    if not is_postgres(where):
        _check_is_plan(where)
    return _open(where, lambda database: number or _only_plan(database), read_only=read_only)


def _check_is_plan(where: str) -> None:
    """Look before it is opened for writing, which would make a database of somebody's empty file."""
    path = Path(where)
    if not path.exists():
        raise StoreError(
            Words(f"there is no file {where}", f"没有 {where} 这个文件"),
            Words(
                "look at its path, or make a plan: fenzu regroup plan",
                "请检查路径，或先制定计划：fenzu regroup plan",
            ),
        )
    if not path.is_file():
        raise _no_plan(where)
    with closing(open_database(where, read_only=True)) as database:
        if not version_of(database, NAME):
            raise _no_plan(where)


def _open(where: str, find: Callable[[Database], int], *, read_only: bool = False) -> OpenRun:
    database = open_database(where, read_only=read_only, travels=True)
    try:
        return OpenRun(database, find(database))
    except BaseException:
        database.close()
        raise


def _only_plan(database: Database) -> int:
    plans = [run.number for run in _book.runs(database) if Book(database, run.number).header.undoes is None]
    if not plans:
        raise _no_plan(database.where)
    if len(plans) > 1:
        raise UsageError(
            Words(f"{database.where} holds {len(plans)} plans", f"{database.where} 中有 {len(plans)} 个计划"),
            Words("tell which one by its number (--run)", "请用编号指定（--run）"),
        )
    return plans[0]


def _claim(path: Path) -> None:
    """Make the file, empty, so that two who plan at once do not write into one."""
    try:
        path.touch(0o600, exist_ok=False)
        return
    except FileExistsError:
        error: Exception = UsageError(
            Words(f"{path} is there already", f"{path} 已存在"),
            Words("give the plan another name, or remove that file", "请换一个文件名，或删除该文件"),
        )
    except OSError as trouble:
        reason = trouble.strerror or ""
        error = StoreError(
            Words(f"{path} cannot be made: {reason}", f"无法创建 {path}：{reason}"),
            Words("give a folder that is there and yours", "请给出存在且可写的目录"),
        )
    raise error


def _no_plan(where: str) -> StoreError:
    return StoreError(
        Words(f"{where} is no plan", f"{where} 不是计划文件"),
        Words("make one: fenzu regroup plan", "先制定计划：fenzu regroup plan"),
    )

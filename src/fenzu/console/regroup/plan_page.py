"""What the page of a plan shows, read from its file: what it would do, how it stands, and what may be done with it."""

from pathlib import Path

import msgspec

from fenzu.console.regroup.plan_files import PlanNote, stem_of, told_of
from fenzu.database.locks import is_held
from fenzu.errors import FenzuError, PlanError, UnsafePlan
from fenzu.regroup import OpenRun, Report
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.opening import open_run
from fenzu.regroup._planning.guard import Finding
from fenzu.regroup._render.labels import STATES, label
from fenzu.regroup._render.view import View, view_of
from fenzu.regroup._running.stale import check_digest
from fenzu.regroup._settling.report import report_of
from fenzu.regroup._settling.standing import Standing, standing_of
from fenzu.regroup._values import Header, KnownGroup
from fenzu.wire.words import Words

VIEWS_KEPT = 16
"""So many plans are kept counted."""
GROUPS_LINKED = 12
"""So many groups are linked to."""
HANDED = "handed"
APPLY, RESUME, UNDO, CHECK, DISCARD = "apply", "resume", "undo", "check", "discard"
_views: dict[tuple[str, str, float], View] = {}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A plan among the others; `standing` is None for a file that cannot be read, and `trouble` tells why."""

    stem: str
    about: Words
    standing: Standing | None = None
    made_at: float = 0.0
    trouble: FenzuError | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was ever done of it."""
        return self.standing is not None and (self.standing.state, self.standing.kind) == ("planned", "apply")


class Shown(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What the page of a plan shows."""

    stem: str
    about: Words
    view: View
    told: PlanNote | None
    standing: Standing
    """Of what was begun last: the plan, or its undo."""
    report: Report | None
    """Of the plan; None before it was begun."""
    undone: Report | None
    """Of its undo."""
    may: frozenset[str]

    @property
    def filled(self) -> tuple[KnownGroup, ...]:
        """The groups that the plan has moved followers into, those with the most of them first."""
        if self.report is None or not self.report.moved:
            return ()
        made = {group.name: int(group.id) for group in self.report.made}
        joined = sorted((each for each in self.view.traffic() if each.join), key=lambda each: -each.join)
        ids = [(made.get(each.name) if each.group_id < 0 else each.group_id, each.name) for each in joined]
        return tuple(KnownGroup(group_id, name) for group_id, name in ids if group_id is not None)[
            :GROUPS_LINKED
        ]


def read_run(path: Path) -> Shown:
    """Read a plan and how it stands. Raises `PlanError` where it was changed after it was made."""
    with open_run(str(path), read_only=True) as run:
        book, told = run.planned, told_of(path)
        standing, undoing = _standing(run, path)
        has_begun = book.state().state != "planned" or book.has_begun()
        report = report_of(book) if has_begun and standing.state != HANDED else None
        moved = 0 if report is None else report.moved
        return Shown(
            stem=stem_of(path),
            about=about(told, book),
            view=_with_told(_view(path, book), told),
            told=told,
            standing=standing,
            report=report,
            undone=None if undoing is None else report_of(undoing),
            may=possible(standing, moved=moved, is_empty=not book.tally().followers and not _groups(book)),
        )


def read_line(path: Path) -> Line:
    """Read how a plan stands; one that cannot be read is told too."""
    stem, told = stem_of(path), told_of(path)
    try:
        with open_run(str(path), read_only=True) as run:
            standing, _ = _standing(run, path)
            book = run.planned
            return Line(stem=stem, about=about(told, book), standing=standing, made_at=book.header.made_at)
    except FenzuError as error:
        return Line(stem=stem, about=Words(stem, stem), trouble=error)


def possible(standing: Standing, *, moved: int, is_empty: bool) -> frozenset[str]:
    """Return what may be done with a plan that stands so; `moved` followers are in their groups by it."""
    match standing.kind, standing.state:
        case "apply", "planned":
            return frozenset({DISCARD} if is_empty else {APPLY, DISCARD})
        case "apply", "stopped" | "broken":
            return frozenset({RESUME, UNDO} | ({CHECK} if moved else set()))
        case "apply", "done":
            return frozenset({UNDO} | ({CHECK} if moved else set()))
        case "undo", "planned" | "stopped" | "broken":
            return frozenset({UNDO})
        case _:
            return frozenset()


def state_words(standing: Standing) -> Words:
    """Return how a plan stands, in a word or two."""
    if standing.state == HANDED:
        return Words("handed over to a worker", "已交给 worker")
    called = label(STATES, standing.state)
    if standing.kind != "undo":
        return called
    if standing.state == "done":
        return Words("undone", "已撤销")
    return Words(f"undo {called.en}", f"撤销{called.zh}")


def check_accepted(findings: tuple[Finding, ...], accepted: frozenset[str]) -> None:
    """Raise `UnsafePlan` where a guard refuses a plan and nobody has said that it is wanted so."""
    refused = [finding for finding in findings if finding.kind not in accepted]
    if refused:
        raise UnsafePlan(
            Words(
                "; ".join(finding.words.en for finding in refused),
                "；".join(finding.words.zh for finding in refused),
            ),
            Words(
                "if that is what you want, tick the box beside it, then apply again",
                "如果确实要这样做，请先勾选旁边的确认框，再执行",
            ),
        )


def rows_words(rows: int, header: Header, moves: int) -> Words | None:
    """Say what becomes of each row of a list, in numbers that add up to all; None where there was no list."""
    skipped = rows - moves - header.unchanged - header.along
    if not rows or skipped < 0:
        return None
    english = f"{rows:,} rows: {moves:,} to move, {header.unchanged:,} already there"
    chinese = f"名单共 {rows:,} 行：需移动 {moves:,} 行，已在目标分组 {header.unchanged:,} 行"
    if header.along:
        english += f", {header.along:,} there by renaming their group"
        chinese += f"，随分组改名 {header.along:,} 行"
    return Words(f"{english}, {skipped:,} skipped.", f"{chinese}，略过 {skipped:,} 行。")


def about(told: PlanNote | None, book: Book) -> Words:
    """Return what a plan is for, in a few words."""
    return Words(book.header.wish, book.header.wish) if told is None else told.about


def _standing(run: OpenRun, path: Path) -> tuple[Standing, Book | None]:
    """Return how what was begun last stands, and the book of the undo."""
    try:
        undoing = run.undoing()
        book = run.latest
    except PlanError:  # it was handed over to a database, and goes on there
        book, undoing = run.planned, None
        return standing_of(book, book.state(), is_held=True)._replace(state=HANDED), None
    return standing_of(book, book.state(), is_held=is_held(str(path))), undoing


def _groups(book: Book) -> int:
    return len(book.creates) + len(book.renames) + len(book.deletes)


def _view(path: Path, book: Book) -> View:
    """Count who moves from where to where; ten million take some seconds, so that is kept for a while."""
    key = str(path), book.header.digest, book.header.made_at
    if key not in _views:
        check_digest(book)
        parts = book.groups, book.creates, book.renames, book.deletes
        counted = view_of(book.header, *parts, book.batches())
        while len(_views) >= VIEWS_KEPT:
            _views.pop(next(iter(_views)), None)
        _views[key] = counted
    return _views[key]


def _with_told(view: View, told: PlanNote | None) -> View:
    return view if told is None else msgspec.structs.replace(view, cost=told.cost, notes=told.notes)

"""What has become of a run, told from its book alone: in sums, and follower by follower."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import UNKNOWN_ADVICE
from fenzu.model import Group, GroupID
from fenzu.regroup._books.book import Book
from fenzu.regroup._values import Delete, Failure, Rename, RunKind, RunState
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.words import Words

Became: TypeAlias = Literal["moved", "failed", "waiting"]
NO_CODE = Words("check the network; then move them again", "检查网络后再次移动")


class FailureKind(msgspec.Struct, frozen=True):
    """So many followers could not be moved for the same reason; `code` is None where the platform gave none."""

    code: int | None
    message: str
    followers: int
    advice: Words


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a run. Times are in Unix seconds."""

    run: int
    kind: RunKind
    appid: str
    base_url: str
    wish: str
    digest: str
    state: RunState
    reason: str
    """Why it stopped: a code, or a class's name; empty where it did not."""
    followers: int
    """Whom the plan moves."""
    moved: int
    already_there: int
    """Of whom the wish lists, those who were in their group when the plan was made, or get there by its new name."""
    failed: int
    waiting: int
    """Who is in a batch that is not settled yet."""
    failures: tuple[FailureKind, ...]
    """By reason, the most frequent first."""
    made: tuple[Group, ...]
    renamed: tuple[Rename, ...]
    deleted: tuple[Delete, ...]
    calls: dict[str, int]
    """How many were sent, by fenzu's name of the call."""
    began_at: float | None
    """When the first thing was sent; None before that."""
    ended_at: float | None
    """When the last thing was known."""

    @property
    def seconds(self) -> float:
        """From the first call to the last, the time between two days of quota included."""
        return 0.0 if self.began_at is None or self.ended_at is None else self.ended_at - self.began_at


class Outcome(msgspec.Struct, frozen=True):
    """What has become of one follower of a plan; groups by id, None for one that is not made yet."""

    openid: str
    source: int
    target: int | None
    fate: Became
    code: int | None = None
    message: str = ""


def report_of(book: Book) -> Report:
    """Return a run's report; takes no call."""
    tally, state, span = book.tally(), book.state(), book.span()
    names = {create.slot: create.name for create in book.creates}
    done = {(action.kind, action.subject) for action in book.actions() if action.group_id is not None}
    return Report(
        run=book.run,
        kind=book.header.kind,
        appid=book.header.appid,
        base_url=book.header.base_url,
        wish=book.header.wish,
        digest=book.header.digest,
        state=state.state,
        reason=state.reason,
        followers=tally.followers,
        moved=tally.moved,
        already_there=book.header.unchanged + book.header.along,
        failed=tally.failed,
        waiting=tally.followers - tally.moved - tally.failed,
        failures=_kinds(book.failures()),
        made=tuple(
            Group(GroupID(number), names[slot]) for slot, number in sorted(book.group_ids().items())[::-1]
        ),
        renamed=tuple(rename for rename in book.renames if ("rename", rename.group_id) in done),
        deleted=tuple(delete for delete in book.deletes if ("delete", delete.group_id) in done),
        calls=dict(sorted(book.calls().items())),
        began_at=span[0] if span else None,
        ended_at=span[1] if span else None,
    )


def outcomes(book: Book) -> Iterator[Outcome]:
    """Yield what has become of each follower of the plan, in its order; keeps nothing but the failures in memory."""
    failures = {failure.openid: failure for failure in book.failures()}
    made = book.group_ids()
    settled = (batch.number for batch in book.settled())
    next_settled = next(settled, None)
    for batch in book.batches():
        is_settled = batch.number == next_settled
        if is_settled:
            next_settled = next(settled, None)
        target = batch.target if batch.target >= 0 else made.get(batch.target)
        for openid, source in zip(batch.openids, batch.sources, strict=True):
            failure = failures.get(openid)
            if failure is not None:
                yield Outcome(openid, source, target, "failed", failure.code, failure.message)
            else:
                yield Outcome(openid, source, target, "moved" if is_settled else "waiting")


def advice_on(code: int | None) -> Words:
    """Return what to do about followers who could not be moved for this reason."""
    if code is None:
        return NO_CODE
    row = ERRCODES.get(code)
    return row.advice if row else UNKNOWN_ADVICE


def _kinds(failures: Iterator[Failure]) -> tuple[FailureKind, ...]:
    counted: dict[tuple[int | None, str], int] = {}
    for failure in failures:
        kind = failure.code, failure.message
        counted[kind] = counted.get(kind, 0) + 1
    return tuple(
        FailureKind(code, message, followers, advice_on(code))
        for (code, message), followers in sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    )

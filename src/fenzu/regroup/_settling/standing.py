"""How a run stands, in a line: by its journal, and by whether somebody is at work on it."""

from typing import NamedTuple

from fenzu.regroup._books.book import Book, Run


class Standing(NamedTuple):
    """How a run stands. `state` is `broken` where its process ended unexpectedly: it can be resumed."""

    plan: str
    run: int
    kind: str
    appid: str
    base_url: str
    state: str
    reason: str
    moved: int
    failed: int
    followers: int
    settled: int
    batches: int
    calls: int
    changed_at: float
    queued_until: float | None = None
    """Of one that is queued: the hour before which no worker takes it; None: as soon as one is free."""


def standing_of(book: Book, run: Run, *, is_held: bool) -> Standing:
    """Return how a run stands; `is_held` tells whether somebody is at work on its account, or on its file."""
    tally = book.tally()
    return Standing(
        plan=book.where,
        run=run.number,
        kind=book.header.kind,
        appid=run.appid,
        base_url=run.base_url,
        state="broken" if run.state == "running" and not is_held else run.state,
        reason=run.reason,
        moved=tally.moved,
        failed=tally.failed,
        followers=tally.followers,
        settled=tally.settled,
        batches=tally.batches,
        calls=tally.calls,
        changed_at=run.changed_at,
    )

"""How old a mirror's facts are, and what its last sync did: counted in two passes over all followers."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate

import msgspec

from fenzu.mirror._account import Account
from fenzu.mirror._sync_log import Stage, SyncLog
from fenzu.model import Group
from fenzu.wire.limits import RESERVED_GROUPS

MINUTE = 60
"""The median is told to the minute: so a pass over ten million needs little memory."""


class GroupCount(msgspec.Struct, frozen=True):
    """How many are in a group, by the platform when it was last listed, and by the mirror."""

    id: int
    name: str
    platform: int | None
    mirror: int


class LastSync(msgspec.Struct, frozen=True):
    """The last sync: `stage` is where it is, or where the next one goes on; "done" if it came to its end."""

    started_at: float
    ended_at: float | None
    stage: Stage
    calls: dict[str, int]
    """Sent so far, by fenzu's name of the call."""


class Status(msgspec.Struct, frozen=True):
    """What a mirror holds. Times are in Unix seconds."""

    followers: int
    unknown: int
    """Those of them whose group is not known yet."""
    gone: int
    """Who has left; they stay in the mirror."""
    oldest: float | None
    """When the oldest fact about a follower was learnt."""
    median: float | None
    """Half of the facts were learnt later, to the minute."""
    groups: tuple[GroupCount, ...]
    last_sync: LastSync | None
    invalid_since: float | None = None
    """When all this became untrue, as a sandbox was put back or emptied; None where it is true."""


def count_lines(pieces: Iterable[bytes]) -> Counter[bytes]:
    """Count equal lines: for ten million a quarter of the time that GROUP BY takes, which sorts them."""
    counted: Counter[bytes] = Counter()
    for piece in pieces:
        counted.update(piece.splitlines())
    return counted


def status_of(
    account: Account,
    groups: list[Group],
    known: Counter[bytes],
    oldest: float | None,
    unknown: int,
    gone: int,
) -> Status:
    """Sum up; `known` counts group and minute of who follows and is in a known group."""
    minutes: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    for line, n in known.items():
        group_id, minute = map(int, line.split(b","))
        counts[group_id] += n
        minutes[minute] += n
    return Status(
        followers=counts.total() + unknown,
        unknown=unknown,
        gone=gone,
        oldest=oldest,
        median=None if oldest is None or not minutes else max(oldest, _median(minutes)),
        groups=tuple(_groups(groups, counts)),
        last_sync=last_sync(SyncLog(account)),
        invalid_since=account.invalid_since,
    )


def _groups(listed: list[Group], counts: Counter[int]) -> Iterator[GroupCount]:
    """Yield all groups by id: those that are listed, and those that hold somebody without being listed (0 and 1)."""
    by_id = {int(group.id): group for group in listed}
    for number in sorted({*by_id, *counts}):
        group = by_id.get(number)
        name = RESERVED_GROUPS.get(number, "") if group is None else group.name
        yield GroupCount(number, name, None if group is None else group.count, counts[number])


def _median(minutes: Counter[int]) -> float:
    ordered = sorted(minutes)
    sums = list(accumulate(minutes[minute] for minute in ordered))
    return float(ordered[bisect_left(sums, sums[-1] / 2)] * MINUTE)


def last_sync(log: SyncLog) -> LastSync | None:
    """Return what its log tells of the last sync; None if there was none."""
    state = log.read()
    if state is None:
        return None
    return LastSync(state.started_at, state.ended_at, state.stage, log.calls())

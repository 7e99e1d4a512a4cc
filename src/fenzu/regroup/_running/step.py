"""What a run does after an answer, as pure functions. What an error itself says is told in `fenzu.fate`."""

from fenzu.errors import FenzuError, SystemBusy, UnknownGroup
from fenzu.pauses import next_day

LOOK_AFTER = 3
"""After so many -1 it is looked whether the group is there: rulebook 2021 answers so for one that is not."""
LATE_RENEWAL = 600.0
"""So many seconds after midnight a day that has not begun yet is asked for again soon."""
SOON = 60.0
SKEW = 60.0
"""What was taken so soon after midnight may have been yesterday's still: clocks differ."""
DAY = 86_400.0


def asks_for_a_look(error: FenzuError, tries: int) -> bool:
    """Whether the error may mean that the group is gone, so that groups/get has to be asked."""
    return isinstance(error, UnknownGroup) or (isinstance(error, SystemBusy) and tries == LOOK_AFTER)


def wake_for_quota(sent_at: float, taken_at: float | None) -> float:
    """Return when to ask again after a call that was sent at `sent_at` has found the day's calls used up.

    `taken_at` is when the last one of its kind was sent that the platform took. Where it took none today, a platform
    whose day begins a little later than ours is asked again soon, not a day later.
    """
    renews_at = next_day(sent_at).timestamp()
    midnight = renews_at - DAY
    has_begun = taken_at is not None and taken_at >= midnight + SKEW
    return sent_at + SOON if sent_at - midnight < LATE_RENEWAL and not has_begun else renews_at


def most_failures(asked: int | None, followers: int) -> int:
    """Return how many may fail: what was asked for, else 1 % of those to be moved, at least 20 and at most 500.

    Small runs are exempt from the percentage: of thirty wishes ten may be wrong and the other twenty right.
    """
    return asked if asked is not None else min(max(followers // 100, 20), 500)

"""What the last jobs on a plan have to tell: what is at work, why it failed or stopped, what an undo would do."""

from collections.abc import Mapping

import msgspec

from fenzu.console.account.jobs import Job
from fenzu.console.regroup.plan_page import Shown, state_words
from fenzu.console.regroup.run_words import (
    back_words,
    checked_words,
    left_words,
    quota_words,
    reason_advice,
    reason_words,
)
from fenzu.console.regroup.running import CHECK, LOOK, RUN, Checked, WayBack
from fenzu.errors import FenzuError
from fenzu.pauses import next_day
from fenzu.regroup import Stopped
from fenzu.regroup._planning.guard import Finding
from fenzu.regroup._render.labels import STATES
from fenzu.regroup._settling.telling import why
from fenzu.wire.words import Words

BROKEN = Words(
    "the console, or the machine, ended while it was at work; nothing is lost",
    "执行时控制台或机器意外结束，没有丢失任何进度",
)
GO_ON = Words("you can go on with it", "可以继续执行")


class News(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What the page tells beside the plan and its report."""

    state: Words
    job: Job | None
    """What is at work."""
    trouble: FenzuError | None
    """Why the last job failed."""
    stop: tuple[Words, Words] | None
    """Why the run stopped, and what to do."""
    back: tuple[Words, tuple[Words, ...]] | None
    """What an undo would do, and what it would leave alone."""
    checked: Words | None


def wanted_words(finding: Finding) -> Words:
    """Return what has to be ticked before a plan with such a finding is applied."""
    n = finding.followers
    who = "1 follower goes" if n == 1 else f"{n:,} followers go"
    if finding.kind == "into_blacklist":
        return Words(f"I know that {who} into the blacklist (黑名单)", f"我知道有 {n:,} 个粉丝会被移入黑名单")
    if finding.kind == "out_of_blacklist":
        return Words(
            f"I know that {who} out of the blacklist (黑名单)", f"我知道有 {n:,} 个粉丝会被移出黑名单"
        )
    return Words(f"I know that {finding.words.en}", f"我知道 {finding.words.zh}")


def news_of(shown: Shown, last: Mapping[str, Job | None]) -> News:
    """Gather it from the last job of each kind; what was found before something changed counts no more."""
    job = next((job for job in last.values() if job is not None and not job.is_over), None)
    is_moving = job is not None and job.kind == RUN
    return News(
        state=STATES["running"] if is_moving else state_words(shown.standing),
        job=job,
        trouble=_trouble(shown, last),
        stop=None if job is not None else _stop(shown, last[RUN]),
        back=_back(shown, last[LOOK]),
        checked=_checked(shown, last[CHECK]),
    )


def _trouble(shown: Shown, last: Mapping[str, Job | None]) -> FenzuError | None:
    errors = [job.error for job in last.values() if job is not None and job.error is not None]
    return errors[0] if errors and shown.standing.state != "done" else None


def _stop(shown: Shown, job: Job | None) -> tuple[Words, Words] | None:
    standing = shown.standing
    if standing.state == "broken":
        return BROKEN, GO_ON
    if standing.state != "stopped":
        return None
    stopped = None if job is None else job.heard(Stopped)
    renews_at = None if stopped is None else stopped.renews_at
    if told := quota_words(standing.reason, renews_at or next_day(standing.changed_at).timestamp()):
        return told
    advice = reason_advice(standing.reason) or GO_ON
    if stopped is None:
        return reason_words(standing.reason), advice
    return (why(stopped) if stopped.error is None else stopped.error.words), advice


def _back(shown: Shown, job: Job | None) -> tuple[Words, tuple[Words, ...]] | None:
    found = None if job is None else job.heard(WayBack)
    if found is None or found.at < shown.standing.changed_at:
        return None
    return back_words(found), left_words(found)


def _checked(shown: Shown, job: Job | None) -> Words | None:
    found = None if job is None else job.heard(Checked)
    return None if found is None or found.at < shown.standing.changed_at else checked_words(found)

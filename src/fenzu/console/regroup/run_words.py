"""How work on a plan is told while it goes on and when it is over, in words. Reads events, and decides nothing."""

import time

from fenzu.console.account.jobs import Board
from fenzu.console.regroup.running import Asked, Checked, WayBack
from fenzu.console.times import clock_time, moment
from fenzu.errors import AccountInUse, FenzuError, StalePlan, UnsafePlan
from fenzu.regroup import GroupKept, GroupReady, Progress, Started, Stopped, Waiting
from fenzu.regroup._render.labels import LEFT_ALONE, REASONS, label
from fenzu.regroup._render.words import age
from fenzu.regroup._settling.telling import why
from fenzu.wire.errcodes import ERRCODES, ErrCode
from fenzu.wire.words import Language, Words

CHECKING = Words("Checking that the plan still stands", "正在核对计划是否仍然有效")
GROUPS = Words("Making and renaming groups", "正在新建、改名分组")
MOVING = Words("Moving followers", "正在移动粉丝")
BACK = Words("Moving followers back", "正在移回粉丝")
ASKING = Words("Asking the platform where everybody is", "正在向平台查询粉丝所在的分组")
_WAITS = {
    "45011": Words("this minute's calls are used up", "本分钟的调用次数已用完"),
    "45009": Words("the day's calls are used up", "当日额度已用完"),
    "reserve": Words("only the reserve is left of the day's calls", "当日额度只剩预留部分"),
}
_OF_THE_DAY = frozenset({"45009", "reserve"})
_ADVICE: tuple[tuple[type[FenzuError], Words], ...] = (
    (
        StalePlan,
        Words(
            "read who follows again (on the page Followers), then make the plan anew",
            "请在粉丝页重新读取粉丝，然后重新制定计划",
        ),
    ),
    (AccountInUse, Words("wait until that has ended, then do this again", "请等它结束后再试")),
    (UnsafePlan, Words("if that is what you want, tick the boxes first", "如果确实要这样做，请先勾选确认")),
)
"""Where the advice of the engine names a command."""
_STOP_ADVICE = {
    "failures": Words(
        "look who failed; if that is all right, go on, and allow more failures",
        "先看失败名单；确认无误后继续执行，并允许更多失败",
    ),
    "UsageError": Words(
        "go on, and leave fewer calls to other programs", "继续执行，并为其他程序少留一些调用"
    ),
}
"""For reasons whose error names an option of the command line; a usage error in a run is a reserve that leaves none."""


def tell_run(board: Board, language: Language) -> dict[str, object]:
    """Say how far a run has come, and what keeps it."""
    told: dict[str, object] = {"title": _title(board).say(language)}
    progress, stopped = board.heard(Progress), board.heard(Stopped)
    if progress is not None:
        told |= {
            "done": progress.done + progress.failed,
            "total": progress.total,
            "failed": progress.failed,
            "rate": f"{progress.rate:,.0f}",
            "calls": progress.calls,
            "left": "–" if progress.calls_left is None else progress.calls_left,
            "eta": _time_left(progress).say(language),
        }
    if waits := _waiting(board).say(language):
        told["waiting"] = waits
    told["group"] = _group(board).say(language)
    if stopped is not None:
        told["message"] = why(stopped).say(language)
    return told


def tell_asking(board: Board, language: Language) -> dict[str, object]:
    """Say of how many it was asked where they are."""
    asked = board.heard(Asked)
    told: dict[str, object] = {"title": ASKING.say(language)}
    if asked is not None and asked.total:
        told |= {"done": asked.asked, "total": asked.total}
    return told


def _title(board: Board) -> Words:
    started = board.heard(Started)
    if started is None:
        return CHECKING
    if board.heard(Progress) is None:
        return GROUPS
    return BACK if started.kind == "undo" else MOVING


def _time_left(progress: Progress) -> Words:
    """Say how long it still takes; while nothing is sent nothing new is told, and the time goes by all the same."""
    if progress.seconds_left is None:
        return Words("–", "–")
    return age(progress.at + progress.seconds_left - time.time())


def _waiting(board: Board) -> Words:
    waiting = board.heard(Waiting)
    if waiting is None or waiting.until <= time.time():
        return Words("", "")
    reason = _WAITS.get(waiting.reason) or reason_words(waiting.reason)
    until = (moment if waiting.reason in _OF_THE_DAY else clock_time)(waiting.until)
    return Words(f"Waiting until {until}: {reason.en}.", f"等待到 {until}：{reason.zh}。")


def _group(board: Board) -> Words:
    """Say what was done last with a group."""
    kept, ready = board.heard(GroupKept), board.heard(GroupReady)
    if kept is not None:
        return Words(
            f"The group {kept.name} is not deleted: {kept.count:,} followers are in it.",
            f"分组 {kept.name} 未删除：其中有 {kept.count:,} 个粉丝。",
        )
    if ready is None:
        return Words("", "")
    done = {
        "create": Words("is made", "已新建"),
        "rename": Words("has its new name", "已改名"),
        "delete": Words("is deleted", "已删除"),
    }[ready.kind]
    return Words(f"The group {ready.name} {done.en}.", f"分组“{ready.name}”{done.zh}。")


def reason_words(reason: str) -> Words:
    """Say why a run stopped or waits: a code's meaning, or one of our own words."""
    row = _code_of(reason)
    if row is None:
        return label(REASONS, reason)
    return Words(f"{row.meaning.en} ({reason})", f"{row.meaning.zh}（{reason}）")


def quota_words(reason: str, renews_at: float) -> tuple[Words, Words] | None:
    """Say that the day's calls are used up, and when and how to go on; None where a run stopped for another reason."""
    if reason not in _OF_THE_DAY:
        return None
    if renews_at <= time.time():
        return _WAITS[reason], Words("go on: the calls were renewed since", "额度已更新，可以继续执行")
    at = moment(renews_at)
    return _WAITS[reason], Words(
        f"go on after {at}, or now and let it wait for that (in “Quota and failures”), or clear the quota on the page "
        "Account first",
        f"{at} 之后继续执行；也可以现在继续，并在“额度与失败”中选择等到次日；或先在“账号”页清零额度",
    )


def reason_advice(reason: str) -> Words | None:
    """Say what to do about it; None where going on is all there is to do."""
    if reason in _STOP_ADVICE:
        return _STOP_ADVICE[reason]
    row = _code_of(reason)
    return None if row is None else row.advice


def _code_of(reason: str) -> ErrCode | None:
    """Return the code that a reason is; None for a word of our own."""
    digits = reason.removeprefix("-")
    return ERRCODES.get(int(reason)) if digits.isascii() and digits.isdigit() else None


def advice_on(error: FenzuError) -> Words:
    """Say what to do about an error, where one is in front of the pages instead of a terminal."""
    return next((advice for kind, advice in _ADVICE if isinstance(error, kind)), error.advice)


def back_words(found: WayBack) -> Words:
    """Say what an undo would do."""
    english = [f"Followers who go back: {found.moves:,}, in {found.calls:,} calls."]
    chinese = [f"移回粉丝 {found.moves:,} 个，调用 {found.calls:,} 次。"]
    if found.back:
        english.append(f"There already: {found.back:,}.")
        chinese.append(f"已在原处：{found.back:,} 个。")
    if found.renames:
        english.append(f"Names turned back: {found.renames}.")
        chinese.append(f"改回名称：{found.renames} 个。")
    if found.deletes:
        english.append(f"Groups deleted if empty: {found.deletes}.")
        chinese.append(f"清空后删除分组：{found.deletes} 个。")
    return Words(" ".join(english), "".join(chinese))


def left_words(found: WayBack) -> tuple[Words, ...]:
    """Say line by line what an undo leaves alone, and why."""
    lines = []
    for why_left, n in sorted(found.left.items()):
        called = label(LEFT_ALONE, why_left)
        lines.append(Words(f"{called.en}: {n:,}", f"{called.zh}：{n:,} 个"))
    for group in found.groups_left:
        now = Words("is deleted", "已被删除")
        if group.found is not None:
            now = Words(f"is called {group.found} now", f"现名 {group.found}")
        lines.append(Words(f"group {group.wanted} {now.en}", f"分组 {group.wanted} {now.zh}"))
    return tuple(lines)


def checked_words(checked: Checked) -> Words:
    """Say what a check found."""
    found, at = checked.found, clock_time(checked.at)
    if found.right == found.asked and not found.groups:
        return Words(
            f"Checked at {at}: all {found.asked:,} who were asked for are where the plan put them.",
            f"{at} 核对：抽查的 {found.asked:,} 个粉丝都在计划所定的分组。",
        )
    return Words(
        f"Checked at {at}: of {found.asked:,} who were asked for, {len(found.elsewhere):,} are elsewhere and "
        f"{len(found.gone):,} do not follow any more. Groups that are called otherwise: {len(found.groups)}.",
        f"{at} 核对：抽查 {found.asked:,} 个粉丝，{len(found.elsewhere):,} 个在别的分组，"
        f"{len(found.gone):,} 个已取消关注；名称不同的分组 {len(found.groups)} 个。",
    )

"""What a small move is told with: how many, where to, and who was not moved for what reason. Decides nothing."""

from collections import defaultdict
from collections.abc import Iterable

from fenzu.console.followers.moves import Moved
from fenzu.errors import FenzuError, mask
from fenzu.regroup._render.escape import printable, short
from fenzu.wire.words import Words

FOLLOWERS_NAMED = 5
"""So many followers are named for one reason."""
NAME_COLUMNS = 40


def result_words(result: Moved, group: str) -> Words:
    """Return what became of the followers in a sentence; `group` is the name of where they were to go."""
    parts = [_done(len(result.moved), is_back=result.to is None, group=named(group))]
    if n := result.unblocked:
        parts.append(_unblocked(n, is_all=n == len(result.moved)))
    if result.already:
        parts.append(_already(len(result.already), named(group), is_all=not result.moved))
    if n := len(result.elsewhere):
        parts.append(
            Words(
                f"{n} left alone: elsewhere by now, or gone",
                f"{n} 人已被移到其他分组或已取消关注，未改动",
            )
        )
    if n := len(result.doubtful):
        parts.append(
            Words(
                f"it is not certain whether {followers(n)} {'was' if n == 1 else 'were'} moved",
                f"无法确定 {n} 人是否已移动",
            )
        )
    if n := len(result.failed) - len(result.doubtful):
        parts.append(Words(f"{n} could not be moved", f"{n} 人未能移动"))
    parts = [part for part in parts if part.en] or [Words("Nobody had to be moved", "没有需要移动的粉丝")]
    return Words("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))


def problems(result: Moved) -> list[Words]:
    """Return a sentence for each reason: who was not moved, why, and what to do; and the warnings."""
    by_reason: defaultdict[tuple[Words, Words], list[str]] = defaultdict(list)
    for openid, error in result.failed.items():
        by_reason[error.words, error.advice].append(openid)
    told = [_problem(openids, FenzuError(*reason)) for reason, openids in by_reason.items()]
    return [*told, *result.warnings]


def named(group: str) -> str:
    """Return a group's name as it stands in a sentence."""
    return short(printable(group), NAME_COLUMNS)


def followers(n: int) -> str:
    """Count followers in English."""
    return "1 follower" if n == 1 else f"{n:,} followers"


def _done(n: int, group: str, *, is_back: bool) -> Words:
    if n == 0:
        return Words("", "")
    if is_back:
        return Words(f"Put {followers(n)} back", f"已将 {n} 人移回原来的分组")
    return Words(f"Moved {followers(n)} to {group}", f"已将 {n} 人移到“{group}”")


def _unblocked(n: int, *, is_all: bool) -> Words:
    if is_all:
        return Words(
            "all out of 黑名单" if n > 1 else "out of 黑名单", "均移出黑名单" if n > 1 else "已移出黑名单"
        )
    return Words(f"{n} of them out of 黑名单", f"其中 {n} 人移出黑名单")


def _already(n: int, group: str, *, is_all: bool) -> Words:
    if is_all:
        return Words(f"{followers(n)} {_be(n)} in {group} already", f"{n} 人已在“{group}”中")
    return Words(f"{n} {'was' if n == 1 else 'were'} there already", f"另有 {n} 人原本就在其中")


def _be(n: int) -> str:
    return "is" if n == 1 else "are"


def _problem(openids: list[str], error: FenzuError) -> Words:
    return Words(
        f"{_names(openids, ', ', '{} more')}: {error.say('en')}",
        f"{_names(openids, '、', '另外 {} 人')}：{error.say('zh')}",
    )


def _names(openids: Iterable[str], separator: str, more: str) -> str:
    names = [mask(openid) for openid in openids]
    rest = len(names) - FOLLOWERS_NAMED
    return separator.join(names[:FOLLOWERS_NAMED] + ([more.format(rest)] if rest > 0 else []))

"""`fenzu mirror events`: the platform's subscribe and unsubscribe events, taken into the mirror."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from fenzu.cli.command import argument, command
from fenzu.cli.counted import counted
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.person import interruptible
from fenzu.errors import UsageError
from fenzu.wire.limits import OPENID_PATTERN
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.mirror import Mirror

TOGETHER = 500
"""So many events are written together."""


class Told(msgspec.Struct, frozen=True):
    """One line: what has happened, to whom, and when in Unix seconds (the event's CreateTime)."""

    event: Literal["subscribe", "unsubscribe"]
    openid: Annotated[str, msgspec.Meta(pattern=f"^{OPENID_PATTERN}$")]
    at: Annotated[int, msgspec.Meta(ge=0, lt=2**40)]


@command(
    None,
    "events",
    words=Words("tell the mirror who has followed and left", "把关注和取消关注事件写入镜像"),
    details=Words(
        'Reads JSON Lines such as {"event":"subscribe","openid":"o…","at":1700000000} from a file or standard input. '
        "Old news changes nothing, so a file may be given twice. The next sync asks for the groups of the new.",
        '读取 JSON Lines，例如 {"event":"subscribe","openid":"o…","at":1700000000}，来自文件或标准输入（-）。'
        "旧事件不起作用，因此同一文件可重复给出。下次同步会读取新粉丝的分组。",
    ),
    examples=("fenzu mirror events events.jsonl", "fenzu mirror events - < events.jsonl"),
)
@argument("file", words=Words("JSON Lines; - reads standard input", "JSON Lines 文件；- 表示标准输入"))
@MIRROR
@on_account()
async def events(session: Session, file: str, mirror: str | None) -> None:
    """Take events over, some hundreds at a time."""
    credentials, streams = session.credentials, session.streams
    with open_mirror(mirror, credentials.base_url, credentials.appid) as opened:
        taken = take_from(opened, file)
    if streams.as_json:
        streams.json({"events": taken})
    streams.say(Words(f"{counted(taken, 'event')} taken.", f"已写入 {taken:,} 个事件。"))


def take_from(mirror: "Mirror", file: str) -> int:
    """Take over what a file holds, or standard input."""
    try:
        if file == "-":
            with interruptible():
                return take(mirror, sys.stdin)
        with Path(file).open(encoding="utf-8-sig") as lines:
            return take(mirror, lines)
    except UnicodeDecodeError:
        why, advice = "it is not UTF-8", Words("write JSON Lines in UTF-8", "请写成 UTF-8 的 JSON Lines")
    except OSError as error:
        why = error.strerror or ""
        advice = Words("check that the file is there and yours", "请检查文件是否存在、是否可读")
    raise UsageError(Words(f"{file} cannot be read: {why}", f"无法读取 {file}：{why}"), advice)


def take(mirror: "Mirror", lines: Iterable[str]) -> int:
    """Write events in the order of the lines, and return how many; raises at the first line that is none."""
    waiting: list[Told] = []
    taken = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            waiting.append(_read(line, number))
        if len(waiting) >= TOGETHER:
            taken += _write(mirror, waiting)
            waiting = []
    return taken + _write(mirror, waiting)


def _read(line: str, number: int) -> Told:
    try:
        return msgspec.json.decode(line.encode(), type=Told)
    except (msgspec.DecodeError, UnicodeError):
        raise UsageError(
            Words(f"line {number} is no event", f"第 {number} 行不是事件"),
            Words(
                'write {"event":"subscribe" or "unsubscribe","openid":"o…","at":seconds}',
                '格式：{"event":"subscribe" 或 "unsubscribe","openid":"o…","at":秒}',
            ),
        ) from None


def _write(mirror: "Mirror", told: Sequence[Told]) -> int:
    with mirror.transaction():
        for event in told:
            if event.event == "subscribe":
                mirror.subscribed(event.openid, event.at)
            else:
                mirror.unsubscribed(event.openid, event.at)
    return len(told)

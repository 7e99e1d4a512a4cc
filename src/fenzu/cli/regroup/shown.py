"""What a run tells while it goes on: a live line on a terminal, JSON Lines for programs, the turning points else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from fenzu.cli.counted import counted
from fenzu.cli.io import Streams, harmless
from fenzu.cli.moments import moment
from fenzu.cli.regroup.ending import error_of
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._running.events import Event, GroupKept, GroupReady, Waiting

Show: TypeAlias = "Callable[[Event], None]"


@contextmanager
def shown(streams: Streams, how: Literal["auto", "json", "none"]) -> Iterator[Show]:
    """Show events until the block ends."""
    if how == "json":
        yield lambda event: streams.json_line(as_json(event, streams), to_stderr=True)
    elif how == "auto" and streams.animated:
        from fenzu.cli.regroup.live import live

        with live(streams) as show:
            yield show
    else:
        yield lambda event: say(event, streams)


def as_json(event: "Event", streams: Streams) -> dict[str, object]:
    """Return an event for JSON: its name first, then its fields."""
    from fenzu.regroup._running.events import Stopped

    error = event.error if isinstance(event, Stopped) else None
    told = msgspec.structs.replace(event, error=None) if isinstance(event, Stopped) else event
    fields: dict[str, object] = msgspec.to_builtins(told)
    if error is not None:
        fields["error"] = error_of(error, streams.language)
    return fields


def say(event: "Event", streams: Streams) -> None:
    """Say what is worth a line."""
    words = words_of(event)
    if words is not None:
        streams.say(words)


def words_of(event: "Event") -> Words | None:
    """Return a turning point in words; None for what is no turning point, or told at the end."""
    from fenzu.regroup._running.events import GroupKept, GroupReady, Waiting

    match event:
        case GroupReady():
            return _ready(event)
        case GroupKept():
            return _kept(event)
        case Waiting():
            return _waiting(event)
        case _:
            return None


def _ready(event: "GroupReady") -> Words:
    done = {
        "create": Words("is made", "已新建"),
        "rename": Words("has its new name", "已改名"),
        "delete": Words("is deleted", "已删除"),
    }[event.kind]
    name = harmless(event.name)
    return Words(f"Group {event.group_id} {name} {done.en}.", f"分组 {event.group_id} {name} {done.zh}。")


def _kept(event: "GroupKept") -> Words:
    name = harmless(event.name)
    return Words(
        f"Group {event.group_id} {name} is not deleted: {counted(event.count, 'follower is', 'followers are')} in it.",
        f"分组 {event.group_id} {name} 未删除：其中有 {event.count:,} 个粉丝。",
    )


def _waiting(event: "Waiting") -> Words:
    at = moment(int(event.until))
    return Words(
        f"Waiting until {at} ({event.reason}).",
        f"等待到 {at}（{event.reason}）。",
    )

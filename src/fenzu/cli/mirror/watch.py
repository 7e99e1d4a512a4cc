"""What a sync tells, shown: two bars for a person at a terminal, JSON Lines for a program, else nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from fenzu.cli.io import Streams
from fenzu.cli.mirror.budget import Budget, budget_of
from fenzu.cli.moments import moment
from fenzu.mirror.events import Event, Listed, PageRead, ProfilesRead, Stopped, Waiting
from fenzu.model import CallQuota
from fenzu.wire.limits import PAGE_OPENIDS, PROFILES
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Watch(Protocol):
    """Shows what happens."""

    def show(self, event: Event) -> None:
        """Show an event."""
        ...


class _Silent:
    def show(self, event: Event) -> None:
        """Show nothing: nobody watches."""


class _JsonLines:
    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def show(self, event: Event) -> None:
        """Write the event as a line."""
        if not isinstance(event, Stopped):
            self._streams.json_line(event)
            return
        told = {
            "reason": event.reason,
            "message": event.error.say(self._streams.language),
            "renews_at": event.renews_at,
        }
        self._streams.json_line({"event": "stopped", **told})


class _Bars:
    """One bar for the openids, then one for the profiles."""

    def __init__(self, streams: Streams, drawn: "Progress", quotas: dict[str, CallQuota]) -> None:
        self._streams, self._drawn = streams, drawn
        self._pages = budget_of(quotas, "followers.list", PAGE_OPENIDS)
        self._profiles = budget_of(quotas, "followers.get_many", PROFILES)
        self._task: TaskID | None = None
        self._first = 0
        self._began = time.monotonic()

    def show(self, event: Event) -> None:
        """Move a bar on."""
        match event:
            case PageRead(paged, total):
                self._move(Words("openids", "openid"), self._pages, paged, max(total, paged))
            case Listed(to_ask=to_ask):
                self._end()
                if to_ask:
                    self._move(Words("profiles", "资料"), self._profiles, 0, to_ask)
            case ProfilesRead(asked, to_ask):
                self._move(Words("profiles", "资料"), self._profiles, asked, max(to_ask, asked))
            case Waiting(until, reason):
                self._tell(
                    Words(
                        f"{reason}: waiting until {moment(int(until))}",
                        f"{reason}：等待到 {moment(int(until))}",
                    )
                )
            case _:
                self._end()

    def _move(self, what: Words, budget: Budget, done: int, total: int) -> None:
        if self._task is None:
            self._task = self._drawn.add_task(what.say(self._streams.language), total=total, rest="")
            self._began, self._first = time.monotonic(), done
        self._drawn.update(self._task, completed=done, total=total)
        self._tell(budget.rest(done - self._first, total - self._first, time.monotonic() - self._began))

    def _tell(self, rest: Words) -> None:
        if self._task is not None:
            self._drawn.update(self._task, rest=rest.say(self._streams.language))

    def _end(self) -> None:
        if self._task is not None:
            self._drawn.remove_task(self._task)
            self._task = None


@contextmanager
def watch(streams: Streams, quotas: dict[str, CallQuota]) -> Iterator[Watch]:
    """Show events until the block ends."""
    if streams.as_json:
        yield _JsonLines(streams)
    elif streams.animated:
        from rich.progress import BarColumn, Progress, TextColumn

        from fenzu.cli.bar import Counted

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            Counted(),
            TextColumn("{task.fields[rest]}"),
        )
        with Progress(*columns, console=streams.console(stderr=True), transient=True) as drawn:
            yield _Bars(streams, drawn, quotas)
    else:
        yield _Silent()

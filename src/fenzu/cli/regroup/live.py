"""The live display of a run on a terminal: a bar, how fast it goes, what is left of the day, when it will be done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Drawing

from fenzu.cli.bar import Counted
from fenzu.cli.io import Streams
from fenzu.cli.regroup.shown import Show, words_of
from fenzu.cli.span import span
from fenzu.regroup._running.events import Event, Progress, Waiting
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from rich.console import Console

MOVING = Words("moving", "移动中")


@contextmanager
def live(streams: Streams) -> Iterator[Show]:
    """Draw until the block ends; the display is taken away then."""
    console = streams.console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        Counted(),
        TextColumn("{task.fields[beside]}"),
    )
    with Drawing(*columns, console=console, transient=True) as drawing:
        task = drawing.add_task(MOVING.say(streams.language), total=None, beside="")
        yield _Live(streams, drawing, task, console).show


class _Live:
    def __init__(self, streams: Streams, drawing: Drawing, task: TaskID, console: "Console") -> None:
        self._streams, self._drawing, self._task, self._console = streams, drawing, task, console

    def show(self, event: Event) -> None:
        """Move the bar on; a turning point is written above it."""
        language = self._streams.language
        if isinstance(event, Progress):
            self._drawing.update(
                self._task,
                total=event.total,
                completed=event.done + event.failed,
                beside=beside(event).say(language),
            )
        elif (words := words_of(event)) is not None:
            self._console.print(words.say(language))
            if isinstance(event, Waiting):
                self._drawing.update(self._task, beside=words.say(language))


def beside(progress: Progress) -> Words:
    """Return what stands beside the bar."""
    en, zh = [f"{progress.rate:,.0f}/s"], [f"{progress.rate:,.0f} 人/秒"]
    if progress.failed:
        en.append(f"failed {progress.failed:,}")
        zh.append(f"失败 {progress.failed:,}")
    if progress.calls_left is not None:
        en.append(f"calls left today {progress.calls_left:,}")
        zh.append(f"今日剩余调用 {progress.calls_left:,}")
    if progress.seconds_left is not None:
        left = span(progress.seconds_left)
        en.append(f"{left.en} left")
        zh.append(f"还需 {left.zh}")
    return Words(" · ".join(en), " · ".join(zh))

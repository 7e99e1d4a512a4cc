"""A progress bar on stderr, for a person at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from fenzu.cli.io import Streams
from fenzu.wire.words import Words


class Counted(ProgressColumn):
    """How many of how many, thousands apart."""

    def render(self, task: Task) -> Text:
        """Return the two numbers."""
        total = "?" if task.total is None else f"{task.total:,.0f}"
        return Text(f"{task.completed:,.0f}/{total}", style="progress.download")


class Bar:
    """How far something long has come, drawn."""

    def __init__(self, drawn: Progress, task: TaskID) -> None:
        self._drawn, self._task = drawn, task

    def show(self, done: int, failed: int) -> None:
        """Move the bar on."""
        self._drawn.update(self._task, completed=done + failed)


@contextmanager
def bar(streams: Streams, words: Words, total: int) -> Iterator[Bar]:
    """Draw a bar until the block ends; it is taken away then."""
    columns = (TextColumn("{task.description}"), BarColumn(), Counted(), TimeRemainingColumn())
    with Progress(*columns, console=streams.console(stderr=True), transient=True) as drawn:
        yield Bar(drawn, drawn.add_task(words.say(streams.language), total=total))

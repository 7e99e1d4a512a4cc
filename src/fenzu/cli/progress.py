"""How far something long has come: a bar for a person, lines of JSON for a program. Knows nothing of what is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from fenzu.cli.io import Streams
from fenzu.wire.words import Words


class Progress(Protocol):
    """Shows how far something long has come."""

    def show(self, done: int, failed: int) -> None:
        """Show the numbers."""
        ...


class _Silent:
    def show(self, done: int, failed: int) -> None:
        """Show nothing: it is short, or nobody watches."""


class _JsonLines:
    def __init__(self, streams: Streams, total: int, name: str) -> None:
        self.streams, self.total, self.name = streams, total, name

    def show(self, done: int, failed: int) -> None:
        """Write a line of JSON to stderr."""
        line = {self.name: done, "failed": failed, "total": self.total}
        self.streams.json_line(line, to_stderr=True)


@contextmanager
def progress(streams: Streams, words: Words, total: int, name: str, *, shows: bool) -> Iterator[Progress]:
    """Show progress until the block ends: a bar on a terminal, lines of JSON for a program, else nothing."""
    if not shows or not (streams.animated or streams.as_json):
        yield _Silent()
    elif streams.as_json:
        yield _JsonLines(streams, total, name)
    else:
        from fenzu.cli.bar import bar

        with bar(streams, words, total) as drawn:
            yield drawn

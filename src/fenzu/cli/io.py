"""The streams: data on stdout, everything else on stderr; tables for a terminal, tab-separated text for a pipe, JSON.

Knows how things are written, and nothing of what they mean. Whatever the platform or a user put into a name is shown
as text here: no control character and no change of direction reaches a terminal.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

import msgspec

from fenzu.wire.unprintable import UNPRINTABLE
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def harmless(text: str) -> str:
    """Return `text` with every character that could act written out: a tab as backslash and t."""
    return UNPRINTABLE.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    character = found[0]
    return _SHORT.get(character) or (
        f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
    )


class Column(NamedTuple):
    """A column of a table; `right` is for numbers, `whole` for what is copied: it is never broken in two."""

    title: Words
    right: bool = False
    whole: bool = False
    style: str = ""


class Streams:
    """Where a command writes, and how: decided once, from what stdout and stderr are and from `--json`."""

    def __init__(self, language: Language, *, as_json: bool = False) -> None:
        self.language = language
        self.as_json = as_json
        self.out: TextIO = sys.stdout
        self.err: TextIO = sys.stderr
        self.drawn = self.out.isatty() and not as_json
        self.asks = sys.stdin is not None and sys.stdin.isatty() and self.err.isatty()
        capable = os.environ.get("TERM") != "dumb"
        colours = capable and not os.environ.get("NO_COLOR")
        self.animated = self.err.isatty() and capable
        self.paints_out = self.drawn and colours
        self.paints_err = self.err.isatty() and colours

    def line(self, text: str) -> None:
        """Write one line of data."""
        print(harmless(text), file=self.out)

    def raw(self, text: str) -> None:
        """Write a text of our own that has lines."""
        print(text, file=self.out)

    def json(self, value: object) -> None:
        """Write one JSON value: indented for a terminal, in one line for a program."""
        text = _encode(value)
        if self.out.isatty():
            text = msgspec.json.format(text, indent=2)
        self.raw(_harmless_json(text))

    def json_line(self, value: object, *, to_stderr: bool = False) -> None:
        """Write one line of JSON Lines."""
        print(_harmless_json(_encode(value)), file=self.err if to_stderr else self.out)

    def rows(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Write a table: drawn on a terminal, else tab-separated with full values and no header."""
        if self.drawn:
            self._draw(columns, list(rows))
            return
        for row in rows:
            print("\t".join(harmless(cell) for cell in row), file=self.out)

    def _draw(self, columns: Sequence[Column], rows: list[Sequence[str]]) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
        for column in columns:
            table.add_column(
                column.title.say(self.language),
                style=column.style,
                overflow="fold",
                no_wrap=column.whole,
                justify="right" if column.right else "left",
            )
        for row in rows:
            table.add_row(*(Text(harmless(cell)) for cell in row))
        self.console().print(table)

    def console(self, *, stderr: bool = False) -> "Console":
        """Return a drawing console; without colours it draws without bold type too."""
        from rich.console import Console

        paints = self.paints_err if stderr else self.paints_out
        return Console(
            file=self.err if stderr else self.out,
            highlight=False,
            emoji=False,
            markup=False,
            color_system="auto" if paints else None,
        )

    def say(self, words: Words) -> None:
        """Tell the person at the terminal something; it is no data."""
        print(_lines(words.say(self.language)), file=self.err)

    def complain(self, text: str) -> None:
        """Say what went wrong, as `fenzu: …`."""
        name = "\x1b[1;31mfenzu:\x1b[0m" if self.paints_err else "fenzu:"
        print(f"{name} {_lines(text)}", file=self.err)


def _encode(value: object) -> bytes:
    """Encode a value; a text with half a character in it (a byte that is no UTF-8 was read) is written out."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode()


def _harmless_json(text: bytes) -> str:
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text.decode())


def _lines(text: str) -> str:
    """Make a text of ours harmless that may hold somebody's name; its own line breaks stay."""
    return "\n".join(harmless(line) for line in text.split("\n"))

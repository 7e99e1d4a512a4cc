"""How wide a text stands on a terminal, and breaking it there: a Chinese character fills two columns.

Used where loading a drawing library would cost more than the text is worth: help and short notes.
"""

import re
from collections.abc import Iterable
from unicodedata import combining, east_asian_width

import click

_PIECES = re.compile(r"\s+|[!-~\u00a0-\u02ff]+|.", re.DOTALL)
"""Spaces, words of narrow letters, and single other characters: a line may break between any two pieces."""
_NEVER_FIRST = frozenset("，。、；：？！）」』”’》…")


def width(text: str) -> int:
    """Return how many columns `text` fills."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` into lines of at most `columns` columns; a longer word keeps a line of its own."""
    lines, line, filled = [], "", 0
    for piece in _PIECES.findall(text):
        wide = width(piece)
        if line and filled + wide > columns and piece not in _NEVER_FIRST:
            lines.append(line.rstrip())
            line, filled = "", 0
        if line or not piece.isspace():
            line, filled = line + piece, filled + wide
    return [*lines, line.rstrip()] if line.strip() else lines


def pad(text: str, columns: int) -> str:
    """Fill `text` up with spaces to `columns` columns."""
    return text + " " * (columns - width(text))


class HelpFormatter(click.HelpFormatter):
    """Click's formatter, counting columns instead of characters."""

    def write_text(self, text: str) -> None:
        """Write a paragraph; a newline in it stays one."""
        indent = " " * self.current_indent
        for paragraph in text.split("\n"):
            for line in wrap(paragraph, max(self.width - self.current_indent, 20)):
                self.write(f"{indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names at the left and what they mean at the right."""
        rows = list(rows)
        first = min(max(width(name) for name, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        for name, text in rows:
            lines = wrap(text, max(self.width - self.current_indent - first, 20)) or [""]
            fits = width(name) + col_spacing <= first
            if not fits:
                self.write(f"{indent}{name}\n")
            self.write(f"{indent}{pad(name if fits else '', first)}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{indent}{' ' * first}{line}\n")

"""Pieces of Markdown: the head of a page, tables, a sentence in both languages. Knows nothing of fenzu."""

from collections.abc import Iterable, Sequence

from fenzu.wire import Words

COMMAND = "python -m tools.generate"


def page(title: str, made_from: str, *parts: str) -> str:
    """Return a whole page; its head tells a would-be editor where to turn instead."""
    head = f"<!-- Made by `{COMMAND}` from {made_from}. Change that, then run the command again. -->"
    return "\n\n".join([head, f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a `|` or a line's end inside a cell cannot break it."""
    lines = [_row(columns), _row(["---"] * len(columns))]
    lines += [_row([_cell(cell) for cell in row]) for row in rows]
    return "\n".join(lines)


def both(words: Words) -> str:
    """Return a sentence in English, and in Chinese below it where it differs."""
    return words.en if words.en == words.zh else f"{words.en}<br>{words.zh}"


def code(text: str) -> str:
    """Return `text` as code, nothing for nothing."""
    return f"`{text}`" if text else ""


def block(text: str, language: str = "") -> str:
    """Return `text` as a fenced block."""
    return f"```{language}\n{text.strip()}\n```"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

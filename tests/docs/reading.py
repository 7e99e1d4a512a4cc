"""Reads the README and docs/: pages, their fenced blocks, links and headings. Knows no fenzu.

A block's language says what becomes of it: `python` is run against a demo sandbox, the blocks of a page one after the
other; `py` only has to compile; `console` is a transcript, run as typed; `sh` has to name commands that exist. A block
after the comment `<!-- output -->` is what the block before it prints; `demo` is an excerpt of `fenzu demo`. When the
outputs have changed for good, `python -m tests.docs.fill PAGE…` writes them anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
GENERATED = "<!-- Made by"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\s*$")
_LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\((?P<target>[^)\s]+)\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_CODE = re.compile(r"`[^`\n]*`")


class Block(NamedTuple):
    """A fenced block: its language, its text, the line it begins at, and the output it is said to print."""

    language: str
    text: str
    line: int
    output: str | None = None


def name_of(page: Path) -> str:
    """Return the page's path from the root, as a test's id."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the page's blocks, each joined with the output that is promised for it."""
    found: list[Block] = []
    promised = False
    for block in _fenced(page.read_text(encoding="utf-8").splitlines()):
        if isinstance(block, str):
            promised = promised or block.strip() == "<!-- output -->"
        elif promised:
            found[-1] = found[-1]._replace(output=block.text)
            promised = False
        else:
            found.append(block)
    return found


def _fenced(lines: list[str]) -> Iterator[Block | str]:
    """Yield blocks, and the lines between them."""
    start: int | None = None
    language = indent = ""
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if start is None and fence:
            start, language, indent = number, fence["language"], fence["indent"]
        elif start is not None and line.strip() == "```":
            body = [text.removeprefix(indent) for text in lines[start + 1 : number]]
            yield Block(language, "".join(f"{text}\n" for text in body), start + 2)
            start = None
        elif start is None:
            yield line


def prose(page: Path) -> list[str]:
    """Return the lines that stand in no block."""
    return [line for line in _fenced(page.read_text(encoding="utf-8").splitlines()) if isinstance(line, str)]


def links(page: Path) -> list[str]:
    """Return where the page's links lead."""
    text = "\n".join(prose(page))
    return [found["target"] for found in _LINK.finditer(_CODE.sub("code", text))]


def pictures(page: Path) -> list[str]:
    """Return the files that the page shows."""
    text = "\n".join(prose(page))
    return [found[1] or found[2] for found in _PICTURE.finditer(text)]


def headings(page: Path) -> list[str]:
    """Return the page's headings with their marks (`## Errors`)."""
    return [line.rstrip() for line in prose(page) if re.match(r"#{1,6} ", line)]


def anchors(page: Path) -> set[str]:
    """Return the names under which GitHub links to the page's headings."""
    return {slug(heading.lstrip("#").strip()) for heading in headings(page)}


def slug(heading: str) -> str:
    """Return GitHub's name for a heading: lower case, no punctuation but - and _, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def tables(page: Path) -> list[int]:
    """Return the number of rows of each table."""
    counts: list[int] = []
    before = False
    for line in prose(page):
        now = line.startswith("|")
        if now and not before:
            counts.append(0)
        if now:
            counts[-1] += 1
        before = now
    return counts

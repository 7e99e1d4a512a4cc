"""The page that tells how fenzu is built, against the source: whoever looks for a module there finds it."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.reading import ROOT

PAGE = ROOT / "docs/explanation/how-it-is-built.md"
CONSOLE, REGROUP = ROOT / "src/fenzu/console", ROOT / "src/fenzu/regroup"
A_SUBJECT_EACH = ("views/", "pictures/")
"""Folders of the console whose modules the page does not name one by one."""
_ROW = re.compile(r"^\|(?P<first>[^|]*)\|(?P<modules>[^|]*)\|", re.MULTILINE)
_NAME = re.compile(r"`([\w./]+)`")


def rows(heading: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what stands first in each row of a section's table, and the modules in it."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    for row in _ROW.finditer(section):
        yield row["first"].strip(), _NAME.findall(row["modules"])


def modules(folder: Path) -> set[str]:
    """Return the modules below a folder by their paths."""
    found = (path.relative_to(folder) for path in folder.rglob("*.py") if path.name != "__init__.py")
    return {path.with_suffix("").as_posix() for path in found}


def test_the_console_s_modules_are_told() -> None:
    """Each module of the console stands in the table under its folder, and no module that is not there."""
    told: set[str] = set()
    folder = ""
    for first, names in rows("The console"):
        found = _NAME.match(first)
        folder = found[1] if found and found[1].count("/") == 1 else folder
        told |= {folder + name for name in names}
    assert told == {module for module in modules(CONSOLE) if not module.startswith(A_SUBJECT_EACH)}


def test_the_engine_s_modules_are_there() -> None:
    """Each module of the engine that the table names is there."""
    told = {name for _, names in rows("The mirror and the engine") for name in names}
    folders = {f"{path.name}/" for path in REGROUP.iterdir() if path.is_dir()}
    assert told
    assert told <= modules(REGROUP) | folders

"""The generated pages, and that they leave nothing out."""

import shutil
from pathlib import Path

import pytest
from tools.generate.__main__ import main
from tools.generate.commands import EXITS
from tools.generate.control import CHINESE
from tools.generate.pages import PAGES, REFERENCE

from fenzu import errors
from fenzu.cli import main as exits
from fenzu.sandbox.control.route import Route
from fenzu.sandbox.control.table import ROUTES
from fenzu.wire import ENDPOINTS, ERRCODES
from fenzu.wire.behaviours import TOPICS
from fenzu.wire.evidence import Mark


def test_the_pages_are_current() -> None:
    """The pages under docs/reference are what the source gives; else run `python -m tools.generate`."""
    assert main(["--check"]) == 0


@pytest.mark.parametrize("page", PAGES)
def test_a_stale_page_is_found_and_mended(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` names a page that somebody edited or removed and leaves it alone; without it the page is put right."""
    shutil.copytree(REFERENCE, tmp_path / "reference")
    edited = tmp_path / "reference" / page
    edited.write_text("edited by hand\n", encoding="utf-8")

    assert main(["--check", "--folder", str(edited.parent)]) == 1
    assert page in capsys.readouterr().err
    assert edited.read_text(encoding="utf-8") == "edited by hand\n"

    assert main(["--folder", str(edited.parent)]) == 0
    assert edited.read_bytes() == (REFERENCE / page).read_bytes()


@pytest.mark.parametrize("call", ENDPOINTS)
def test_every_call_has_a_section(call: str) -> None:
    """Each call of the contract has a heading of its own on the page of calls."""
    assert f"\n## {call}\n" in (REFERENCE / "endpoints.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_of_control_has_a_row(route: Route) -> None:
    """Each route of the control port has a row on its page, in both languages."""
    page = (REFERENCE / "control.md").read_text(encoding="utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{route.method} {route.path}` |"))
    assert route.summary in row
    assert CHINESE[route.name] in row


@pytest.mark.parametrize("code", [code for code in ERRCODES if code])
def test_every_code_is_explained(code: int) -> None:
    """Each code of the contract has a row on the page of errors, in both languages."""
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| {code} |"))
    assert ERRCODES[code].meaning.zh in row
    assert ERRCODES[code].advice.en in row


def test_every_error_class_is_listed() -> None:
    """Each public exception class stands on the page of errors."""
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    classes = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert not [name for name in classes if f"- `{name}`" not in page]


@pytest.mark.parametrize("row", [row for topic in TOPICS for row in topic.rows], ids=lambda row: row.what.en)
def test_behaviours_are_facts_with_evidence(row: object) -> None:
    """Each behaviour has both languages, at least one mark, and names only calls that exist."""
    from fenzu.wire.behaviours import Behaviour

    assert isinstance(row, Behaviour)
    assert all((row.what.en, row.what.zh, row.how.en, row.how.zh))
    assert row.marks
    assert set(row.marks) <= set(Mark)
    assert set(row.calls) <= set(ENDPOINTS)


def test_every_exit_code_is_told() -> None:
    """Each exit code of the command line stands in the table of exit codes."""
    codes = {name for name, value in vars(exits).items() if name.isupper() and isinstance(value, int)}
    assert codes - {"TYPE_CHECKING"} == set(EXITS)

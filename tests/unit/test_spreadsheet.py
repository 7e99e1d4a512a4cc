"""CSV for a spreadsheet."""

import io

import pytest

from fenzu.cli.spreadsheet import defused, write_csv


@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_shown(cell: str) -> None:
    """A cell that begins as a formula does gets an apostrophe before it."""
    assert defused(cell) == f"'{cell}"


def test_everything_else_stays() -> None:
    """Other cells stay as they are, nothing is an empty cell, and what holds a comma stands in quotes."""
    out = io.StringIO()
    write_csv(out, ("a", "b", "c"), [("VIP, 贵宾", None, 5), ("=1", 'say "x"', "")])
    assert out.getvalue() == 'a,b,c\n"VIP, 贵宾",,5\n\'=1,"say ""x""",\n'

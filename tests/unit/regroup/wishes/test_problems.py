"""Counting and keeping rows with problems."""

import polars as pl
import pytest
from tests.unit.regroup.wishes.reading import A, read

from fenzu.regroup._frames import PROBLEM_COLUMNS
from fenzu.regroup._problem_kinds import KINDS
from fenzu.regroup._wishes import problems as module
from fenzu.regroup._wishes.problems import Gathering, joined


def found(*rows: tuple[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(row, kind, A, "VIP", "7") for row, kind in rows], schema=PROBLEM_COLUMNS, orient="row"
    )


def test_counts_are_exact_beyond_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a kind only the first rows are kept, and all are counted."""
    monkeypatch.setattr(module, "KEPT", 3)
    gathering = Gathering()
    gathering.add(found(*((n, "bad_openid") for n in range(5)), (9, "empty_group")))
    gathering.add(found(*((n, "bad_openid") for n in range(5, 8))))
    told = gathering.problems()
    assert told.counts == {"bad_openid": 8, "empty_group": 1}
    assert [problem.row for problem in told] == [0, 1, 2, 9]
    both = joined([told, told])
    assert both.counts["bad_openid"] == 16 and len(both) == 18


def test_a_problem_is_told_in_both_languages() -> None:
    """Each kind has a title, a text and an advice in English and Chinese, and no text holds an openid."""
    for kind, known in KINDS.items():
        (problem,) = _only(kind)
        for words in (known.title, problem.text, problem.advice):
            assert (
                words.en
                and words.zh
                and A not in words.en + words.zh
                and "{detail" not in words.en + words.zh
            )
        assert problem.openid == A and problem.left_out is known.left_out


def _only(kind: str) -> module.Problems:
    gathering = Gathering()
    gathering.add(found((2, kind)))
    return gathering.problems()


def test_a_huge_cell_is_cut() -> None:
    """A problem keeps the beginning of a cell only, however much a broken file holds."""
    (problem,) = read(f"openid,group\n{'x' * 5000},VIP\n").problems
    assert len(problem.openid) == module.CELL

"""Wishes that a program has in memory."""

import pandas as pd
import polars as pl
import pytest
from tests.unit.regroup.wishes.reading import A, B, C, problems, rows

from fenzu.errors import UsageError
from fenzu.regroup._wishes import read_wishes
from fenzu.regroup._wishes.frames import Frame, Rows


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"group": ["VIP", None, "104"], "openid": [A, B, C]}),
        pl.LazyFrame({"group": ["VIP", None, "104"], "openid": [A, B, C]}),
        pl.DataFrame(
            {"group": ["VIP", None, "104"], "openid": [A, B, C]}, schema_overrides={"group": pl.Categorical}
        ),
        pl.DataFrame(
            {"group": ["VIP", None, 104], "openid": [A, B, C]}, schema_overrides={"group": pl.Object}
        ),
        pd.DataFrame({"group": ["VIP", None, 104], "openid": [A, B, C]}),
        pd.DataFrame({"group": ["VIP", float("nan"), 104.0], "openid": [A, B, C]}, index=[7, 8, 9]),
        pd.DataFrame({"group": pd.array(["VIP", pd.NA, "104"], "string"), "openid": [A, B, C]}),
    ],
)
def test_frames(frame: Frame) -> None:
    """Frames of polars and pandas hold wishes; rows are counted from 1, and what is missing is told."""
    wishes = read_wishes(frame)
    assert rows(wishes) == [(1, A, "VIP"), (3, C, "104")]
    assert problems(wishes) == [(2, "empty_group")]
    assert wishes.name == "frame" and len(wishes.digest) == 64


@pytest.mark.parametrize("kind", [pl.Float64, pl.Float32])
def test_whole_numbers_that_became_fractions(kind: type[pl.DataType]) -> None:
    """A column of ids that a missing value has turned into fractions holds ids."""
    frame = pl.DataFrame({"openid": [A, B, C], "group": [104.0, None, 0.5]}, schema_overrides={"group": kind})
    assert rows(read_wishes(frame)) == [(1, A, "104"), (3, C, "0.5")]
    assert rows(read_wishes(pd.DataFrame(frame.to_dict(as_series=False)))) == [
        (1, A, "104"),
        (3, C, "0.5"),
    ]


def test_columns_that_hold_no_texts() -> None:
    """A column of dates or lists is refused, with what it holds."""
    with pytest.raises(UsageError, match="column group holds List"):
        read_wishes(pl.DataFrame({"openid": [A], "group": [["VIP"]]}))


@pytest.mark.parametrize(
    "source",
    [
        [(A, "VIP"), (B, 104), (C, "")],
        iter([[A, "VIP"], [B, "104"], [C, None]]),
        {A: "VIP", B: 104, C: ""},
        [{"openid": A, "group": "VIP"}, {"group": 104.0, "openid": B}, {"openid": C}],
        ({"OpenID": openid, "分组": group, "x": 1} for openid, group in [(A, "VIP"), (B, 104), (C, None)]),
    ],
)
def test_rows(source: Rows) -> None:
    """Pairs, dictionaries and mappings hold wishes too."""
    wishes = read_wishes(source)
    assert rows(wishes) == [(1, A, "VIP"), (2, B, "104")]
    assert problems(wishes) == [(3, "empty_group")] and wishes.name == "rows"


def test_keys_by_name() -> None:
    """The keys of dictionaries are named like columns."""
    found = read_wishes([{"who": A, "where": "VIP"}], openid_column="who", group_column="where", name="crm")
    assert rows(found) == [(1, A, "VIP")] and found.name == "crm"


@pytest.mark.parametrize("row", ["ab", (A,), (A, "VIP", 1), 7])
def test_rows_that_are_neither(row: object) -> None:
    """Anything else is refused with its number."""
    with pytest.raises(UsageError, match="row 2 is neither"):
        read_wishes([(A, "VIP"), row])  # type: ignore[list-item] # a wrong type is what is tested


def test_what_was_read_stays() -> None:
    """Wishes that were read before can be given wherever a file can."""
    wishes = read_wishes({A: "VIP"})
    assert read_wishes(wishes) is wishes


def test_the_same_rows_have_the_same_digest() -> None:
    """The digest of rows depends on what they hold, not on what they are held in."""
    pairs = [(A, "VIP"), (B, "104")]
    frame = pl.DataFrame(pairs, schema=["openid", "group"], orient="row")
    assert read_wishes(pairs).digest == read_wishes(frame).digest == read_wishes(dict(pairs)).digest
    assert read_wishes(pairs[:1]).digest != read_wishes(pairs).digest

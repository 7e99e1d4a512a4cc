"""Short ways to read wishes from bytes, for the tests beside."""

import io
from typing import Any

from fenzu.regroup._wishes.delimited import read_delimited
from fenzu.regroup._wishes.values import Wishes

A, B, C = "oDF3iYx0ro3_7jD4HFRDfrjdCM58", "od8XIjsmk6QdVTETa9jLtGWA6KBc", "o1234567890123456789012345-_"


def read(data: bytes | str, **how: Any) -> Wishes:
    raw = data.encode() if isinstance(data, str) else data
    return read_delimited(io.BytesIO(raw), "wishes.csv", **how)


def rows(wishes: Wishes) -> list[tuple[int, str, str]]:
    return wishes.frame.rows()


def problems(wishes: Wishes) -> list[tuple[int, str]]:
    return [(problem.row, problem.kind) for problem in wishes.problems]

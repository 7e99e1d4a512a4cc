"""A condition as an expression of polars over the mirror's columns; what is not known fulfils no comparison."""

import re
from datetime import date, datetime
from functools import reduce
from operator import and_, or_

from fenzu.pauses import BEIJING
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.rules.conditions import (
    All,
    Any,
    Condition,
    Empty,
    Like,
    Not,
    OneOf,
    Value,
)
from fenzu.regroup._wishes.rules.fields import FIELDS

DAY = 86_400
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#&\-~]")


def expression(condition: Condition) -> pl.Expr:
    """Return the expression; it is never null."""
    match condition:
        case Not(inner):
            return ~expression(inner)
        case All(several) | Any(several):
            return reduce(and_ if isinstance(condition, All) else or_, map(expression, several))
        case Empty(field):
            return _is_empty(field)
        case Like(field, pattern):
            return pl.col(field).str.contains(_regex(pattern)).fill_null(value=False)
        case OneOf(field, values):
            return reduce(or_, (_compared(field, "=", value) for value in values))
        case _:
            return _compared(condition.field, condition.sign, condition.value)


def fields_of(condition: Condition) -> set[str]:
    """Return the fields that a condition asks about."""
    match condition:
        case Not(inner):
            return fields_of(inner)
        case All(several) | Any(several):
            return set().union(*map(fields_of, several))
        case _:
            return {condition.field}


def _is_empty(field: str) -> pl.Expr:
    column = pl.col(field)
    return column.is_null() | (column == "") if FIELDS[field] == "text" else column.is_null()


def _compared(field: str, sign: str, value: Value) -> pl.Expr:
    column = pl.col(field)
    if isinstance(value, date):
        return _on_day(column, sign, value).fill_null(value=False)
    compared = {
        "=": column == value,
        "!=": column != value,
        "<": column < value,
        "<=": column <= value,
        ">": column > value,
        ">=": column >= value,
    }[sign]
    return compared.fill_null(value=False)


def _on_day(column: pl.Expr, sign: str, day: date) -> pl.Expr:
    """Compare a moment with a whole day: on it, before it, after it."""
    begins = datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp()
    ends = begins + DAY
    on_it = (column >= begins) & (column < ends)
    return {
        "=": on_it,
        "!=": ~on_it,
        "<": column < begins,
        "<=": column < ends,
        ">": column >= ends,
        ">=": column >= begins,
    }[sign]


def _regex(pattern: str) -> str:
    """Return a pattern of % and _ as a regular expression; a backslash makes the next character an ordinary one."""
    out: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            out.append(_literal(next(characters, "\\")))
        else:
            out.append({"%": ".*", "_": "."}.get(character) or _literal(character))
    return f"(?s)^{''.join(out)}$"


def _literal(character: str) -> str:
    return f"\\{character}" if _SPECIAL.match(character) else character

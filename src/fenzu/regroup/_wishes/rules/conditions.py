"""What a condition says, as a tree of values; and how it is read from text. Pure: knows no frame.

condition   = all { "or" all }
all         = one { "and" one }
one         = "not" one | "(" condition ")" | FIELD comparison
comparison  = ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) VALUE
            | [ "not" ] ( "like" TEXT | "in" "(" VALUE { "," VALUE } ")" | "between" VALUE "and" VALUE )
            | "is" [ "not" ] ( "empty" | "null" )
"""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import msgspec

from fenzu.errors import UsageError
from fenzu.regroup._wishes.rules.fields import FIELDS, FieldKind
from fenzu.regroup._wishes.rules.tokens import Token, tokens_of, unreadable
from fenzu.wire.words import Words

Value: TypeAlias = str | int | date
COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
DEEPEST = 50
"""Conditions within conditions."""


class Compare(msgspec.Struct, frozen=True):
    """A field beside a value."""

    field: str
    sign: str
    value: Value


class Like(msgspec.Struct, frozen=True):
    """A field beside a pattern: % stands for any characters, _ for one."""

    field: str
    pattern: str


class OneOf(msgspec.Struct, frozen=True):
    """A field among values."""

    field: str
    values: tuple[Value, ...]


class Empty(msgspec.Struct, frozen=True):
    """A field that holds nothing."""

    field: str


class Not(msgspec.Struct, frozen=True):
    """The contrary."""

    condition: "Condition"


class All(msgspec.Struct, frozen=True):
    """All of them."""

    conditions: tuple["Condition", ...]


class Any(msgspec.Struct, frozen=True):
    """One of them at least."""

    conditions: tuple["Condition", ...]


Condition: TypeAlias = Compare | Like | OneOf | Empty | Not | All | Any


def read_condition(text: str) -> Condition:
    """Read a condition; raises `UsageError` with the place and what was expected there."""
    return _Reader(text, tokens_of(text)).whole()


class _Reader:
    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._any()
        if self._next.kind != "end":
            raise self._wrong(Words("and, or or the end is expected", "应为 and、or 或结束"))
        return condition

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _takes(self, *wanted: str) -> bool:
        """Take the next token if it is one of these words or signs."""
        token = self._next
        is_wanted = token.word in wanted or (token.kind == "sign" and token.value in wanted)
        self._place += is_wanted
        return is_wanted

    def _wrong(self, why: Words, token: Token | None = None) -> UsageError:
        return unreadable(self._text, (token or self._next).at, why)

    def _expect(self, wanted: str) -> None:
        if not self._takes(wanted):
            raise self._wrong(Words(f"{wanted} is expected", f"应为 {wanted}"))

    def _any(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(Words("conditions lie too deep in each other", "条件嵌套过深"))
        found = [self._all()]
        while self._takes("or"):
            found.append(self._all())
        self._depth -= 1
        return found[0] if len(found) == 1 else Any(tuple(found))

    def _all(self) -> Condition:
        found = [self._one()]
        while self._takes("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else All(tuple(found))

    def _one(self) -> Condition:
        contrary = False
        while self._takes("not"):
            contrary = not contrary
        if self._takes("("):
            condition = self._any()
            self._expect(")")
        else:
            condition = self._comparison(self._field())
        return Not(condition) if contrary else condition

    def _field(self) -> str:
        token = self._take()
        if token.word not in FIELDS:
            names = ", ".join(FIELDS)
            raise self._wrong(Words(f"a field is expected: {names}", f"应为字段名：{names}"), token)
        return token.word

    def _comparison(self, field: str) -> Condition:
        token = self._next
        if token.kind == "sign" and token.value in COMPARISONS:
            self._take()
            return Compare(field, COMPARISONS[token.value], self._value(field))
        if self._takes("is"):
            contrary = self._takes("not")
            if not self._takes("empty", "null"):
                raise self._wrong(Words("empty is expected", "应为 empty"))
            return Not(Empty(field)) if contrary else Empty(field)
        contrary = self._takes("not")
        condition = self._set(field)
        return Not(condition) if contrary else condition

    def _set(self, field: str) -> Condition:
        if self._next.word == "like" and FIELDS[field] != "text":
            raise self._wrong(Words(f"{field} is no text", f"{field} 不是文本"))
        if self._takes("like"):
            token = self._take()
            if token.kind != "text":
                raise self._wrong(Words('a text is expected: "VIP%"', '应为文本："VIP%"'), token)
            return Like(field, token.value)
        if self._takes("in"):
            self._expect("(")
            values = [self._value(field)]
            while self._takes(","):
                values.append(self._value(field))
            self._expect(")")
            return OneOf(field, tuple(values))
        if self._takes("between"):
            low = self._value(field)
            self._expect("and")
            return All((Compare(field, ">=", low), Compare(field, "<=", self._value(field))))
        raise self._wrong(
            Words(
                "=, !=, <, >, like, in, between or is is expected",
                "应为 =、!=、<、>、like、in、between 或 is",
            )
        )

    def _value(self, field: str) -> Value:
        token, kind = self._take(), FIELDS[field]
        value = _value_of(token, kind)
        if value is None:
            raise self._wrong(_WANTED[kind], token)
        return value


_WANTED: dict[FieldKind, Words] = {
    "text": Words('a text in quotation marks is expected: "VIP"', '应为带引号的文本："VIP"'),
    "number": Words("a whole number is expected: 100", "应为整数：100"),
    "day": Words('a day is expected: "2026-01-31"', '应为日期："2026-01-31"'),
}


def _value_of(token: Token, kind: FieldKind) -> Value | None:
    if kind == "number":
        return int(token.value) if token.kind == "number" else None
    if token.kind != "text":
        return None
    if kind == "text":
        return token.value
    try:
        return date.fromisoformat(token.value) if len(token.value) == 10 else None
    except ValueError:
        return None

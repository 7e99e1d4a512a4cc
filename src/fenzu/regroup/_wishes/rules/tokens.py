"""A condition cut into words, numbers, texts and signs, each with the place where it begins. Pure."""

import re
from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import UsageError
from fenzu.wire.words import Words

TokenKind: TypeAlias = Literal["word", "number", "text", "sign", "end"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>-?[0-9]{1,18}(?![0-9A-Za-z_.]))
    | (?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
    | (?P<sign><>|<=|>=|!=|==|[=<>(),])
    )""",
    re.VERBOSE,
)
_WIDE = str.maketrans("“”‘’（），＝＜＞", "\"\"''(),=<>")


class Token(msgspec.Struct, frozen=True):
    """A piece of a condition; `at` is counted from 1. A text is without its quotation marks."""

    kind: TokenKind
    value: str
    at: int

    @property
    def word(self) -> str:
        """The word in small letters, empty for anything else."""
        return self.value.lower() if self.kind == "word" else ""


def tokens_of(text: str) -> list[Token]:
    """Cut a condition; the last token is its end. Raises `UsageError` with the place that cannot be read."""
    plain = _straightened(text)
    found: list[Token] = []
    at = 0
    while plain[at:].strip():
        match = _TOKEN.match(plain, at)
        if match is None or match.lastgroup is None:
            at += len(plain[at:]) - len(plain[at:].lstrip())
            raise unreadable(text, at + 1, Words("this is not understood here", "此处无法理解"))
        kind, begin, end = match.lastgroup, match.start(match.lastgroup), match.end()
        value = text[begin:end]
        if kind == "text":
            mark = plain[begin]
            value = text[begin + 1 : end - 1].replace(mark * 2, mark)
        found.append(Token(kind, plain[begin:end] if kind == "sign" else value, begin + 1))  # type: ignore[arg-type] # the groups are called like the kinds
        at = end
    return [*found, Token("end", "", len(text) + 1)]


def _straightened(text: str) -> str:
    """Take the marks of Chinese keyboards for their Latin ones; as many characters as before."""
    return text.translate(_WIDE)


def unreadable(text: str, at: int, why: Words) -> UsageError:
    """Return the error for a place in a condition, with what stands there."""
    there = text[at - 1 : at + 19]
    shown = f"{there}…" if len(text) > at + 19 else there
    return UsageError(
        Words(
            f"the condition is wrong at character {at}{f' ({shown})' if shown else ''}: {why.en}",
            f"条件的第 {at} 个字符{f'（{shown}）' if shown else ''}有误：{why.zh}",
        ),
        Words(
            """write conditions like: remark like "VIP%" and subscribed_at >= "2026-01-01" """.strip(),
            """条件示例：remark like "VIP%" and subscribed_at >= "2026-01-01" """.strip(),
        ),
    )

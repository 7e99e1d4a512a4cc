"""Making text harmless in a page: whatever a group is called is shown, and nothing of it acts."""

import re
from collections.abc import Sequence
from html import escape
from unicodedata import east_asian_width

from fenzu.errors import mask
from fenzu.wire.limits import OPENID_PATTERN
from fenzu.wire.unprintable import UNPRINTABLE
from fenzu.wire.words import Words

NAMED = 3
"""Names that a message tells."""
_OPENID = re.compile(OPENID_PATTERN)


def printable(text: str) -> str:
    """Return `text` with a sign in the place of whatever cannot be printed."""
    return UNPRINTABLE.sub("\ufffd", text)


def html(text: str) -> str:
    """Return `text` as it stands in a page or in an attribute's quotes."""
    return escape(printable(text))


def quoted(names: Sequence[str]) -> Words:
    """Return the first few names in quotation marks, to stand in a message; an openid among them is masked."""
    told = [mask(name) if _OPENID.fullmatch(name) else short(printable(name), 40) for name in names[:NAMED]]
    more = len(names) > NAMED
    english = ", ".join(f'"{name}"' for name in told) + (", …" if more else "")
    return Words(english, "、".join(f"“{name}”" for name in told) + ("……" if more else ""))


def short(text: str, columns: int) -> str:
    """Cut `text` to so many columns; a Chinese character fills two."""
    filled = 0
    for at, character in enumerate(text):
        filled += 2 if east_asian_width(character) in "WF" else 1
        if filled > columns:
            return text[: max(at - 1, 1)] + "…"
    return text

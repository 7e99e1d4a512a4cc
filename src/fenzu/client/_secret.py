"""A text that nobody is to see. It knows nothing of what the text opens."""

import re

from fenzu.errors import UsageError
from fenzu.wire.limits import SECRET_PATTERN
from fenzu.wire.words import Words


class Secret:
    """A text that `repr` does not show."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def of(cls, text: str | None) -> "Secret | None":
        """Hide a text; None stays None."""
        return None if text is None else cls(text)

    def check(self, name: str) -> None:
        """Raise `UsageError`, which does not show it, where it is empty or holds what no secret and no token holds."""
        if not isinstance(self._text, str) or not re.fullmatch(SECRET_PATTERN, self._text):
            raise UsageError(
                Words(
                    f"the {name} is empty, or holds white space or other foreign characters",
                    f"{name} 为空，或含有空白等不该有的字符",
                ),
                Words("give it as the platform gave it", "请原样给出平台给的文本"),
            )

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

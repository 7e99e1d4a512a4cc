"""Which language a person reads. Knows the environment's conventions, and nothing of what is said."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # imported only for its types: `fenzu --help` loads as little as it can
    from fenzu.wire.words import Language


class Sayable(Protocol):
    """A sentence in both languages: `fenzu.wire.Words`, or a `Line` where that would cost too much to load."""

    def say(self, language: "Language") -> str:
        """Return the sentence in `language`."""
        ...


class Line(NamedTuple):
    """The same sentence in English and in Chinese, for the few that are said before anything is loaded."""

    en: str
    zh: str

    def say(self, language: "Language") -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en


VARIABLES = ("FENZU_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def pick(environ: Mapping[str, str]) -> "Language":
    """Return the reader's language: the first of `VARIABLES` that is set decides; English unless it says Chinese."""
    for name in VARIABLES:
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"

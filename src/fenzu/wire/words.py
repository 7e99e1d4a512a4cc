"""A sentence in the two languages that fenzu speaks."""

from typing import Literal, TypeAlias

import msgspec

Language: TypeAlias = Literal["en", "zh"]


class Words(msgspec.Struct, frozen=True):
    """The same sentence in English and in Chinese; `str()` is the English one."""

    en: str
    zh: str

    def say(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en

"""Who reads a page: in which language, and in which light. Both are kept in cookies; the browser's wish comes first."""

from typing import Literal, TypeAlias

import msgspec
from starlette.requests import Request

from fenzu.wire.words import Language

Theme: TypeAlias = Literal["auto", "light", "dark"]
LANGUAGE, THEME = "fenzu_language", "fenzu_theme"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")


class Reader(msgspec.Struct, frozen=True):
    """How somebody wants to read."""

    language: Language
    theme: Theme


def reader_of(request: Request) -> Reader:
    """Return how the page of this request is read."""
    language, theme = request.cookies.get(LANGUAGE), request.cookies.get(THEME)
    return Reader(
        language if language in LANGUAGES else accepted(request.headers.get("accept-language", "")),
        theme if theme in THEMES else "auto",
    )


def accepted(header: str) -> Language:
    """Return the first language of an Accept-Language header that the console speaks, by its weights; else English."""
    wished: list[tuple[float, Language]] = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";")
        primary = name.strip().lower().partition("-")[0]
        if primary in LANGUAGES:
            wished.append((_weight(weight), primary))
    best = max((weight for weight, _ in wished), default=0.0)
    return next((language for weight, language in wished if weight == best and weight > 0), "en")


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0

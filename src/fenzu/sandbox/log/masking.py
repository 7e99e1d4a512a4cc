"""Finding secrets and tokens in what a client sent, however it wrote them, and leaving them out.

It looks at the text and never parses it: what is broken, cut or no JSON at all must not give a secret away. In doubt
it masks too much. A value counts as secret by its name (one that holds `token` or `secret`), by its look (as long as a
token, or 32 hexadecimal digits as the platform's secrets), or because it is the account's own secret.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import quote

Kind: TypeAlias = Literal["token", "secret"]

MASK = "xxxx"
SHORTEST = 6
"""A secret of fewer characters is found by its name only: it might be a part of any word."""

# No pattern may cost more than its text is long, so nothing that could begin again inside itself is unbounded.
# A character behind any number of escapes: %73, %2573, \u0073, \\u0073, and \/.
_ESCAPED = re.compile(r"%(?:25)*([0-9a-f]{2})|(?<!\\)\\++(?:u([0-9a-f]{4})|/)", re.IGNORECASE)
_NAME = r"(?P<kind>token|secret)[\w.\-]{0,64}+"
_IN_FORM = re.compile(rf"{_NAME}\]?=(?P<value>[^&]+)", re.IGNORECASE)
_ANYWHERE = re.compile(
    _NAME
    + r"""(?:
        [\\"'\s]*+ [=:>] \s*+
        (?: (?P<escapes>\\*) (?P<quote>["']) (?P<quoted>.*?) (?: (?<!\\)(?P=escapes)(?P=quote) | \Z )
          | [\[{] (?P<nested>[^\]}]*)
          | (?P<bare>[^\s&,;}\]"'<\\]+)
        )
      | "[^\r\n]{0,99}\r?\n (?:[^\r\n]{1,99}\r?\n){0,3} \r?\n (?P<part>.*?) (?: \r?\n-- | \Z )
    )""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_LOOKS = re.compile(
    r"(?<![A-Za-z0-9_-])(?!(?<=%)[0-9A-Fa-f]{2})(?:(?P<token>[A-Za-z0-9_-]{60,})|(?P<secret>[0-9A-Fa-f]{32})(?![A-Za-z0-9_-]))"
)
_ODD_JSON = re.compile(r"[\ufeff\s]*[{\[\"]")


class Piece(NamedTuple):
    """A part of a text: what stands there, or of which kind the secret is that stood there."""

    text: str
    kind: Kind | None = None


def readable(content: bytes) -> str:
    """Return a text that holds every byte but NUL, which only hides what UTF-16 says; see `plain`."""
    return content.replace(b"\0", b"").decode("utf-8", "surrogateescape")


def plain(text: str) -> str:
    """Return the text for people: bytes that are no UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def mask(content: bytes, own: str = "") -> str:
    """Return what was sent as text, each secret in it as `xxxx`; `own` is the secret of the account."""
    return "".join(MASK if kind else plain(text) for text, kind in pieces(readable(content), own))


def pieces(text: str, own: str = "") -> list[Piece]:
    """Return the text cut into what may be shown and what may not."""
    cut: list[Piece] = []
    done = 0
    for start, end, kind in sorted(_find(text, own)):
        if end <= done:
            continue
        if start > done:
            cut.append(Piece(text[done:start]))
        if start >= done:  # else it goes on where the last one ended
            cut.append(Piece("", kind))
        done = end
    if done < len(text):
        cut.append(Piece(text[done:]))
    return cut


def _find(text: str, own: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield where a secret begins and ends; they may overlap.

    Escaped text is read twice, as `secret=a%26b` is one value to some and `x%3Fsecret%3Da` holds a name to others.
    """
    for every in (False, True) if _ESCAPED.search(text) else (False,):
        bare, places = _without_escapes(text, every=every)
        found = [*_by_name(bare), *_by_look(bare), *_by_value(bare, own)]
        for start, end, kind in found:
            yield (start, end, kind) if places is None else (places[start], places[end], kind)


def _by_name(text: str) -> Iterator[tuple[int, int, Kind]]:
    small = text.lower()
    if "token" not in small and "secret" not in small:
        return
    if not _ODD_JSON.match(text):
        for match in _IN_FORM.finditer(text):
            yield match.start("value"), match.end("value"), _kind(match)
    for match in _ANYWHERE.finditer(text):
        for group in ("quoted", "nested", "bare", "part"):
            if match.start(group) < match.end(group):
                yield match.start(group), match.end(group), _kind(match)


def _by_look(text: str) -> Iterator[tuple[int, int, Kind]]:
    for match in _LOOKS.finditer(text):
        yield match.start(), match.end(), "token" if match["token"] else "secret"


def _by_value(text: str, own: str) -> Iterator[tuple[int, int, Kind]]:
    if len(own) < SHORTEST:
        return
    for written in {own, quote(own, safe="")}:
        for match in re.finditer(re.escape(written), text):
            yield match.start(), match.end(), "secret"


def _kind(match: re.Match[str]) -> Kind:
    return "secret" if match["kind"].lower() == "secret" else "token"


def _without_escapes(text: str, *, every: bool) -> tuple[str, list[int] | None]:
    """Return the text with its letters, digits, `-` and `_` bare, and where each character stood (None: the same).

    Other characters stay as they are written, as `%26` in a value is no end of the value; or with `every` they are
    bare as well.
    """
    if "%" not in text and "\\" not in text:
        return text, None
    out: list[str] = []
    places: list[int] = []
    done = 0
    for match in _ESCAPED.finditer(text):
        digits = match[1] or match[2]
        character = chr(int(digits, 16)) if digits else "/"
        if character.isascii() and (character.isalnum() or character in "-_" or every):
            out.append(text[done : match.start()] + character)
            places += range(done, match.start() + 1)
            done = match.end()
    out.append(text[done:])
    places += range(done, len(text) + 1)
    return "".join(out), places

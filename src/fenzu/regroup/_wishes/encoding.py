"""From bytes in some encoding to UTF-8, chunk by chunk: which encoding it is, is found in the bytes themselves.

As long as only ASCII was met it does not matter. At the first other byte UTF-8 is tried, then GB18030, which holds GBK
and GB2312. UTF-16 is told by its mark.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from fenzu.errors import UsageError
from fenzu.wire.words import Words

BOM = codecs.BOM_UTF8
GUESSED = ("utf-8", "gb18030")
_SHOWN = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030", "ascii": "ASCII"}
_LOST = "\ufffd"
_LIKELY = re.compile("[\x80-\u017f\u0370-\u03ff\u0800-\U0010ffff]")
"""Accents, Greek letters (café, α) and all that has three bytes, as Chinese has: where they are found it is UTF-8."""


class Recoder:
    """Turns chunks of bytes into chunks of UTF-8. `name` tells the encoding that was found; it may be known late."""

    def __init__(self, encoding: str | None = None) -> None:
        self._encoding = _known(encoding) if encoding else None
        self._decoder: codecs.IncrementalDecoder | None = None
        self._has_mark = False

    @property
    def name(self) -> str:
        """The encoding as people call it."""
        shown = _SHOWN.get(self._encoding or "ascii", self._encoding or "")
        return f"{shown} (BOM)" if self._has_mark else shown

    def recode(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the same text in UTF-8, without its mark; what is no text becomes U+FFFD."""
        first = True
        for chunk in chunks:
            if first:
                chunk = self._look(chunk)  # noqa: PLW2901 - the mark is no text
                first = False
            yield self._turned(chunk)
        if self._decoder is not None:
            yield self._text(self._decoder, b"", final=True)

    def _look(self, chunk: bytes) -> bytes:
        if chunk.startswith(BOM):
            self._has_mark = True
            self._encoding = self._encoding or "utf-8"
            return chunk[len(BOM) :] if self._encoding in {"utf-8", "utf-8-sig"} else chunk
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and self._encoding in {
            None,
            "utf-16",
        }:
            self._has_mark = True
            self._encoding = "utf-16"
        elif self._encoding is None:
            self._encoding = _without_mark(chunk)
        return chunk

    def _turned(self, chunk: bytes) -> bytes:
        if self._encoding is None:
            if chunk.isascii():
                return chunk
            self._encoding = _guess(chunk)
        if self._decoder is None:
            if self._encoding in GUESSED and chunk.isascii():
                return chunk
            self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        return self._text(self._decoder, chunk)

    def _text(self, decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bytes:
        try:
            return decoder.decode(chunk, final).encode("utf-8", "replace")
        except UnicodeError:  # no mark where one is needed, or a codec that replaces nothing
            raise UsageError(
                Words(f"the file is not in {self._encoding}", f"文件不是 {self._encoding} 编码"),
                Words(
                    "leave the encoding out, or try utf-8, gb18030 or utf-16-le",
                    "不指定编码，或改用 utf-8、gb18030、utf-16-le",
                ),
            ) from None


def _known(encoding: str) -> str:
    try:
        b"\0\0\0\0".decode(encoding, "replace")  # of no bytes at all, any name is taken
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        raise UsageError(
            Words(f"no encoding is called {encoding}", f"没有名为 {encoding} 的编码"),
            Words("try utf-8, gb18030 or utf-16", "可用 utf-8、gb18030 或 utf-16"),
        ) from None


def _without_mark(chunk: bytes) -> str | None:
    """UTF-16 whose mark is missing: every other byte of its Latin letters is 0."""
    head = chunk[:2000]
    if head[1::2].count(0) * 3 > len(head):
        return "utf-16-le"
    if head[0::2].count(0) * 3 > len(head):
        return "utf-16-be"
    return None


def _guess(chunk: bytes) -> str:
    """GB18030 fits almost any bytes, so UTF-8 is believed as soon as most of what is not ASCII is UTF-8."""
    text = _decoded(chunk, "utf-8")
    lost = text.count(_LOST)
    fits = len(text) - len(text.encode("ascii", "ignore")) - lost
    if lost <= fits:
        return "gb18030" if lost == 0 and _is_rather_chinese(chunk, text) else "utf-8"
    return "gb18030" if _decoded(chunk, "gb18030").count(_LOST) <= lost else "utf-8"


def _is_rather_chinese(chunk: bytes, text: str) -> bool:
    """Whether UTF-8 finds only letters that hardly anybody writes, and GB2312 everyday ones: 一 looks like һ."""
    return not _LIKELY.search(text) and _LOST not in _decoded(chunk, "gb2312")


def _decoded(chunk: bytes, encoding: str) -> str:
    """Decode with U+FFFD for what is no text; a character that the chunk's end cuts in two is left away."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(chunk)

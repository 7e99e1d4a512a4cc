"""Which format bytes are in, by their beginning: file names are not always true, and standard input has none."""

from typing import Literal, TypeAlias

Format: TypeAlias = Literal["csv", "tsv", "jsonl", "parquet", "xlsx"]
LOOKED_AT = 4096

_BEGINNINGS: tuple[tuple[bytes, Format | Literal["gzip"]], ...] = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsx"),  # XLS, and an XLSX with a password: fastexcel says which
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
)


def look(head: bytes) -> Format | Literal["gzip"]:
    """Return what a file that begins so is."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "jsonl" if text.startswith(b"{") else "csv"

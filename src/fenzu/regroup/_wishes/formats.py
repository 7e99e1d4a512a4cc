"""Which format bytes are in, by their beginning: file names are not always true, and standard input has none."""

from typing import Literal, TypeAlias

from fenzu.errors import UsageError
from fenzu.wire.words import Words

Format: TypeAlias = Literal["csv", "tsv", "jsonl", "parquet", "xlsx"]
LOOKED_AT = 4096

_BEGINNINGS: tuple[tuple[bytes, Format | Literal["gzip"]], ...] = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsx"),  # XLS, and an XLSX with a password: fastexcel says which
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
)

_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"%PDF-", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)


def check_is_table(head: bytes) -> None:
    """Raise `UsageError` where a file begins like a picture, a PDF or an archive, whatever its name says."""
    for beginning, kind in _FOREIGN:
        if head.startswith(beginning):
            raise UsageError(
                Words(f"this is a {kind} file, not a table", f"这是 {kind} 文件，不是表格"),
                Words(
                    "give a CSV, Excel, Parquet or JSON Lines file with openids and groups",
                    "请给出包含 openid 和分组的 CSV、Excel、Parquet 或 JSON Lines 文件",
                ),
            )


def look(head: bytes) -> Format | Literal["gzip"]:
    """Return what a file that begins so is."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "jsonl" if text.startswith(b"{") else "csv"

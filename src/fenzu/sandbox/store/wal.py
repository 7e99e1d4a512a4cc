"""A store's write-ahead log: does it break off where a kill or a power cut ended it, or was it damaged in the middle?

SQLite reads a log up to the first frame that is not whole and takes the rest for what was never committed. That is so
after a kill. But each commit is synced before the next one begins: where a frame that ends a commit is followed by its
successor, that commit was on disk, and so was all before it. If SQLite stopped before, acknowledged changes are lost.
What failed commits left behind is never followed so. See https://www.sqlite.org/fileformat2.html#walformat.
"""

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

HEAD, FRAME_HEAD = struct.Struct(">8I"), struct.Struct(">6I")
MAGIC = 0x377F0682
"""Its last bit tells that the checksums take words with the high byte first."""


class Frame(NamedTuple):
    """The head of a frame."""

    page: int
    size_after_commit: int
    """0 where no commit ends here."""
    salts: tuple[int, int]
    checksum: tuple[int, int]


def is_damaged(log: Path, recovered: int, page_size: int) -> bool:
    """Tell whether commits were on disk behind the `recovered` frames with which SQLite was content."""
    if not log.exists():
        return False
    with log.open("rb") as file:
        head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            return False
        magic, _, _, _, *rest = HEAD.unpack(head)
        order = ">" if magic & 1 else "<"
        is_whole = magic | 1 == MAGIC | 1 and _checksum((0, 0), head[:24], order) == (rest[2], rest[3])
        return _has_commits(file, recovered, page_size, (rest[0], rest[1]) if is_whole else None, order)


def _has_commits(
    file: BinaryIO, first: int, page_size: int, salts: tuple[int, int] | None, order: str
) -> bool:
    """Look for the end of a commit and its successor, from a frame on; without `salts` among all that are alike."""
    before: Frame | None = None
    number = first
    while True:
        file.seek(HEAD.size + number * (FRAME_HEAD.size + page_size))
        content = file.read(FRAME_HEAD.size)
        if len(content) < FRAME_HEAD.size:
            return False
        page, size, *rest = FRAME_HEAD.unpack(content)
        frame = Frame(page, size, (rest[0], rest[1]), (rest[2], rest[3]))
        if before is not None and before.size_after_commit and before.salts == frame.salts:
            covered = content[:8] + file.read(page_size)
            if (
                (salts is None or frame.salts == salts)
                and len(covered) == 8 + page_size
                and frame.checksum
                in {_checksum(before.checksum, covered, way) for way in _orders(salts, order)}
            ):
                return True
        before = frame
        number += 1


def _orders(salts: tuple[int, int] | None, order: str) -> str:
    """Return the orders of bytes to try: both where the log's head does not tell."""
    return order if salts else "<>"


def _checksum(start: tuple[int, int], content: bytes, order: str) -> tuple[int, int]:
    """Return the running checksum of the format, over a whole number of eight bytes."""
    first, second = start
    for one, other in struct.iter_unpack(f"{order}2I", content):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second

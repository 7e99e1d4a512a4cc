"""Cuts a stream of CSV bytes into blocks that each end where a row ends. It knows quotation marks and no columns."""

from collections.abc import Callable, Iterable, Iterator

LONGEST = 64 * 1024 * 1024
"""Bytes held back at most for a quotation mark to close; then one is broken, and rows end where lines do."""
_STEPS_BACK = 100


def blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks of whole rows; only the last may lack its line end."""
    return _cut(chunks, _last_row_end)


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks of whole lines; only the last may lack its line end."""
    return _cut(chunks, _last_line_end)


def _cut(chunks: Iterable[bytes], find_end: Callable[[bytes], int]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        held += chunk
        if end := find_end(held):
            yield held[:end]
            held = held[end:]
    if held:
        yield held


def _last_line_end(data: bytes) -> int:
    return data.rfind(b"\n") + 1


def _last_row_end(data: bytes) -> int:
    """Return the end of the last line before which no quotation mark is left open; 0 if none is near.

    Of more than `LONGEST` the end of the last line, whatever is left open.
    """
    end = _last_line_end(data)
    marks = data.count(b'"', 0, end)
    for _ in range(_STEPS_BACK):
        if marks % 2 == 0:
            break
        before = data.rfind(b"\n", 0, data.rfind(b'"', 0, end)) + 1
        marks -= data.count(b'"', before, end)
        end = before
    else:
        end = 0
    return end or (_last_line_end(data) if len(data) > LONGEST else 0)


def with_newlines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks with the line ends of old Macs (CR alone) turned into LF, if the first chunk has no other."""
    old = None
    for chunk in chunks:
        if old is None:
            old = b"\r" in chunk[:-1] and b"\n" not in chunk  # the last may be the half of a CR LF
        yield chunk.replace(b"\r", b"\n") if old else chunk

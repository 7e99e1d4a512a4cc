"""CSV and TSV, of any size, in constant memory but for the wishes themselves."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from fenzu.errors import UsageError
from fenzu.regroup._wishes.blocks import blocks, with_newlines
from fenzu.regroup._wishes.columns import Columns, find_columns
from fenzu.regroup._wishes.delimiter import declared, find_delimiter, first_row
from fenzu.regroup._wishes.encoding import Recoder
from fenzu.regroup._wishes.lines import parse
from fenzu.regroup._wishes.sift import Sieve
from fenzu.regroup._wishes.values import Origin, Wishes
from fenzu.wire.words import Words

CHUNK = 16 * 1024 * 1024
_HEAD = 256 * 1024
_JSON_ARRAY = re.compile(r"\s*\[\s*[\[{\"]")


class Readable(Protocol):
    """What bytes are read from: a file, standard input."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


def read_delimited(
    source: Readable,
    name: str,
    *,
    openid_column: str | None = None,
    group_column: str | None = None,
    encoding: str | None = None,
    delimiter: str = "",
    digest: str = "",
    chunk: int = CHUNK,
) -> Wishes:
    """Read CSV or TSV; raises `UsageError` where it is not clear which columns are meant.

    What parts the fields is found by looking, unless it is given; the digest is taken over what is read, unless it is
    known.
    """
    own = hashlib.sha256()
    recoder = Recoder(encoding)
    rows = blocks(with_newlines(recoder.recode(chunks_of(source, own, chunk))))
    first = next(rows, b"")
    delimiter, columns, before, begin = _layout(first, delimiter, openid_column, group_column)
    sieve = Sieve(before + 1)
    for block in _from(begin, first, rows):
        sieve.add(parse(block, delimiter, columns))
    return Wishes(
        name=name,
        digest=digest or own.hexdigest(),
        frame=sieve.frame(),
        problems=sieve.problems(),
        rows=sieve.rows,
        origin=Origin(
            "TSV" if delimiter == "\t" else "CSV",
            recoder.name,
            delimiter,
            columns.openid_title,
            columns.group_title,
            columns=columns.choices,
        ),
        named_by=columns.named_by,
    )


def chunks_of(source: Readable, digest: "hashlib._Hash", size: int) -> Iterator[bytes]:
    """Yield what there is to read, and count it into the digest."""
    while chunk := source.read(size):
        digest.update(chunk)
        yield chunk


def _layout(first: bytes, given: str, openid: str | None, group: str | None) -> tuple[str, Columns, int, int]:
    """Return delimiter, columns, the rows before the first wish, and the byte at which it begins."""
    head = first[:_HEAD].decode(errors="ignore")
    told = declared(head)
    skipped = head.find("\n") + 1 if told else 0  # a spreadsheet takes that line in and does not count it
    head = head[skipped:]
    if _JSON_ARRAY.match(head):
        raise UsageError(
            Words("the file holds JSON arrays, not objects", "文件里是 JSON 数组，不是对象"),
            Words(
                'write JSON Lines, one object a line: {"openid":"o…","group":"VIP"}',
                '请用 JSON Lines，每行一个对象：{"openid":"o…","group":"VIP"}',
            ),
        )
    delimiter = given or told or find_delimiter(head, openid, group)
    row, number, end = first_row(head, delimiter)
    if not row:
        raise UsageError(
            Words("the file has no row", "文件里没有任何一行"),
            Words("give two columns, openid and group", "请给出 openid 和 group 两列"),
        )
    columns = find_columns(row, openid, group)
    if columns.has_header:
        return delimiter, columns, number, skipped + len(head[:end].encode())
    return delimiter, columns, 0, skipped


def _from(begin: int, first: bytes, others: Iterable[bytes]) -> Iterator[bytes]:
    if len(first) > begin:
        yield first[begin:]
    yield from others

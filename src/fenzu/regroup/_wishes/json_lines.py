"""JSON Lines: an object a line. By polars where each line is sound, else line by line. Rows are lines, from 1."""

import hashlib
import io
from collections.abc import Iterator
from itertools import chain

import msgspec

from fenzu.errors import UsageError
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.blocks import lines_of
from fenzu.regroup._wishes.columns import find_columns
from fenzu.regroup._wishes.delimited import CHUNK, Readable, chunks_of
from fenzu.regroup._wishes.encoding import Recoder
from fenzu.regroup._wishes.lines import RAW
from fenzu.regroup._wishes.sift import Sieve
from fenzu.regroup._wishes.tables import text_of
from fenzu.regroup._wishes.values import Origin, Wishes
from fenzu.wire.words import Words

NOT_JSON = "not_json"


def read_json_lines(
    source: Readable,
    name: str,
    *,
    openid_column: str | None = None,
    group_column: str | None = None,
    encoding: str | None = None,
    digest: str = "",
    chunk: int = CHUNK,
) -> Wishes:
    """Read JSON Lines; the keys of the first object tell which are meant."""
    own = hashlib.sha256()
    recoder = Recoder(encoding)
    blocks = lines_of(recoder.recode(chunks_of(source, own, chunk)))
    first = next(blocks, b"")
    keys = _keys(first)
    columns = find_columns(keys, openid_column, group_column)
    sieve = Sieve(1)
    for block in chain([first], blocks):
        sieve.add(_parse(block, keys[columns.openid], keys[columns.group]))
    return Wishes(
        name=name,
        digest=digest or own.hexdigest(),
        frame=sieve.frame(),
        problems=sieve.problems(),
        rows=sieve.rows,
        origin=Origin(
            "JSON Lines",
            recoder.name,
            openid_column=columns.openid_title,
            group_column=columns.group_title,
            columns=columns.choices,
        ),
        named_by=columns.named_by,
    )


def _keys(block: bytes) -> list[str]:
    """Return the keys of the first objects, each once: one alone may lack some."""
    found: dict[str, None] = {}
    for line in block.split(b"\n", 100)[:100]:
        found.update(dict.fromkeys(_object(line) or {}))
    if found:
        return list(found)
    raise UsageError(
        Words("the file holds no JSON object", "文件里没有 JSON 对象"),
        Words(
            'give one object a line: {"openid":"o…","group":"VIP"}',
            '每行一个对象：{"openid":"o…","group":"VIP"}',
        ),
    )


def _object(line: bytes) -> dict[str, object] | None:
    try:
        return msgspec.json.decode(line, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _parse(block: bytes, openid: str, group: str) -> pl.DataFrame:
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    try:
        frame = pl.read_ndjson(io.BytesIO(block), schema={openid: pl.String, group: pl.String})
    except pl.exceptions.PolarsError:
        frame = None
    if frame is None or frame.height != lines:
        return pl.DataFrame(list(_each(block, openid, group)), schema=RAW, orient="row")
    return frame.select(openid=pl.col(openid), group=pl.col(group), fault=pl.lit(None, pl.String))


def _each(block: bytes, openid: str, group: str) -> Iterator[tuple[str, str, str | None]]:
    for line in block.removesuffix(b"\n").split(b"\n"):
        if not line.strip():
            yield "", "", None
            continue
        found = _object(line)
        if found is None:
            yield "", "", NOT_JSON
        else:
            yield text_of(found.get(openid)), text_of(found.get(group)), None

"""An account as lines of JSON, page by page: what an export says. The connection shows one moment all the while."""

from collections.abc import Iterator, Mapping

import msgspec

from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.transfer.arrival import AT_ONCE, Head
from fenzu.sandbox.transfer.lines import EndLine, FollowerLine, GroupLine, TagLine
from fenzu.sandbox.transfer.waves import Wave, unroll

_encode_lines = msgspec.json.Encoder().encode_lines
_decode_tags = msgspec.json.Decoder(tuple[int, ...]).decode


def tell_account(connection: Connection, head: Head) -> Iterator[bytes]:
    """Yield the lines of an account, ten thousand followers at a time; raises UnknownAccount for one that is gone."""
    account: int | None = connection.execute(sql.ACCOUNT_NUMBER_AS_IS, (head.appid,)).get
    if account is None:
        raise UnknownAccount(head.appid)
    next_group, _, made_up, *_ = connection.execute(sql.LEDGER_AS_IS, (account,)).fetchone()
    seed = str(connection.execute(sql.SEED, (account,)).get)
    head = msgspec.structs.replace(head, next_group=next_group, seed=seed, made_up=made_up)
    groups = [GroupLine(row[0], row[1]) for row in connection.execute(sql.GROUPS, (account,))]
    tags = {row[0]: row[1] for row in connection.execute(sql.TAGS, (account,))}
    lines: list[object] = [head, *groups, *(TagLine(id_, name) for id_, name in tags.items())]
    yield _encode_lines(lines)
    waves: list[Wave] = connection.execute(sql.WAVES, (account,)).fetchall()
    last = followers = 0
    while rows := connection.execute(sql.FOLLOWERS_AFTER, (account, last, AT_ONCE)).fetchall():
        since = unroll(waves, [row[0] for row in rows])
        yield _encode_lines([_tell(row, at, tags) for row, at in zip(rows, since, strict=True)])
        last = rows[-1][0]
        followers += len(rows)
    yield _encode_lines([EndLine(followers)])


def _tell(row: tuple[int, str, int, str, str], since: int, there: Mapping[int, str]) -> FollowerLine:
    _, openid, group, tags, remark = row
    carried = tuple(tag for tag in _decode_tags(tags) if tag in there) if tags else ()
    return FollowerLine(openid, group, since, carried, remark)

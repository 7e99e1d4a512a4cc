"""Openids out: lists as long as they come, and one answer for each openid that was asked about."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from fenzu.cli import main
from fenzu.cli.batches import complain_by_kind, message_of
from fenzu.cli.io import Column, Streams, harmless
from fenzu.errors import FenzuError, InvalidOpenid, NotAFollower, UsageError
from fenzu.wire.words import Words

T = TypeVar("T")

OPENID = Column(Words("openid", "openid"), whole=True)
WHY = Column(Words("why not", "原因"))


async def list_openids(streams: Streams, found: AsyncIterator[str]) -> None:
    """Print openids as they come; tell where to go on if the list breaks off."""
    last: str | None = None
    try:
        async for openid in found:
            if streams.as_json:
                streams.json_line({"openid": openid})
            else:
                streams.line(openid)
            last = openid
    except FenzuError:
        if last is not None:
            streams.out.flush()
            where = harmless(last)
            streams.say(
                Words(
                    f"The list broke off; go on with --after {where}",
                    f"列表中断；可用 --after {where} 接着列",
                )
            )
        raise


async def tell_each(
    streams: Streams,
    openids: Sequence[str],
    ask: Callable[[str], Awaitable[T]],
    column: Column,
    key: str,
    show: Callable[[T], str],
) -> int:
    """Print the answer for each openid; who is no follower is told and does not spoil the others."""
    found: dict[str, T] = {}
    failed: dict[str, FenzuError] = {}
    for openid in openids:
        try:
            found[openid] = await ask(openid)
        except (InvalidOpenid, NotAFollower, UsageError) as error:
            failed[openid] = error
    if streams.as_json:
        streams.json(
            [
                {"openid": openid, key: found[openid]}
                if openid in found
                else {"openid": openid, key: None, "error": _error_as_json(failed[openid], streams)}
                for openid in openids
            ]
        )
    else:
        rows = [
            (openid, show(found[openid]), "")
            if openid in found
            else (openid, "", message_of(failed[openid], streams))
            for openid in openids
        ]
        streams.rows((OPENID, column, WHY), rows)
    complain_by_kind(streams, failed.values())
    return main.SOME_FAILED if failed else main.DONE


def _error_as_json(error: FenzuError, streams: Streams) -> dict[str, object]:
    return {"code": getattr(error, "code", None), "message": message_of(error, streams)}

"""The last requests that were answered with a rid, for openapi/rid/get: a bounded memory, told with secrets masked.

It lives as long as the process. Only rulebook 2021 gives rids; under 2013 it stays empty.
"""

import asyncio
import re
from collections.abc import Awaitable
from typing import NamedTuple

import msgspec

from fenzu.sandbox.accounts import Clock
from fenzu.sandbox.log.masking import mask
from fenzu.sandbox.refusal import refusal

REMEMBERED = 1_000
BODY_BYTES = 4_096
"""What is remembered of a body."""
A_WEEK = 7 * 86_400

_RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
_ERROR = b'{"errcode":'
_TOLD = re.compile(rb' rid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})"')


class Seen(NamedTuple):
    """A request as it came, and the appid of the account that its token belongs to."""

    account: str | None
    query: bytes
    body: bytes
    client_ip: str

    def __repr__(self) -> str:
        return f"Seen({self.account})"


class _Kept(NamedTuple):
    """What is remembered; it is made a record of when somebody asks."""

    seen: Seen
    begun: float
    seconds: float
    answer: bytes

    def __repr__(self) -> str:
        return f"_Kept({self.seen})"


class Record(msgspec.Struct, frozen=True):
    """A request as it is told."""

    invoke_time: int
    cost_in_ms: int
    request_url: str
    request_body: str
    response_body: str
    client_ip: str


def may_carry_rid(answer: bytes | Awaitable[bytes]) -> bool:
    """Tell whether an answer may be an error: most are not, and cost nothing more then."""
    return not isinstance(answer, bytes) or answer.startswith(_ERROR)


class Rids:
    """Requests by the rid of their answer, the oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, _Kept] = {}

    def watch(self, answer: bytes | Awaitable[bytes], seen: Seen) -> None:
        """Remember a request if its answer, which may still be on its way, carries a rid."""
        begun = self._clock()
        if isinstance(answer, bytes):
            self._enter(answer, seen, begun)
        elif isinstance(answer, asyncio.Future):
            answer.add_done_callback(lambda done: self._enter(_result(done), seen, begun))

    def find(self, rid: object, account: str) -> Record:
        """Return a request of the account; refuses what is no rid, unknown, another account's, or too old."""
        if not isinstance(rid, str) or not _RID.fullmatch(rid):
            raise refusal(76002)
        kept = self._known.get(rid)
        if kept is None:
            raise refusal(76001)
        if kept.seen.account != account:
            raise refusal(76003)
        if self._clock() - int(kept.begun) > A_WEEK:
            raise refusal(76004)
        return _record(kept)

    def _enter(self, answer: bytes, seen: Seen, begun: float) -> None:
        found = _TOLD.search(answer) if answer.startswith(_ERROR) else None
        if found is None:
            return
        rid = found[1].decode()
        part = seen._replace(query=seen.query[:BODY_BYTES], body=seen.body[:BODY_BYTES])
        self._known[rid] = _Kept(part, begun, self._clock() - begun, answer)
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]


def _record(kept: _Kept) -> Record:
    seen = kept.seen
    return Record(
        invoke_time=int(kept.begun),
        cost_in_ms=max(0, int(kept.seconds * 1000)),
        request_url=mask(seen.query),
        request_body=mask(seen.body),
        response_body=kept.answer.decode(),
        client_ip=seen.client_ip,
    )


def _result(done: "asyncio.Future[bytes]") -> bytes:
    return b"" if done.cancelled() or done.exception() is not None else done.result()

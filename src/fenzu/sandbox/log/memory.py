"""The last requests with their answers: a bounded memory, filled on the hot path and read at leisure.

A request costs one tuple of what is there already; nothing is formatted, masked or decoded before somebody looks. It
lives as long as the process, on the event loop.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import islice
from sys import getsizeof
from time import perf_counter
from typing import TypeAlias

from fenzu.sandbox.accounts import Clock
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.log.recorded import PART_BYTES, Recorded
from fenzu.sandbox.log.telling import LoggedRequest, tell

ENTRIES = 10_000
BYTES = 64 * 1024 * 1024
ENTRY_BYTES = 320
"""What an entry takes besides its texts."""

_Row: TypeAlias = "tuple[float, float, str | None, str, str, bytes, bytes, bytes, str, str | None, int]"


class RequestLog:
    """Requests in the order in which they were answered; each has a number, from 1 on, that no other gets.

    `base_url` is where they came to, for the lines that repeat them.
    """

    def __init__(
        self,
        clock: Clock,
        secret_of: Callable[[str], str],
        *,
        entries: int = ENTRIES,
        size: int = BYTES,
    ) -> None:
        self.base_url = "http://127.0.0.1:8060"
        self.last = 0
        """The number of the last request."""
        self._clock = clock
        self._secret_of = secret_of
        self._entries = entries
        self._most = size
        self._size = 0
        self._rows: deque[_Row] = deque()
        self._waiting: list[asyncio.Future[None]] = []

    def record(self, call: Call, answer: bytes, begun: float) -> None:
        """Remember a request that has just been answered; `begun` is when it came, by `perf_counter`."""
        seconds = perf_counter() - begun
        query, body, owner, endpoint = call.query, call.body, call.owner, call.endpoint
        size = ENTRY_BYTES + len(query) + len(body) + len(answer)
        if size > PART_BYTES:
            query, body, answer = query[: PART_BYTES + 1], body[: PART_BYTES + 1], answer[: PART_BYTES + 1]
            size = ENTRY_BYTES + len(query) + len(body) + len(answer)
        if endpoint is None:
            path = call.path[: PART_BYTES + 1]
            size += getsizeof(path)
        else:
            path = endpoint.path  # shared by all of its calls
        rows = self._rows
        rows.append(
            (
                self._clock(),
                seconds,
                None if owner is None else owner.appid,
                call.method,
                path,
                query,
                body,
                answer,
                call.client_ip,
                None if call.fault is None else str(call.fault),
                size,
            )
        )
        self.last += 1
        self._size += size
        while len(rows) > self._entries or self._size > self._most:
            self._size -= rows.popleft()[-1]
        if self._waiting:
            self._wake()

    def clear(self) -> None:
        """Forget all requests; the numbers go on."""
        self._rows.clear()
        self._size = 0

    def after(self, number: int, most: int | None = None) -> list[tuple[int, Recorded]]:
        """Return what is left of the requests behind `number`, the first `most` of them."""
        first = self.last - len(self._rows) + 1
        begin = max(number + 1, first)
        rows = list(islice(reversed(self._rows), max(0, self.last - begin + 1)))[::-1][:most]
        return [(begin + index, Recorded(*row)) for index, row in enumerate(rows)]

    def tell(self, number: int, row: Recorded) -> LoggedRequest:
        """Return a request for people: masked, explained, with a line that repeats it."""
        own = self._secret_of(row.appid) if row.appid else ""
        return tell(number, row, own, self.base_url)

    async def more(self) -> None:
        """Return when another request has been answered."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            await waiting
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

"""`fenzu worker`, which notes each changing call before it is sent and after it is answered, so that a kill is seen.

Run as `python -m tests.strain.account_worker LEDGER ARGUMENT…`. A line is written whole, whatever else happens.
"""

import os
import re
import sys
import time
from urllib.parse import urlsplit

import msgspec

from fenzu.cli import edge
from fenzu.client.transport import AsyncHttpTransport, Request, Response

CHANGING = ("/groups/create", "/groups/members/batchupdate")
ACCOUNT = re.compile(rb"[og](\d{6})")
"""Where a call's body tells the account: in its openids, or the name of its group."""


class Entry(msgspec.Struct, array_like=True):
    """A call of a process, and when it was sent or answered, by the machine's clock."""

    pid: int
    call: int
    account: int
    at: float
    is_sent: bool


class Noting:
    """A transport that keeps the ledger."""

    def __init__(self, ledger: str) -> None:
        self._file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._inner = AsyncHttpTransport(trust_env=False)
        self._calls = 0

    async def send(self, request: Request) -> Response:
        """Send a request, and note it if it changes something."""
        found = ACCOUNT.search(request.body or b"")
        if found is None or not urlsplit(request.url).path.endswith(CHANGING):
            return await self._inner.send(request)
        self._calls += 1
        call, account = self._calls, int(found[1])
        self._note(call, account, is_sent=True)
        try:
            return await self._inner.send(request)
        finally:
            self._note(call, account, is_sent=False)

    async def aclose(self) -> None:
        """Stay open: the next run uses it too."""

    def _note(self, call: int, account: int, *, is_sent: bool) -> None:
        entry = Entry(os.getpid(), call, account, time.monotonic(), is_sent)
        os.write(self._file, msgspec.json.encode(entry) + b"\n")


if __name__ == "__main__":
    sys.exit(edge.call(sys.argv[2:], transport=Noting(sys.argv[1])))

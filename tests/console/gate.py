"""A gate between the console and the platform, so that a test decides how long a call is under way."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fenzu import AsyncClient
from fenzu.cli.console.demo import DemoAccounts
from fenzu.client._events import Listener
from fenzu.client.transport import AsyncHttpTransport, Request, Response
from fenzu.console.account.accounts import Account
from fenzu.testing import SandboxAccount


class Gate:
    """Calls whose path has one of these words in it wait here, and are sent once the gate is open again."""

    def __init__(self) -> None:
        self._shut: frozenset[str] = frozenset()

    @contextmanager
    def shut(self, *words: str) -> Iterator[None]:
        """Let such calls wait while the block runs, from whichever thread they come."""
        self._shut = frozenset(words)
        try:
            yield
        finally:
            self._shut = frozenset()

    async def passed(self, url: str) -> None:
        """Return once a call to this address may be sent."""
        path = urlsplit(url).path
        while any(word in path for word in self._shut):  # noqa: ASYNC110 - the test is in another thread
            await asyncio.sleep(0.01)


class GatedTransport:
    """fenzu's own transport behind a gate. Time at the gate is no part of the exchange: no call times out there."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._transport = AsyncHttpTransport()

    async def send(self, request: Request) -> Response:
        await self._gate.passed(request.url)
        return await self._transport.send(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


class GatedAccounts(DemoAccounts):
    """A test's account, whose calls go by a gate."""

    def __init__(self, held: SandboxAccount, folder: Path, gate: Gate, *, is_read_only: bool) -> None:
        super().__init__(held, folder, is_read_only=is_read_only)
        self._gate = gate

    def open_client(self, account: Account, on_event: Listener) -> AsyncClient:
        transport = GatedTransport(self._gate)
        return AsyncClient(
            account.appid, self._secret, base_url=account.base_url, on_event=on_event, transport=transport
        )

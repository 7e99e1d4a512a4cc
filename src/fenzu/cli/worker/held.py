"""A transport that sends for one account only while its lease is held.

The engine asks before each call too; but a call may wait for its pace, or for a new token, and the lease end meanwhile.
"""

from typing import TYPE_CHECKING

from fenzu.errors import TransportError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.client.transport import AsyncTransport, Request, Response
    from fenzu.regroup._running.hold import Hold


class HeldTransport:
    """Another transport, while somebody's hold lasts."""

    def __init__(self, transport: "AsyncTransport", hold: "Hold") -> None:
        self._transport, self._hold = transport, hold

    def __repr__(self) -> str:
        return f"HeldTransport({self._transport!r})"

    async def send(self, request: "Request") -> "Response":
        """Send one request, or refuse."""
        if not self._hold.holds():
            raise TransportError(
                Words("this process holds the account no more", "本进程已不再持有该账号"),
                Words("another worker goes on with the run", "其他 worker 会继续该任务"),
            )
        return await self._transport.send(request)

    async def aclose(self) -> None:
        """Close the connections. Repeating is safe."""
        await self._transport.aclose()

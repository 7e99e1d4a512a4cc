"""A server that gives every request the same answer, so that what a client costs stands out. Not a peer itself."""

import asyncio
import sys

import uvloop

ANSWER = b'{"groupid":102}'
FRAMED = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json; encoding=utf-8\r\ncontent-length: %d\r\n\r\n"
    % len(ANSWER)
) + ANSWER


class Canned(asyncio.Protocol):
    """Answers when a request is whole; a request is whole when its body has come."""

    held = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvloop's own class
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        data = self.held + data if self.held else data
        head = data.find(b"\r\n\r\n")
        if head < 0:
            self.held = data
            return
        lowered = data[:head].lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(data) < head + 4 + length:
            self.held = data
            return
        self.held = b""
        self.transport.write(FRAMED)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())
    except KeyboardInterrupt:
        sys.exit(130)

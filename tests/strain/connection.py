"""One keep-alive connection to a sandbox, bare: bytes out, bytes in, and a plain end when the other side is gone."""

import asyncio
import json
from typing import Any, Self
from urllib.parse import urlsplit


class Gone(Exception):
    """The sandbox went away before it answered; whether it did what was asked is not known."""


class Connection:
    """Sends one request after another. It knows as much of HTTP as the sandbox answers with."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host.encode()

    @classmethod
    async def open(cls, base_url: str) -> Self:
        """Connect to the sandbox at `base_url`."""
        place = urlsplit(base_url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
        return cls(reader, writer, place.netloc)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close it; the other side may be gone already."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            pass

    async def call(self, target: str, body: object = None) -> Any:
        """Send a GET, or with a body a POST of JSON, and return the JSON of the answer."""
        content = None if body is None else json.dumps(body).encode()
        _, answer = await self.exchange("GET" if content is None else "POST", target, content or b"")
        return json.loads(answer)

    async def exchange(
        self, method: str, target: str, body: bytes = b"", content_type: str = "application/json"
    ) -> tuple[int, bytes]:
        """Send one request and return status and body of the answer; raises `Gone` if there is none."""
        try:
            await self._send(method, target, body, content_type)
            return await self._read_answer(has_body=method != "HEAD")
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Gone from error

    async def send(self, method: str, target: str, body: object) -> None:
        """Send one request with JSON and do not wait for the answer; raises `Gone` if it cannot be sent."""
        try:
            await self._send(method, target, json.dumps(body).encode(), "application/json")
        except OSError as error:
            raise Gone from error

    async def _send(self, method: str, target: str, body: bytes, content_type: str) -> None:
        head = f"{method} {target} HTTP/1.1\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nHost: "
        self._writer.write(head.encode() + self._host + b"\r\n\r\n" + body)
        await self._writer.drain()

    async def _read_answer(self, *, has_body: bool) -> tuple[int, bytes]:
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers["content-length"]) if has_body else 0
        return int(first.split(" ")[1]), await self._reader.readexactly(length)

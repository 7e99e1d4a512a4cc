"""The platform's own port as an ASGI application: one request in, the platform's answer out, always with status 200.

It knows how answers are framed and nothing of what they say. There is no framework under it: per request it costs
little more than the server itself.
"""

import traceback
from collections.abc import Awaitable
from time import perf_counter
from typing import Protocol

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from fenzu.errors import FenzuError
from fenzu.sandbox.announce import say
from fenzu.sandbox.handlers.call import Call
from fenzu.sandbox.log.memory import RequestLog
from fenzu.sandbox.spoil import send_spoilt

CONTENT_TYPE = (b"content-type", b"application/json; encoding=utf-8")
"""The platform's spelling: the word is *encoding*."""
BUSY = b'{"errcode":-1,"errmsg":"system error"}'


class Answering(Protocol):
    """What this port needs of the platform: bytes at once for reads, an awaitable for writes."""

    @property
    def request_log(self) -> RequestLog:
        """Where requests are noted when they are answered."""
        ...

    def answer(self, call: Call, /) -> bytes | Awaitable[bytes]:
        """Return the body of the answer. No header of the request counts."""
        ...


class Disconnected(Exception):
    """The client is gone before its request was complete."""


def make_app(platform: Answering) -> ASGI3Application:
    """Return the application that answers by `platform`."""

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"  # the protocol speaks nothing else
        try:
            call = await _read(scope, receive)
        except Disconnected:
            return
        begun = perf_counter()
        answer = await _answer(platform, call)
        platform.request_log.record(call, answer, begun)
        if call.fault is not None and call.fault.effect is not None:
            await send_spoilt(call.fault.effect, answer, CONTENT_TYPE, send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [CONTENT_TYPE, (b"content-length", b"%d" % len(answer))],
            }
        )
        await send({"type": "http.response.body", "body": answer})

    return app


async def _read(scope: HTTPScope, receive: ASGIReceiveCallable) -> Call:
    method = scope["method"]
    body = b"" if method == "GET" else await read_body(receive)
    client = scope["client"]
    ip = client[0] if client else ""
    return Call(method, scope["path"], scope["query_string"], body, ip, scope["scheme"] == "https")


async def _answer(platform: Answering, call: Call) -> bytes:
    try:
        answer = platform.answer(call)
        return answer if isinstance(answer, bytes) else await answer
    except FenzuError as error:
        say(f"fenzu sandbox: {error}")
    except Exception:  # noqa: BLE001 - whatever is wrong with us, the client hears that the platform is busy
        say(traceback.format_exc())
    return BUSY


async def read_body(receive: ASGIReceiveCallable) -> bytes:
    """Return the whole body; its size is limited below, on the connection."""
    message = await receive()
    if message["type"] != "http.request":
        raise Disconnected
    body = message["body"]
    if not message["more_body"]:
        return body
    pieces = [body]
    while message["more_body"]:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        pieces.append(message["body"])
    return b"".join(pieces)

"""The platform's own port as an ASGI application: one request in, the platform's answer out, always with status 200.

It knows how answers are framed and nothing of what they say. There is no framework under it: per request it costs
little more than the server itself.
"""

import traceback
from collections.abc import Awaitable
from time import perf_counter
from typing import Protocol

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

from fenzu.errors import FenzuError
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.faults.spoil import send_spoilt
from fenzu.sandbox.log.memory import RequestLog
from fenzu.sandbox.run.announce import say

CONTENT_TYPE = (b"content-type", b"application/json; encoding=utf-8")
"""The platform's spelling: the word is *encoding*."""


class Answering(Protocol):
    """What this port needs of the platform: bytes at once for reads, an awaitable for writes."""

    @property
    def request_log(self) -> RequestLog:
        """Where requests are noted when they are answered."""
        ...

    def answer(self, call: Call, /) -> bytes | Awaitable[bytes]:
        """Return the body of the answer. No header of the request counts."""
        ...

    def busy(self) -> bytes:
        """Return the body of the answer where something is wrong on our side."""
        ...


def make_app(platform: Answering) -> ASGI3Application:
    """Return the application that answers by `platform`."""

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"  # the protocol speaks nothing else
        method = scope["method"]
        body = b""
        if method != "GET":
            message = await receive()
            assert message["type"] == "http.request"  # an exchange begins with its whole body
            body = message["body"]
        client = scope["client"]
        ip = client[0] if client else ""
        call = Call(method, scope["path"], scope["query_string"], body, ip, scope["scheme"] == "https")
        begun = perf_counter()
        try:
            found = platform.answer(call)
            answer = found if isinstance(found, bytes) else await found
        except Exception as error:  # noqa: BLE001 - whatever is wrong with us, the client hears: busy
            say(f"fenzu sandbox: {error}" if isinstance(error, FenzuError) else traceback.format_exc())
            answer = platform.busy()
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

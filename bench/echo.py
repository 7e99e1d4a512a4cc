"""The bare ASGI echo: the sandbox's own HTTP server with nothing behind it. What it costs, no answer can go below."""

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.asgi import serve
from fenzu.sandbox.calls.app import CONTENT_TYPE


async def echo(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer with what was sent."""
    message = await receive()
    assert message["type"] == "http.request"
    body = message["body"]
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [CONTENT_TYPE, length]})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(echo)

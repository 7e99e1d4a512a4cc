"""A server that commits each move by itself: the sandbox's HTTP server and statements, without its group commit."""

import sys

import msgspec
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.asgi import serve
from bench.bare_store import BareStore
from fenzu.sandbox.app import CONTENT_TYPE

OK = b'{"errcode":0,"errmsg":"ok"}'


class Move(msgspec.Struct):
    openid: str
    to_groupid: int


decode = msgspec.json.Decoder(Move).decode
store = BareStore(sys.argv[1])
HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [CONTENT_TYPE, (b"content-length", b"%d" % len(OK))],
}


async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer when the move is on disk."""
    message = await receive()
    assert message["type"] == "http.request"
    move = decode(message["body"])
    store.commit([((move.openid,), move.to_groupid)])
    await send(HEAD)  # type: ignore[arg-type]  # made once, so not of the typed dict
    await send({"type": "http.response.body", "body": OK})


if __name__ == "__main__":
    serve(app)

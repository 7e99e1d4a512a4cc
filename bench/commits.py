"""A small server with the sandbox's HTTP and statements but none of its rules: what durable moves cost at the least.

`each` commits every move by itself; `grouped` commits all that have come in since the last commit, on the event loop.
"""

import asyncio
import sys

import msgspec
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.asgi import serve
from bench.bare_store import BareStore
from fenzu.sandbox.calls.app import CONTENT_TYPE

OK = b'{"errcode":0,"errmsg":"ok"}'


class Move(msgspec.Struct):
    openid: str
    to_groupid: int


class Commits:
    """Takes moves and puts them on disk."""

    def __init__(self, store: BareStore) -> None:
        self._store = store
        self._moves: list[tuple[tuple[str], int]] = []
        self._waiting: list[asyncio.Future[None]] = []

    def each(self, move: Move) -> None:
        """Commit one move."""
        self._store.commit([((move.openid,), move.to_groupid)])

    def grouped(self, move: Move) -> "asyncio.Future[None]":
        """Commit when what is ready on the event loop has been read."""
        loop = asyncio.get_running_loop()
        if not self._moves:
            loop.call_later(0, self._write)
        self._moves.append(((move.openid,), move.to_groupid))
        self._waiting.append(loop.create_future())
        return self._waiting[-1]

    def _write(self) -> None:
        self._store.commit(self._moves)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._moves, self._waiting = [], []


commits = Commits(BareStore(sys.argv[2]))
is_grouped = sys.argv[1] == "grouped"
decode = msgspec.json.Decoder(Move).decode
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
    if is_grouped:
        await commits.grouped(move)
    else:
        commits.each(move)
    await send(HEAD)  # type: ignore[arg-type]  # made once, so not of the typed dict
    await send({"type": "http.response.body", "body": OK})


if __name__ == "__main__":
    serve(app)

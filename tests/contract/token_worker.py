"""A process that shares an account with others, and does one round after another as it is told on stdin.

It prints `ready` when a round is prepared, begins when it reads the next line, and prints what came of it. Every token
call is noted in a file before it is sent, so that the note outlives a kill.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from fenzu import AsyncClient
from fenzu.client.transport import AsyncHttpTransport, Request, Response
from fenzu.errors import FenzuError
from fenzu.tokens import FileStore, PostgresStore, RedisStore, TokenStore

STORES: dict[str, Callable[[str], TokenStore]] = {
    "file": FileStore,
    "postgres": PostgresStore,
    "redis": RedisStore,
}


class Round(msgspec.Struct):
    """What to do: so many tasks with one client on this account and this store."""

    base_url: str
    appid: str
    secret: str
    kind: str
    where: str
    note: str
    tasks: int = 50
    lease: float = 90.0
    slow: float = 0.0
    """Seconds that the token endpoint takes."""


class Outcome(msgspec.Struct):
    """What came of it: how many tasks succeeded, what went wrong, and the tokens in hand, as numbers."""

    done: int
    errors: list[str]
    tokens: list[int]


class Noting:
    """A transport that notes each token call, and makes the token endpoint slow."""

    def __init__(self, note: str, slow: float) -> None:
        self._note = note
        self._slow = slow
        self._inner = AsyncHttpTransport()

    async def send(self, request: Request) -> Response:
        is_token = urlsplit(request.url).path.endswith("token")
        if is_token:
            descriptor = os.open(self._note, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, f"{os.getpid()}\n".encode())
            os.close(descriptor)
        answer = await self._inner.send(request)
        if is_token:
            await asyncio.sleep(self._slow)
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


async def run(todo: Round, store: TokenStore) -> Outcome:
    transport = Noting(todo.note, todo.slow)
    errors: list[str] = []
    async with AsyncClient(
        todo.appid, todo.secret, base_url=todo.base_url, token_store=store, transport=transport
    ) as account:
        account._account.tokens.lease = todo.lease  # type: ignore[union-attr]  # it is no given token

        async def task() -> int:
            try:
                await account.groups.list()
            except FenzuError as error:
                errors.append(repr(error))
                return 0
            return 1

        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        done = sum(await asyncio.gather(*(task() for _ in range(todo.tasks))))
        tokens = {hash(await account.token())} if not errors else set()
    return Outcome(done, errors, sorted(tokens))


def main() -> None:
    stores: dict[str, TokenStore] = {}
    for line in sys.stdin:
        todo = msgspec.json.decode(line, type=Round)
        if todo.where not in stores:
            stores[todo.where] = STORES[todo.kind](todo.where)
        outcome = asyncio.run(run(todo, stores[todo.where]))
        print(msgspec.json.encode(outcome).decode(), flush=True)


if __name__ == "__main__":
    main()

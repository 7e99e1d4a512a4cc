"""Both clients behind one face, so that a test does not know which it drives."""

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any, Self

from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    SECRET,
    AsyncScriptedTransport,
    Platform,
    ScriptedTransport,
)

from fenzu import AsyncClient, Client


class Blocking:
    """Whatever of an `AsyncClient`, as code that waits: coroutines are run, asynchronous iterators iterated."""

    def __init__(self, runner: asyncio.Runner, inner: Any) -> None:
        self._runner = runner
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, {"close": "aclose"}.get(name, name))
        if inspect.iscoroutinefunction(found):
            return lambda *args, **options: self._runner.run(found(*args, **options))
        if callable(found):
            return lambda *args, **options: self._iterate(found(*args, **options))
        return Blocking(self._runner, found)

    def _iterate(self, values: Any) -> Iterator[Any]:
        async def advance() -> tuple[bool, Any]:
            async for value in values:
                return True, value
            return False, None

        try:
            while True:
                goes_on, value = self._runner.run(advance())
                if not goes_on:
                    return
                yield value
        finally:
            self._runner.run(values.aclose())

    def __repr__(self) -> str:
        return repr(self._inner)

    def __enter__(self) -> Self:
        self._runner.run(self._inner.__aenter__())
        return self

    def __exit__(self, *error: object) -> None:
        self._runner.run(self._inner.__aexit__(*error))


class Colour:
    """One of the two clients: makes clients on scripted platforms, and ends them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._runner = asyncio.Runner() if name == "async" else None
        self._clients: list[Any] = []

    def client(self, platform: Platform | None, **options: Any) -> Any:
        """Make a client; without a platform, with the transport that it brings."""
        options = {"base_url": BASE_URL, **options}
        appid, secret = options.pop("appid", APPID), options.pop("secret", SECRET)
        if self._runner is None:
            if platform is not None:
                options["transport"] = ScriptedTransport(platform)
            client: Any = Client(appid, secret, **options)
        else:
            if platform is not None:
                options["transport"] = AsyncScriptedTransport(platform)
            client = Blocking(self._runner, AsyncClient(appid, secret, **options))
        self._clients.append(client)
        return client

    def end(self) -> None:
        for client in self._clients:
            client.close()
        if self._runner is not None:
            self._runner.close()

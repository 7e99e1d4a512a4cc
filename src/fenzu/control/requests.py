"""The sandbox's log of requests from outside: search it, empty it, follow it."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

import msgspec

from fenzu.control._port import Port, query_of
from fenzu.control._sse import ServerEvents
from fenzu.wire.words import Words


class Explained(msgspec.Struct, frozen=True):
    """What a code means and what to do next, in English and Chinese."""

    meaning: Words
    advice: Words


class LoggedRequest(msgspec.Struct, frozen=True):
    """A request that the sandbox answered; secrets and tokens in it are `xxxx`. `repr` tells which one, not its texts.

    `id` rises from 1; `time` is when it was answered, in Unix seconds by the sandbox's clock. `appid` is None where
    the request does not tell whose it is, `call` (`groups.move`) where its path is none of a call. `errcode` is 0
    where the answer carries none, else `explained` says what it means. `fault` is what a fault rule did to it. `cut`
    names what is longer than is shown: query, body, answer. `curl` is a line for a shell that sends it again, None
    where it is cut.
    """

    id: int
    time: float
    appid: str | None
    call: str | None
    method: str
    path: str
    query: str
    body: str
    answer: str
    errcode: int
    explained: Explained | None
    duration_ms: float
    fault: str | None
    client_ip: str
    cut: tuple[str, ...] = ()
    curl: str | None = None

    def __repr__(self) -> str:
        return f"LoggedRequest(id={self.id}, call={self.call!r}, path={self.path!r}, errcode={self.errcode})"


class RequestStream:
    """Requests as they are answered, one after the other. End it with `close` or a `with` block.

    It ends by itself with the sandbox, or when no request has come for `timeout` seconds. What was answered after it
    was opened is not missed; who reads so slowly that 10,000 others came meanwhile misses the oldest of them.
    """

    def __init__(self, events: ServerEvents) -> None:
        self._events = events

    def __iter__(self) -> Iterator[LoggedRequest]:
        return self

    def __next__(self) -> LoggedRequest:
        return msgspec.json.decode(next(self._events), type=LoggedRequest)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection; whoever waits for the next request, also in another thread, waits no more."""
        self._events.close()


class Requests:
    """The last requests that the platform's port has answered: 10,000 of them, at most 64 MiB.

    `appid`, `call`, `errcode` and `text` choose among them. `call` is a name (`groups.move`) or the end of a path, in
    which `*` stands for anything; `text` is looked for in path, query, body and answer.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def list(
        self,
        *,
        appid: str | None = None,
        call: str | None = None,
        errcode: int | None = None,
        text: str | None = None,
        after: int | None = None,
        limit: int = 100,
    ) -> list[LoggedRequest]:
        """Return the newest `limit` (1 to 1,000), the newest last; with `after` the first ones behind that id."""
        query = query_of(appid=appid, call=call, errcode=errcode, text=text, after=after, limit=limit)
        return self._port.call("GET", "/requests" + query, list[LoggedRequest])

    def clear(self) -> None:
        """Forget all requests so far. Ids go on rising."""
        self._port.call("DELETE", "/requests", dict[str, object])

    def stream(
        self,
        *,
        appid: str | None = None,
        call: str | None = None,
        errcode: int | None = None,
        text: str | None = None,
        after: int | None = None,
        timeout: float | None = None,
    ) -> RequestStream:
        """Follow the requests from now on, or from behind the id `after`; `timeout` ends a wait for the next one.

        It speaks to the sandbox by a connection of its own, made with the standard library.
        """
        query = query_of(appid=appid, call=call, errcode=errcode, text=text, after=after)
        return RequestStream(ServerEvents(self._port, "/requests/stream" + query, timeout))

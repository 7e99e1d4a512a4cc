"""Following the sandbox's log: what comes is handed on in bundles, and nothing goes on when nobody looks."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from fenzu.console.sandbox.live_log import MOST_HELD, Bundle, follow
from fenzu.control import LoggedRequest
from fenzu.errors import TransportError
from fenzu.wire.words import Words


def request(number: int) -> LoggedRequest:
    return LoggedRequest(
        number, 0.0, "wx1", "groups.list", "GET", "/x", "", "", "{}", 0, None, 0.1, None, "127.0.0.1"
    )


class Pretended:
    """A stream that gives so many requests, then fails, ends, or waits until it is closed."""

    def __init__(self, count: int, then: Exception | str) -> None:
        self._count, self._then = count, then
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[LoggedRequest]:
        yield from map(request, range(1, self._count + 1))
        if isinstance(self._then, Exception):
            raise self._then
        if self._then == "wait":
            self.closed.wait(20)

    def close(self) -> None:
        self.closed.set()


def number(logged: LoggedRequest) -> int:
    return logged.id


async def gather(stream: Pretended) -> list[Bundle[int]]:
    return [bundle async for bundle in follow(lambda: stream, number, pause=0)]


def test_all_that_came_is_told() -> None:
    """Every request of a stream that ends is handed on, in its order, before the end is told."""
    bundles = asyncio.run(gather(Pretended(5, "end")))
    assert [each for bundle in bundles for each in bundle.entries] == [1, 2, 3, 4, 5]
    assert not any(bundle.left_out for bundle in bundles)


def test_what_comes_too_fast_is_left_out_and_counted() -> None:
    """Of more than can be held until somebody takes it the oldest go, and their number is told."""
    stream = Pretended(MOST_HELD + 7, "wait")

    async def look() -> Bundle[int]:
        following = follow(lambda: stream, number, pause=0)
        bundle: Bundle[int] = Bundle()
        while not bundle.entries or bundle.entries[-1] < MOST_HELD + 7:
            found = await anext(following)
            bundle = Bundle(bundle.entries + found.entries, bundle.left_out + found.left_out)
        await following.aclose()
        return bundle

    bundle = asyncio.run(look())
    assert len(bundle.entries) + bundle.left_out == MOST_HELD + 7
    assert bundle.entries[-1] == MOST_HELD + 7


def test_who_looks_away_ends_the_stream() -> None:
    """When nobody looks any more the connection to the sandbox is closed, although nothing comes on it."""
    stream = Pretended(0, "wait")

    async def look() -> Bundle[int]:
        following = follow(lambda: stream, number)
        first = await anext(following)
        await following.aclose()
        return first

    assert asyncio.run(look()) == Bundle()
    assert stream.closed.is_set()


def test_a_sandbox_that_goes_is_told() -> None:
    """What breaks a stream is raised after all that came before it."""
    error = TransportError(Words("gone", "断开"))
    seen: list[int] = []

    async def look() -> None:
        async for bundle in follow(lambda: Pretended(2, error), number, pause=0):
            seen.extend(bundle.entries)

    with pytest.raises(TransportError, match="gone"):
        asyncio.run(look())
    assert seen == [1, 2]


def test_a_sandbox_that_is_not_there_is_told() -> None:
    """A stream that cannot be opened tells why, and no bundle says that it has begun."""

    def refuse() -> Pretended:
        raise TransportError(Words("refused", "拒绝"))

    async def look() -> list[Bundle[int]]:
        return [bundle async for bundle in follow(refuse, number)]

    with pytest.raises(TransportError, match="refused"):
        asyncio.run(look())


def test_who_looks_away_before_the_stream_is_there() -> None:
    """A stream that comes when nobody looks any more is closed at once."""
    stream = Pretended(0, "wait")
    is_asked, may_come = threading.Event(), threading.Event()

    def come_late() -> Pretended:
        is_asked.set()
        may_come.wait(20)
        return stream

    async def look() -> None:
        following = follow(come_late, number)
        first = asyncio.ensure_future(anext(following))
        await asyncio.to_thread(is_asked.wait, 20)
        first.cancel()
        await asyncio.wait([first])

    asyncio.run(look())
    may_come.set()
    assert stream.closed.wait(20)


def test_what_is_not_looked_for_is_left_out() -> None:
    """A request that is made into nothing is in no bundle."""

    async def look() -> list[int]:
        stream = follow(lambda: Pretended(3, "end"), lambda logged: logged.id if logged.id != 2 else None, 0)
        return [each async for bundle in stream for each in bundle.entries]

    assert asyncio.run(look()) == [1, 3]

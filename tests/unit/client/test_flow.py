"""The two drivers: what each effect does, and that an end of any kind closes the flow."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.unit.client.scripted import AsyncScriptedTransport, Platform, ScriptedTransport, lost

from fenzu.client._flow import Alone, AsyncDriver, Driver, Emit, Flow, Sleep
from fenzu.client.transport import Request, Response
from fenzu.errors import FenzuError, TransportError
from fenzu.wire.words import Words

REQUEST = Request("GET", "http://h/cgi-bin/x")


class Driven:
    """A driver of either colour, driven by plain calls."""

    def __init__(self, colour: str, platform: Platform) -> None:
        self.is_async = colour == "async"
        self.sync = Driver(ScriptedTransport(platform), "zh")
        self.aio = AsyncDriver(AsyncScriptedTransport(platform), "zh")

    def run(self, flow: Flow[Any]) -> Any:
        return asyncio.run(self.aio.run(flow)) if self.is_async else self.sync.run(flow)

    def take(self, flow: Flow[None], many: int | None = None) -> list[Any]:
        """Iterate over a flow; after so many values, break off."""

        async def collect(values: AsyncIterator[Any]) -> list[Any]:
            found: list[Any] = []
            async for value in values:
                found.append(value)
                if len(found) == many:
                    break
            await values.aclose()  # type: ignore[attr-defined]  # it is an async generator
            return found

        if self.is_async:
            return asyncio.run(collect(self.aio.iterate(flow)))
        found: list[Any] = []
        values: Iterator[Any] = self.sync.iterate(flow)
        for value in values:
            found.append(value)
            if len(found) == many:
                break
        values.close()  # type: ignore[attr-defined]  # it is a generator
        return found


@pytest.fixture(params=["sync", "async"])
def driven(request: pytest.FixtureRequest) -> Any:
    return lambda *script: Driven(request.param, Platform(*script))


def test_effects_are_performed(driven: Any, naps: list[float]) -> None:
    """A request is sent, a sleep slept, a flow run alone; each answer goes back into the flow."""

    def inner() -> Flow[str]:
        yield Sleep(2.5)
        return "inner"

    def flow() -> Flow[Any]:
        answer = yield REQUEST
        slept = yield Sleep(1.0)
        alone = yield Alone(inner())
        return answer, slept, alone

    assert driven("{}").run(flow()) == (Response(200, b"{}"), None, "inner")
    assert naps == [1.0, 2.5]


def test_failures_go_into_the_flow(driven: Any) -> None:
    """What the transport raises is for the flow to judge; what the flow raises then has no context."""

    def flow(*, resilient: bool) -> Flow[str]:
        failed = False
        try:
            yield REQUEST
        except TransportError:
            failed = True
        if resilient:
            yield REQUEST
            return "went on"
        assert failed
        raise FenzuError(Words("a", "甲"))

    assert driven(lost(), "{}").run(flow(resilient=True)) == "went on"
    with pytest.raises(FenzuError, match="甲") as raised:
        driven(lost(), "{}").run(flow(resilient=False))
    assert raised.value.__context__ is None


def test_a_failure_of_what_runs_alone(driven: Any) -> None:
    """A flow that runs alone and fails lets the next one in."""

    def inner() -> Flow[None]:
        yield REQUEST

    def flow() -> Flow[str]:
        try:
            yield Alone(inner())
        except TransportError:
            pass
        yield Alone(inner())
        return "both ran"

    assert driven(lost(), "{}").run(flow()) == "both ran"


def paged(closed: list[bool]) -> Flow[None]:
    try:
        yield REQUEST
        yield Emit((1, 2))
        yield REQUEST
        yield Emit([3])
    finally:
        closed.append(True)


def test_iterating(driven: Any) -> None:
    """What a flow emits is handed out value by value, to its end."""
    closed: list[bool] = []
    assert driven("{}").take(paged(closed)) == [1, 2, 3]
    assert closed == [True]


def test_breaking_off(driven: Any) -> None:
    """No more is asked for than is taken, and who breaks off closes the flow."""
    closed: list[bool] = []
    one = driven("{}", ZeroDivisionError())
    assert one.take(paged(closed), 2) == [1, 2]
    assert closed == [True]


@pytest.mark.parametrize("trouble", [lost("甲"), ZeroDivisionError("甲")])
def test_failing_while_iterating(driven: Any, trouble: Exception) -> None:
    """A failure comes out where the next value is asked for; ours speaks the client's language."""
    closed: list[bool] = []
    with pytest.raises(type(trouble), match="甲"):
        driven("{}", trouble).take(paged(closed))
    assert closed == [True]


def test_a_cancelled_task_leaves_nothing_locked() -> None:
    """A task that is cancelled in the midst of what it runs alone closes its flows and lets the next one in."""

    async def story() -> None:
        reached, closed = asyncio.Event(), []

        class Stuck:
            async def send(self, request: Request) -> Response:
                reached.set()
                return await asyncio.Future()

            async def aclose(self) -> None: ...

        driver = AsyncDriver(Stuck(), "en")

        def inner() -> Flow[None]:
            try:
                yield REQUEST
            finally:
                closed.append("inner")

        def outer() -> Flow[None]:
            try:
                yield Alone(inner())
            finally:
                closed.append("outer")

        def free() -> Flow[str]:
            return "free"
            yield

        def next_one() -> Flow[str]:
            got: str = yield Alone(free())
            return got

        task = asyncio.create_task(driver.run(outer()))
        await reached.wait()
        waiting = asyncio.create_task(driver.run(next_one()))
        await asyncio.sleep(0)
        assert not waiting.done()
        task.cancel()
        assert await waiting == "free"
        assert task.cancelled()
        assert closed == ["inner", "outer"]

    asyncio.run(story())


def test_one_async_driver_in_two_loops() -> None:
    """A driver may be used from one event loop after another: each has a lock of its own."""

    def inner() -> Flow[int]:
        return 5
        yield

    def flow() -> Flow[int]:
        got: int = yield Alone(inner())
        return got

    driver = AsyncDriver(AsyncScriptedTransport(Platform()), "en")
    assert asyncio.run(driver.run(flow())) == asyncio.run(driver.run(flow())) == 5


def test_only_one_runs_alone() -> None:
    """Of many threads that ask to run alone, one does at a time."""
    inside, most = 0, 0
    together = threading.Barrier(8)

    class Counting:
        def send(self, request: Request) -> Response:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            inside -= 1
            return Response(200, b"")

        def close(self) -> None: ...

    def inner() -> Flow[None]:
        yield REQUEST

    def flow() -> Flow[None]:
        yield Alone(inner())

    driver = Driver(Counting(), "en")

    def go() -> None:
        together.wait()
        for _ in range(50):
            driver.run(flow())

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1

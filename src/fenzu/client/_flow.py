"""The effects that a flow may ask for, and the two drivers that perform them.

An operation of the SDK is a generator: it yields what has to happen and returns a typed value. What happens is the
same in both colours; how it happens is decided here and nowhere else.
"""

import os
import threading
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from fenzu.client.transport import AsyncTransport, Request, Transport
from fenzu.errors import FenzuError
from fenzu.wire.words import Language

if TYPE_CHECKING:
    import asyncio  # a third of what `Client` would cost to import, and it needs none of it

T = TypeVar("T")


class Sleep(msgspec.Struct, frozen=True):
    """Wait so many seconds."""

    seconds: float


class Alone(msgspec.Struct, frozen=True):
    """Run the flow while nobody else of this client runs another one alone; its value is the answer."""

    flow: "Flow[Any]"


class Ask(msgspec.Struct, frozen=True):
    """Call what may wait on a file, a server or somebody's own code.

    Where tasks run it is called in a thread, and what it returns is awaited if that is possible.
    """

    work: Callable[[], object]


class Emit(msgspec.Struct, frozen=True):
    """Hand these values to whoever iterates over the flow."""

    values: "tuple[Any, ...] | list[Any]"


Effect: TypeAlias = Request | Sleep | Alone | Ask | Emit
Flow: TypeAlias = Generator[Effect, Any, T]


class Driver:
    """Performs flows with blocking calls; one driver serves many threads."""

    def __init__(self, transport: Transport, language: Language) -> None:
        self._transport = transport
        self._language = language
        # One a process: a lock that another thread held when the process forked is never released in the child.
        self._alone: dict[int, threading.Lock] = {}

    def run(self, flow: Flow[T]) -> T:
        """Perform the flow to its end and return its value."""
        try:
            effect = next(flow)
            while True:
                effect = self._step(flow, effect)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]  # StopIteration is not generic
        except FenzuError as error:
            error.language = self._language
            raise
        finally:
            flow.close()

    def iterate(self, flow: Flow[None]) -> Iterator[Any]:
        """Yield what the flow emits, performing no more of it than that needs."""
        try:
            effect = next(flow)
            while True:
                if type(effect) is Emit:
                    yield from effect.values
                    effect = flow.send(None)
                else:
                    effect = self._step(flow, effect)
        except StopIteration:
            return
        except FenzuError as error:
            error.language = self._language
            raise
        finally:
            flow.close()

    def _step(self, flow: Flow[T], effect: Effect) -> Effect:
        try:
            answer = self._perform(effect)
        except Exception as error:  # noqa: BLE001 - whatever happened, the flow decides what it means
            failure = error
        else:
            return flow.send(answer)
        return flow.throw(failure)  # out here, so that it is no `__context__` of what the flow raises then

    def _perform(self, effect: Effect) -> object:
        if type(effect) is Request:
            return self._transport.send(effect)
        if type(effect) is Sleep:
            time.sleep(effect.seconds)
            return None
        if type(effect) is Ask:
            return effect.work()
        assert type(effect) is Alone
        with self._alone.setdefault(os.getpid(), threading.Lock()):
            return self.run(effect.flow)


class AsyncDriver:
    """Performs flows on the running event loop; one driver serves many tasks."""

    def __init__(self, transport: AsyncTransport, language: Language) -> None:
        self._transport = transport
        self._language = language
        self._alone: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            weakref.WeakKeyDictionary()
        )

    async def run(self, flow: Flow[T]) -> T:
        """Perform the flow to its end and return its value."""
        try:
            effect = next(flow)
            while True:
                answer, failure = await self._attempt(effect)
                effect = flow.send(answer) if failure is None else flow.throw(failure)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]  # StopIteration is not generic
        except FenzuError as error:
            error.language = self._language
            raise
        finally:
            flow.close()

    async def iterate(self, flow: Flow[None]) -> AsyncIterator[Any]:
        """Yield what the flow emits, performing no more of it than that needs."""
        try:
            effect = next(flow)
            while True:
                if type(effect) is Emit:
                    for value in effect.values:
                        yield value
                    effect = flow.send(None)
                    continue
                answer, failure = await self._attempt(effect)
                effect = flow.send(answer) if failure is None else flow.throw(failure)
        except StopIteration:
            return
        except FenzuError as error:
            error.language = self._language
            raise
        finally:
            flow.close()

    async def _attempt(self, effect: Effect) -> tuple[object, Exception | None]:
        try:
            return await self._perform(effect), None
        except Exception as error:  # noqa: BLE001 - whatever happened, the flow decides what it means
            return None, error

    async def _perform(self, effect: Effect) -> object:
        if type(effect) is Request:
            return await self._transport.send(effect)
        if type(effect) is Sleep:
            import asyncio

            await asyncio.sleep(effect.seconds)
            return None
        if type(effect) is Ask:
            return await _ask(effect.work)
        assert type(effect) is Alone
        async with self._lock():
            return await self.run(effect.flow)

    def _lock(self) -> "asyncio.Lock":
        """The lock of the running loop: a lock cannot be shared between loops."""
        import asyncio

        return self._alone.setdefault(asyncio.get_running_loop(), asyncio.Lock())


async def _ask(work: Callable[[], object]) -> object:
    import asyncio

    answer = await asyncio.to_thread(work)
    return await answer if isinstance(answer, Awaitable) else answer

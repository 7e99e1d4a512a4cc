"""The platform on a store that several sandboxes share: what has to be read is read on threads, all else on the loop.

A thread looks up who calls, admits and counts the call; then it goes its way as elsewhere, and where its handler reads,
that runs on a thread as well. Nothing that was read for one call is used for the next: another sandbox may have written
meanwhile.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from fenzu.errors import ApiError
from fenzu.sandbox.calls.admission import admit
from fenzu.sandbox.calls.call import Answer, Call, Handler
from fenzu.sandbox.calls.resources import Resources
from fenzu.sandbox.clock import SandboxClock
from fenzu.sandbox.platform import Platform
from fenzu.sandbox.rules.requests import Request
from fenzu.sandbox.store.postgres.connection import PostgresConnection
from fenzu.sandbox.store.postgres.counting import SharedCounting, fill_used
from fenzu.sandbox.store.postgres.desk import SharedDesk
from fenzu.sandbox.store.postgres.looking import Found, OwnOfAll, look_at_all, look_up, wanted_by
from fenzu.sandbox.store.postgres.store import PostgresStore
from fenzu.sandbox.store.postgres.threads import Threads
from fenzu.sandbox.store.reader import Reader
from fenzu.wire.endpoints import Endpoint

T = TypeVar("T")


class ThreadResources(Resources):
    """What a thread reaches for; who waits for a write waits on the loop."""

    __slots__ = ("loop",)

    loop: asyncio.AbstractEventLoop

    def submit(self, request: Request) -> "asyncio.Future[bytes]":
        """Hand a request to the writer; the answer comes when it is on disk."""
        return self.writer.submit(request, self.loop)


class SharedPlatform(Platform):
    """A sandbox that is one of several."""

    def __init__(self, store: PostgresStore, **more: Any) -> None:
        super().__init__(store, **more)
        assert isinstance(self._desk, SharedDesk)
        self._admit = self._refuse_again
        self._all: SharedDesk = self._desk
        self._own = OwnOfAll()
        self._threads = Threads(store.connect)
        self._found: dict[Call, Found] = {}
        """What was found for the calls that are being answered."""
        self._routes = {
            path: (endpoint, handler if _only_writes(endpoint) else partial(self._hand_over, handler))
            for path, (endpoint, handler) in self._routes.items()
        }

    def _make_desk(self) -> SharedDesk:
        return SharedDesk()

    def close(self) -> None:
        """Finish what is queued and close all connections; doing it twice does nothing."""
        super().close()
        self._threads.close()

    def answer(self, call: Call) -> Answer:
        """Return the body of the answer, an awaitable for all that needs the store."""
        route = self._routes.get(call.path)
        if route is None:
            return super().answer(call)
        return asyncio.ensure_future(self._look_and_answer(route[0], call))

    async def catch_up(self) -> None:
        """Learn what other sandboxes on the same store have done."""
        raw = self._sandbox_clock.raw
        setting, desk = await self._ask(lambda connection: look_at_all(connection, raw, self._own))
        self._sandbox_clock.setting = setting
        self._counting.look()
        self._all.take(desk)

    async def keep_use(self) -> None:
        """Save nothing: it is counted in the store."""

    def _save_use(self) -> None:
        """Save nothing: it is counted in the store."""

    async def _read(self, question: Callable[[Reader], T]) -> T:
        return await self._ask(lambda connection: question(Reader(connection)))

    async def _ask(self, question: Callable[[PostgresConnection], T]) -> T:
        try:
            return await self._threads.ask(question)
        except self._store.failures as error:
            failed = self._store.explain(error)
        raise failed

    async def _look_and_answer(self, endpoint: Endpoint, call: Call) -> bytes:
        wanted = wanted_by(endpoint, call)

        def look(connection: PostgresConnection) -> Found:
            found = look_up(connection, wanted, self._own)
            try:
                if endpoint.takes_token:
                    admit(endpoint, call, self._equip(connection, found, loop))
            except ApiError as refused:
                return found._replace(refused=refused)
            return found

        loop = asyncio.get_running_loop()
        try:
            found = self._found[call] = await self._threads.ask(look)
        except self._store.failures as error:
            return self._say(error)
        self._sandbox_clock.setting = found.setting
        if not endpoint.takes_token:
            self._all.meet(found.desk)  # the faults want to know whose call it is
        try:
            answer = super().answer(call)
            return answer if isinstance(answer, bytes) else await answer
        finally:
            del self._found[call]

    def _refuse_again(self, _endpoint: Endpoint, call: Call, _resources: Resources) -> None:
        """Refuse what was refused when the call was looked up."""
        refused = self._found[call].refused
        if refused is not None:
            raise refused

    def _handle(self, handler: Handler, call: Call) -> Answer:
        return self._hand_over(handler, call)

    def _hand_over(self, handler: Handler, call: Call) -> Answer:
        """Let a thread carry out a handler, by what was found for the call."""
        found, given, loop = self._found[call], call.resources, asyncio.get_running_loop()

        def work(connection: PostgresConnection) -> Answer:
            resources = self._equip(connection, found, loop)
            if given is not self._resources:  # a fault lets it read what was before
                resources.reader = given.reader
            call.admit(resources, call.fields)
            if call.endpoint is not None and call.endpoint.name == "quota.get":
                fill_used(connection, call.card, resources.clock())
            return handler(call)

        return asyncio.ensure_future(self._carry_out(work))

    async def _carry_out(self, work: Callable[[PostgresConnection], Answer]) -> bytes:
        try:
            answer = await self._threads.ask(work)
            return answer if isinstance(answer, bytes) else await answer
        except self._failures as error:
            return self._say(error)

    def _equip(
        self, connection: PostgresConnection, found: Found, loop: asyncio.AbstractEventLoop
    ) -> ThreadResources:
        shared = self._resources
        resources = ThreadResources(
            book=shared.book,
            clock=SandboxClock(self._sandbox_clock.raw, found.setting),
            counting=SharedCounting(connection, self._own),
            chance=shared.chance,
            desk=found.desk,
            reader=Reader(connection),
            writer=shared.writer,
            rids=shared.rids,
        )
        resources.loop = loop
        return resources


def _only_writes(endpoint: Endpoint) -> bool:
    """Tell whether a handler does no more than judge its fields and queue a request; the token calls are counted."""
    return endpoint.takes_token and not endpoint.reads

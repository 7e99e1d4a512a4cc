"""The platform on this machine: its answers to calls, and what the control port does to it. Knows no socket.

`answer` goes through the checks that all calls share, in the documented order, and hands over to the call's handler.
Reads are answered at once, on the event loop; writes when they are on disk.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress

from fenzu.errors import ApiError, FenzuError
from fenzu.sandbox.accounts import Clock, RandomBytes
from fenzu.sandbox.calls.admission import Admit, admit, read_fields
from fenzu.sandbox.calls.answers import Answers
from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.counting import Counting
from fenzu.sandbox.calls.desk import Desk
from fenzu.sandbox.calls.resources import Resources
from fenzu.sandbox.clock import SandboxClock
from fenzu.sandbox.faults.registry import Strike
from fenzu.sandbox.faults.striker import Do, Sleep, Striker
from fenzu.sandbox.handlers import HANDLERS, Handler
from fenzu.sandbox.handlers.tokens import check as check_credentials
from fenzu.sandbox.handlers.tokens import count as count_token_call
from fenzu.sandbox.log.memory import RequestLog
from fenzu.sandbox.log.rids import Rids, Seen, may_carry_rid
from fenzu.sandbox.operations.management import Management, fill_desk
from fenzu.sandbox.operations.quotas import Quotas, fill_quotas, read_mode, write_mode
from fenzu.sandbox.operations.snapshots import Snapshots
from fenzu.sandbox.operations.timekeeping import Timekeeping, read_setting
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.decide import decide
from fenzu.sandbox.rules.quota import Mode
from fenzu.sandbox.rules.rows import Decision
from fenzu.sandbox.store.database import Connection, Store
from fenzu.sandbox.store.opening import Synchronous, open_store
from fenzu.sandbox.store.reader import Reader
from fenzu.sandbox.store.writer import Writer
from fenzu.wire.endpoints import ENDPOINTS, Endpoint
from fenzu.wire.rulebooks import RULEBOOKS, RulebookName

ROUTES: dict[str, tuple[Endpoint, Handler]] = {
    ENDPOINTS[name].path: (ENDPOINTS[name], handler) for name, handler in HANDLERS.items()
}
log = logging.getLogger("fenzu.sandbox")

SAVE_SECONDS = 1.0
"""How often the use of quotas is saved: a kill loses what was counted since."""
NOTHING_COUNTED: Mapping[str, Mapping[str, int]] = {}


class Platform(Management):
    """A sandbox without its ports. `answer` and the control operations belong on one event loop."""

    def __init__(
        self,
        store: Store,
        *,
        rules: RulebookName,
        quota: Mode | None,
        clock: Clock,
        random: RandomBytes,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take over a store that is open. `clock` is real time; the sandbox's own is made of it."""
        book, desk, reader = RULEBOOKS[rules], self._make_desk(), Reader(store.reader)
        self._sandbox_clock = clock = SandboxClock(clock, read_setting(store.reader))
        if quota is not None:
            write_mode(store.writer, quota)
        counting = Counting(desk, clock)
        _fill(desk, reader, store.reader, counting.day)
        self._counting = counting
        self._answers = Answers(book, clock, random)
        writer = Writer(store, lambda request, rows: decide(request, rows, book), self._settle)
        self.timekeeping = Timekeeping(clock, writer, counting.look)
        self.quotas = Quotas(desk, counting, writer)
        self.snapshots = Snapshots(store, reader, writer, save=self.quotas.save, refill=self._refill)
        super().__init__(store, desk, reader, writer, rules=rules, clock=clock, random=random)
        self._resources = Resources(
            book=book,
            clock=clock,
            counting=counting,
            chance=random,
            desk=desk,
            reader=reader,
            writer=writer,
            rids=Rids(clock),
        )
        self._admit: Admit = admit
        self._striker = Striker(self._faults, self._resources, self._answers, self._earlier, sleep)
        self._routes = ROUTES
        self._rids = self._resources.rids if book.suffix else None
        self.request_log = RequestLog(clock, desk.secret_of)
        self._failures: tuple[type[Exception], ...] = (ApiError, *store.failures)
        self._is_open = True

    @classmethod
    def open(
        cls,
        store: str | None = None,
        *,
        rules: RulebookName = "2013",
        quota: Mode | None = None,
        clock: Clock = time.time,
        random: RandomBytes = secrets.token_bytes,
        vfs: str | None = None,
        synchronous: Synchronous = "FULL",
        sleep: Sleep = asyncio.sleep,
    ) -> "Platform":
        """Open the sandbox that the file `store` holds, a temporary one without; see `open_store` for the refusals.

        `clock` is real time, on which the sandbox's own clock is built. Without `quota` the mode is what the store
        keeps, `off` in a new one.
        """
        opened = open_store(store, vfs=vfs, synchronous=synchronous)
        # ValueError: no text or no list where one should be.
        unreadable: tuple[type[Exception], ...] = (ValueError, *opened.failures)
        try:
            kind = _shared_platform() if opened.is_shared else cls
            return kind(opened, rules=rules, quota=quota, clock=clock, random=random, sleep=sleep)
        except unreadable as error:
            opened.close()
            raise opened.explain(error) from None
        except BaseException:
            opened.close()
            raise

    def _make_desk(self) -> Desk:
        return Desk()

    def close(self) -> None:
        """Finish what is queued and close the store; doing it twice does nothing."""
        if self._is_open:
            self._is_open = False
            self.events.stop()
            self._writer.close()
            self._earlier.close()
            self._save_use()
            self._store.close()

    def _save_use(self) -> None:
        """Save the last second's counts; a store that cannot take them any more is closed all the same."""
        connection = self._store.writer
        if self._store.name is None or not connection.is_idle:
            return
        try:
            connection.begin()
            self.quotas.save_now(connection)
            connection.commit()
        except self._store.failures as error:
            log.error("cannot save what was used of the quotas: %s", error)

    async def keep_use(self) -> None:
        """Save what was used of the quotas every second, until it is cancelled; of a temporary store never."""
        while self._store.name is not None:
            await asyncio.sleep(SAVE_SECONDS)
            with suppress(FenzuError):  # the disk may have room again in a second
                await self.quotas.save()

    async def finish(self) -> None:
        """Finish the calls that are queued and break off control operations; all that is left to do then is `close`."""
        await self._writer.finish()

    def _refill(self) -> None:
        """Enter in memory what the store holds after a restore."""
        self._earlier.close()
        self.timekeeping.reload(self._store.reader)
        counted = {appid: card.tally.calls for appid, card in self._desk.by_appid.items()}
        self._desk.clear()
        _fill(self._desk, self._reader, self._store.reader, self._counting.day, counted)
        for appid in counted.keys() - self._desk.by_appid.keys():
            self._faults.forget(appid)

    def interrupt(self) -> None:
        """Break off the control operation under way, if any: it fails and leaves no trace."""
        self._writer.interrupt()

    def answer(self, call: Call) -> Answer:
        """Return the body of the answer: bytes for reads, an awaitable for writes."""
        try:
            route = self._routes.get(call.path)
            if route is None:
                raise refusal(40066)
            endpoint, handler = route
            call.endpoint = endpoint
            if endpoint.takes_token:
                self._admit(endpoint, call, self._resources)
            if self._faults.is_on:
                answer = self._answer_under_faults(endpoint, handler, call)
            else:
                call.admit(self._resources, read_fields(endpoint, call))
                answer = handler(call)
        except self._failures as error:
            answer = self._say(error)
        if self._rids is not None and may_carry_rid(answer):
            self._rids.watch(answer, _seen(call))
        return answer

    def busy(self) -> bytes:
        """Return the answer for what went wrong on our side."""
        return self._answers.busy()

    def _answer_under_faults(self, endpoint: Endpoint, handler: Handler, call: Call) -> Answer:
        """Answer a call that has passed token, method and account; whoever asks for a token passes his own checks."""

        def do(resources: Resources) -> Answer:
            try:
                call.admit(resources, read_fields(endpoint, call))
                return handler(call)
            except self._failures as error:
                return self._say(error)

        if not endpoint.takes_token:
            call.admit(self._resources, read_fields(endpoint, call))
            check_credentials(call)
        strike = self._striker.meet(endpoint, call)
        if strike is None:
            return do(self._resources)
        if strike.errcode is not None and not endpoint.takes_token:
            return asyncio.ensure_future(self._count_and_carry_out(strike, call, do))
        return self._striker.carry_out(strike, call, do)

    async def _count_and_carry_out(self, strike: Strike, call: Call, do: Do) -> bytes:
        """Answer a token call in the place of its handler, which would have counted it; its quota may refuse it."""
        try:
            refused = self._handle(count_token_call, call)
            refused = refused if isinstance(refused, bytes) else await refused
        except self._failures as error:
            refused = self._say(error)
        if refused:
            return refused
        answer = self._striker.carry_out(strike, call, do)
        return answer if isinstance(answer, bytes) else await answer

    def _handle(self, handler: Handler, call: Call) -> Answer:
        """Let a handler work that stands in no route."""
        return handler(call)

    def _say(self, error: Exception) -> bytes:
        """Return the answer for what went wrong with a call."""
        if isinstance(error, ApiError):
            return self._answers.error(error)
        log.error("cannot read the store: %s", error)
        return self._answers.busy()

    def _settle(self, account: int, outcome: Decision | ApiError | None) -> bytes:
        """Take note of what is on disk, and return the answer."""
        if outcome is None:
            return self._answers.busy()
        if isinstance(outcome, ApiError):
            return self._answers.error(outcome)
        changes = outcome.changes
        if changes.groups:
            self._desk.touch(account)
        if changes.clears_quota:
            self._desk.clear_quota(account)
        for (kind, serial), token in changes.tokens.items():
            if token is None:
                self._desk.drop_token((account, kind, serial))
            else:
                self._desk.enter_token(token)
        return self._answers.value(outcome.value)


def _fill(
    desk: Desk,
    reader: Reader,
    connection: Connection,
    day: int,
    counted: Mapping[str, Mapping[str, int]] = NOTHING_COUNTED,
) -> None:
    """Enter the accounts of a store with their tokens and quotas; `counted` are their calls since the start."""
    desk.set_mode(read_mode(connection))
    fill_desk(desk, reader)
    for appid in desk.by_appid.keys() & counted.keys():
        desk.by_appid[appid].tally.carry_on(counted[appid])
    fill_quotas(desk, connection, day)


def _shared_platform() -> type[Platform]:
    from fenzu.sandbox.store.postgres.platform import SharedPlatform

    return SharedPlatform


def _seen(call: Call) -> Seen:
    owner = call.owner
    return Seen(None if owner is None else owner.appid, call.query, call.body, call.client_ip)

"""What the control port does to a sandbox: accounts, followers, emptying. Each operation is one transaction.

Emptying and deleting change a handful of rows, whatever the size: `discard` says how.

What an operation changed is entered in memory on the event loop before it is answered. Tokens stay when an account is
emptied, and end when it is deleted.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar, cast

from fenzu._version import __version__
from fenzu.errors import UsageError
from fenzu.sandbox.accounts import (
    AccountSpec,
    Clock,
    NewAccount,
    RandomBytes,
    check_spec,
    check_whitelist,
)
from fenzu.sandbox.calls.desk import Card, Desk
from fenzu.sandbox.control.controlled import Health
from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.events.message import EventName
from fenzu.sandbox.events.pushing import Events
from fenzu.sandbox.faults.registry import Faults
from fenzu.sandbox.faults.stale import Earlier
from fenzu.sandbox.operations.faulting import Faulting
from fenzu.sandbox.store import discard, load
from fenzu.sandbox.store.database import Connection, Store, View
from fenzu.sandbox.store.reader import Reader
from fenzu.sandbox.store.writer import Writer
from fenzu.sandbox.transfer.arrival import Content, Head
from fenzu.sandbox.transfer.arriving import UNNAMED, load_account
from fenzu.sandbox.transfer.leaving import tell_account
from fenzu.sandbox.transfer.source import read_source
from fenzu.wire.rulebooks import RulebookName
from fenzu.wire.states import State
from fenzu.wire.words import Words

T = TypeVar("T")
UNNUMBERED = 0
"""The number of an account that is not made yet."""


class Management:
    """The control operations; `Platform` adds the calls."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        reader: Reader,
        writer: Writer,
        *,
        rules: RulebookName,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self.rules: RulebookName = rules
        self._store = store
        self._desk = desk
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._random = random
        self.events = Events(clock)
        self._faults = Faults()
        self._earlier = Earlier(store)
        self._changing = asyncio.Lock()
        self.faults = Faulting(self._faults, self._earlier, desk)

    async def create_account(self, spec: AccountSpec, *, first: bool = False) -> NewAccount:
        """Make an account; raises UsageError for one that cannot be, AccountExists where the appid is taken.

        `first` raises AccountExists where there is any account.
        """
        check_spec(spec)
        appid = spec.appid or f"wx{self._random(8).hex()}"
        secret = spec.secret or self._random(16).hex()
        now = int(self._clock())
        return await self._make(
            Card(UNNUMBERED, appid, secret, spec.kind, spec.state, spec.whitelist),
            lambda connection: load.create_account(connection, spec, appid, secret, now, first=first),
        )

    async def import_account(
        self, content: Content, *, appid: str | None = None, first: bool = False
    ) -> NewAccount:
        """Make an account from a file: an export, or a table of followers. All of it or nothing.

        `appid` stands in for that of the file; what is named nowhere is made up. Raises UsageError with the lines that
        are wrong, AccountExists where the appid is taken; with `first` also where there is any account.
        """
        source = await asyncio.to_thread(read_source, content)
        head = source.head or UNNAMED
        appid = appid or head.appid or f"wx{self._random(8).hex()}"
        secret = head.secret or self._random(16).hex()
        check_spec(AccountSpec(appid, secret, whitelist=head.whitelist))
        now = int(self._clock())
        return await self._make(
            Card(UNNUMBERED, appid, secret, head.kind, head.state, head.whitelist),
            lambda connection: load_account(connection, source, appid, secret, now, first=first),
        )

    async def _make(self, card: Card, work: Callable[[Connection], int]) -> NewAccount:
        """Make an account and return it, even if the desk has been laid out by what was there before."""

        def enter(number: int) -> None:
            card.number = number
            self._desk.enter_account(card)

        await self._writer.perform(work, enter)
        return await self._describe(card)

    async def export_account(self, appid: str, *, secret: bool = False) -> AsyncIterator[bytes]:
        """Return an account as lines of JSON, of one moment, in pieces; with its secret if that is wanted."""
        self._desk.card(appid)
        return self._export(appid, secret=secret)

    async def _export(self, appid: str, *, secret: bool) -> AsyncIterator[bytes]:
        card = self._desk.card(appid)
        told = card.secret if secret else None
        head = Head("account", 1, appid, told, card.own_kind, _same(card.state), card.whitelist)
        view = await self._open_view()
        lines = tell_account(view.connection, head)
        try:
            while piece := await _in_thread(lambda: next(lines, b"")):
                yield piece
        finally:
            view.close()

    async def _open_view(self) -> View:
        """Open a view in a thread: to connect to a server may take seconds."""
        opening = asyncio.ensure_future(asyncio.to_thread(self._store.open_view))
        try:
            return await asyncio.shield(opening)
        except self._store.failures as error:
            raise self._store.explain(error) from None
        except asyncio.CancelledError:
            await asyncio.wait([opening])
            if not opening.exception():
                opening.result().close()
            raise

    async def list_accounts(self) -> list[NewAccount]:
        """Return all accounts in the order in which they were made."""
        return [await self._describe(card) for card in list(self._desk.by_appid.values())]

    async def get_account(self, appid: str) -> NewAccount:
        """Return an account, or raise UnknownAccount."""
        return await self._describe(self._desk.card(appid))

    async def change_account(
        self, appid: str, *, state: State | None = None, whitelist: list[str] | None = None
    ) -> None:
        """Put an account into another state, or give it another whitelist; tokens stay as they are."""
        self._desk.card(appid)
        if whitelist is not None:
            check_whitelist(whitelist)
        async with self._changing:  # what one leaves as it is, another may be changing
            card = self._desk.card(appid)
            now_in = card.state if state is None else state
            addresses = card.whitelist if whitelist is None else whitelist
            await self._perform(
                card,
                lambda connection, account: load.change_account(connection, account, now_in, addresses),
                lambda _: card.change(now_in, addresses),
            )

    async def delete_account(self, appid: str) -> None:
        """Remove an account with its followers, groups and tokens."""
        card = self._desk.card(appid)

        def delete(connection: Connection, account: int) -> Mapping[int, int]:
            discard.delete_account(connection, account)
            return {}

        def forget(_: Mapping[int, int]) -> None:
            self._faults.forget(appid)
            gone = self._desk.by_appid.get(appid)
            if gone is not None:  # else the desk has learnt of it from the store already
                self._desk.drop_account(gone)
                self._earlier.forget([gone.number])

        await self._renumber(card, delete, forget)

    async def add_followers(
        self, appid: str, *, count: int | None = None, openids: Sequence[str] | None = None, group: int = 0
    ) -> int:
        """Let `count` made-up people, or these, follow the account, and return how many they are.

        They follow in the order given. Raises UsageError for openids that are none or follow already.
        """
        card = self._desk.card(appid)
        if (count is None) == (openids is None):
            raise UsageError(Words("give either count or openids", "count 和 openids 只能给一个"))
        listed = list(openids or ())
        wanted = count if count is not None else listed
        now = int(self._clock())
        return await self._perform(
            card,
            lambda connection, account: load.check_and_add_followers(connection, account, wanted, group, now),
            lambda _: self._note_followers("subscribe", appid, listed),
        )

    async def remove_followers(self, appid: str, openids: Sequence[str]) -> int:
        """Let followers unsubscribe, and return how many did; who does not follow is passed over."""
        card = self._desk.card(appid)
        gone = await self._perform(
            card,
            lambda connection, account: load.remove_followers(connection, account, openids),
            lambda gone: self._note_followers("unsubscribe", appid, gone),
        )
        return len(gone)

    async def reset(self, appid: str) -> None:
        """Empty an account: no followers, no groups of its own, the next id is 100. Credentials and tokens stay."""
        await self._renumber(self._desk.card(appid), discard.reset_account, self._note_numbers)

    async def reset_all(self) -> None:
        """Empty every account, all or none."""
        await self._writer.renumber(None, discard.reset_all, self._note_numbers)

    async def catch_up(self) -> None:
        """Learn what other sandboxes on the same store have done: nothing, as a file has no others."""

    def health(self) -> Health:
        """Tell how the sandbox is."""
        return Health(True, __version__, self.rules, len(self._desk.by_appid), self._store.name)

    async def _perform(
        self, card: Card, work: Callable[[Connection, int], T], enter: Callable[[T], None]
    ) -> T:
        """Do something to an account; by then it may be gone, even if it was there when this was asked for."""
        return await self._at_its_number(card, lambda number: self._writer.perform_on(number, work, enter))

    async def _renumber(
        self,
        card: Card,
        work: Callable[[Connection, int], Mapping[int, int]],
        enter: Callable[[Mapping[int, int]], None],
    ) -> None:
        """Do something to an account that leaves its number behind."""
        await self._at_its_number(card, lambda number: self._writer.renumber(number, work, enter))

    async def _at_its_number(self, card: Card, do: Callable[[int], Awaitable[T]]) -> T:
        """Do something that names an account by its number; anew where another sandbox has given it another one."""
        while True:
            number = card.number
            try:
                return await do(number)
            except UnknownAccount:
                if not self._store.is_shared:
                    raise UnknownAccount(card.appid) from None
                await self.catch_up()
                now = self._desk.card(card.appid)
                if now.number == number or now.secret != card.secret:  # it was deleted, and maybe made anew
                    raise UnknownAccount(card.appid) from None
                card = now

    def _note_numbers(self, numbers: Mapping[int, int]) -> None:
        """Note that accounts have left their numbers behind."""
        self._earlier.forget(numbers)
        self._desk.renumber(numbers)

    def _note_followers(self, event: EventName, appid: str, openids: Sequence[str]) -> None:
        """Note that these came or went."""
        self._touch(appid)
        self.events.announce(event, appid, openids)

    def _touch(self, appid: str) -> None:
        """Note that an account changed, if it is still there."""
        if appid in self._desk.by_appid:
            self._desk.by_appid[appid].forget_answers()

    async def _read(self, question: Callable[[Reader], T]) -> T:
        """Read from the store; raises StoreError."""
        try:
            return question(self._reader)
        except self._store.failures as error:
            raise self._store.explain(error) from None

    async def _describe(self, card: Card) -> NewAccount:
        groups = await self._read(lambda reader: reader.groups(card.number))
        return NewAccount(
            appid=card.appid,
            secret=card.secret,
            kind=card.kind,
            followers=sum(group.size for group in groups),
            groups=len(groups),
            whitelist=card.whitelist,
            state=card.state,
            calls=dict(card.calls),
        )


async def _in_thread(work: Callable[[], T]) -> T:
    """Run it in a thread, and do not leave before it has ended: what it uses is closed then."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    finally:
        if not running.done():
            await asyncio.wait([running])


def fill_desk(desk: Desk, reader: Reader) -> None:
    """Enter the accounts and tokens of a store that has just been opened."""
    for account in reader.accounts():
        desk.enter_account(account)
    for token in reader.tokens():
        desk.enter_token(token)


def _same(state: State) -> State:
    """Return the very text that a state is written with in the source: a default is left out where it is that one."""
    return cast("State", sys.intern(state))

"""What the control port needs of the platform, noun by noun. Knows no HTTP and no route."""

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec

from fenzu.sandbox.accounts import AccountSpec, NewAccount
from fenzu.sandbox.clock import Reading, Turn
from fenzu.sandbox.events.pushing import Events
from fenzu.sandbox.faults.asked import FaultRules, HeldRules
from fenzu.sandbox.log.memory import RequestLog
from fenzu.sandbox.rules.quota import AccountQuota, Mode, QuotaWish
from fenzu.sandbox.store.snapshot_files import Snapshot
from fenzu.sandbox.transfer.arrival import Content
from fenzu.wire.states import State


class Health(msgspec.Struct, frozen=True):
    """What the sandbox says of itself."""

    ready: bool
    version: str
    rules: str
    accounts: int
    store: str | None


class Turning(Protocol):
    """The sandbox's clock."""

    def read(self) -> Reading:
        """Tell what it shows."""
        ...

    async def turn(self, wish: Turn) -> Reading:
        """Set it."""
        ...

    async def free(self) -> Reading:
        """Go back to real time."""
        ...


class Faulty(Protocol):
    """The faults of an account, or those for all accounts."""

    def get(self, appid: str | None = None) -> HeldRules:
        """Return those that hold, with what they have done."""
        ...

    def set(self, asked: FaultRules, appid: str | None = None) -> HeldRules:
        """Let these hold in place of those before."""
        ...

    def clear(self, appid: str | None = None) -> None:
        """Let none hold any more."""
        ...


class Limiting(Protocol):
    """The quotas of the sandbox and of its accounts."""

    def mode(self) -> Mode:
        """Tell what holds for accounts that have no setting of their own."""
        ...

    async def set_mode(self, mode: Mode) -> None:
        """Set that."""
        ...

    def get(self, appid: str) -> AccountQuota:
        """Tell one account's."""
        ...

    async def set(self, appid: str, wish: QuotaWish) -> AccountQuota:
        """Change one account's."""
        ...


class Keeping(Protocol):
    """The sandbox's snapshots. Raises what is `Refused`."""

    async def create(self, name: str) -> Snapshot:
        """Keep everything as it is now."""
        ...

    async def list(self) -> list[Snapshot]:
        """Return what is kept."""
        ...

    async def restore(self, name: str) -> None:
        """Put everything back."""
        ...

    async def delete(self, name: str) -> None:
        """Keep it no longer."""
        ...


class Controlled(Protocol):
    """What this port needs of the platform. An unknown appid raises `UnknownAccount`, a taken one `AccountExists`."""

    @property
    def timekeeping(self) -> Turning:
        """The sandbox's clock."""
        ...

    @property
    def quotas(self) -> Limiting:
        """The quotas of the sandbox and of its accounts."""
        ...

    @property
    def faults(self) -> Faulty:
        """What is done to calls on request."""
        ...

    @property
    def request_log(self) -> RequestLog:
        """What was asked of the platform's port."""
        ...

    async def catch_up(self) -> None:
        """Learn what other sandboxes on the same store have done; each route is preceded by it."""
        ...

    @property
    def events(self) -> Events:
        """The events of followers, as they are pushed."""
        ...

    @property
    def snapshots(self) -> Keeping:
        """The sandbox's snapshots."""
        ...

    def health(self) -> Health:
        """Return version, rules, number of accounts, store."""
        ...

    async def create_account(self, spec: AccountSpec) -> NewAccount:
        """Make an account."""
        ...

    async def import_account(self, content: Content, *, appid: str | None = None) -> NewAccount:
        """Make an account from an export or a table."""
        ...

    async def export_account(self, appid: str, *, secret: bool = False) -> AsyncIterator[bytes]:
        """Return an account as lines, in pieces."""
        ...

    async def list_accounts(self) -> list[NewAccount]:
        """Return all accounts, the first one first."""
        ...

    async def get_account(self, appid: str) -> NewAccount:
        """Return one account."""
        ...

    async def change_account(
        self, appid: str, *, state: State | None = None, whitelist: list[str] | None = None
    ) -> None:
        """Put an account into another state, or give it another whitelist."""
        ...

    async def delete_account(self, appid: str) -> None:
        """Remove an account with all that it holds."""
        ...

    async def add_followers(
        self, appid: str, *, count: int | None = None, openids: list[str] | None = None, group: int = 0
    ) -> object:
        """Let made-up followers, or these openids, follow."""
        ...

    async def remove_followers(self, appid: str, openids: list[str]) -> object:
        """Let them unsubscribe."""
        ...

    async def reset(self, appid: str) -> None:
        """Empty one account."""
        ...

    async def reset_all(self) -> None:
        """Empty all accounts."""
        ...

"""The accounts that a console can open. Where they are kept, and their secrets, whoever starts the console knows."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from fenzu.database import is_postgres
from fenzu.errors import UsageError
from fenzu.wire.endpoints import is_production

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.client._events import Listener
    from fenzu.control import Control


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is kept under a name, or was named by the environment; without its secret."""

    name: str
    """Stands in addresses: letters, digits, `_`, `.` and `-`."""
    appid: str
    base_url: str
    mirror: str
    """Where its mirror is, or will be: a file or `postgresql://…`."""
    runs: Path
    """The folder for its plans."""
    control_url: str | None = None
    """The control port of the sandbox that it lives in, where that is known."""
    is_read_only: bool = False
    kept_at: float | None = None
    """When it was kept. One that was kept anew is another account, though all else be equal: its secret may not be."""

    @property
    def is_production(self) -> bool:
        """Whether it is a real account."""
        return is_production(self.base_url)

    @property
    def mirror_shown(self) -> str:
        """Where its mirror is, without a password."""
        if not is_postgres(self.mirror):
            return self.mirror
        from fenzu.database.address import read_address

        try:
            return read_address(self.mirror).where
        except UsageError:
            return "postgresql://…"


class Accounts(Protocol):
    """Knows the accounts, and opens what they need."""

    def list(self) -> Sequence[Account]:
        """Return all accounts, the one that is meant by default first."""
        ...

    def open_client(self, account: Account, on_event: "Listener") -> "AsyncClient":
        """Return a client for it, which tells `on_event` what it does.

        Raises `UsageError` where its secret is not to be had.
        """
        ...

    def open_control(self, account: Account) -> "Control | None":
        """Return a client for its sandbox's control port, None where none is known."""
        ...

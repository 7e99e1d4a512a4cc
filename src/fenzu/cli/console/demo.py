"""A sandbox with the demo account for `fenzu console --demo`: it starts and ends with the console."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.console.account.accounts import Account

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.client._events import Listener
    from fenzu.control import Control
    from fenzu.testing import Ready, SandboxAccount

NAME = "demo"


class DemoAccounts:
    """The one account of a sandbox that is there for the console alone."""

    def __init__(self, held: "Ready | SandboxAccount", folder: Path, *, is_read_only: bool) -> None:
        self._secret = held.secret
        self.account = Account(
            name=NAME,
            appid=held.appid,
            base_url=held.base_url,
            mirror=str(folder / "mirror.db"),
            runs=folder / "runs",
            control_url=held.control_url,
            is_read_only=is_read_only,
        )

    def list(self) -> list[Account]:
        """Return the account."""
        return [self.account]

    def open_client(self, account: Account, on_event: "Listener") -> "AsyncClient":
        """Open a client with the sandbox's own secret."""
        from fenzu import AsyncClient

        return AsyncClient(account.appid, self._secret, base_url=account.base_url, on_event=on_event)

    def open_control(self, account: Account) -> "Control | None":
        """Open the sandbox's control port."""
        from fenzu.control import Control

        return Control(account.control_url) if account.control_url else None


def start_demo(stack: ExitStack, folder: Path, *, is_read_only: bool) -> DemoAccounts:
    """Start the sandbox; it ends with the stack."""
    from fenzu.testing import SandboxProcess

    sandbox = stack.enter_context(SandboxProcess("--demo", "--store", str(folder / "sandbox.db")))
    return DemoAccounts(sandbox.ready, folder, is_read_only=is_read_only)

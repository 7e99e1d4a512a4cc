"""A sandbox with the demo account for `fenzu console --demo`: it starts and ends with the console."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.console.account.accounts import Account

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.control import Control
    from fenzu.testing import Ready

NAME = "demo"


class DemoAccounts:
    """The one account of a sandbox that is there for the console alone."""

    def __init__(self, ready: "Ready", folder: Path, *, is_read_only: bool) -> None:
        self._ready = ready
        self._account = Account(
            name=NAME,
            appid=ready.appid,
            base_url=ready.base_url,
            mirror=str(folder / "mirror.db"),
            runs=folder / "runs",
            control_url=ready.control_url,
            is_read_only=is_read_only,
        )

    def list(self) -> list[Account]:
        """Return the account."""
        return [self._account]

    def open_client(self, account: Account) -> "AsyncClient":
        """Open a client with the sandbox's own secret."""
        from fenzu import AsyncClient

        return AsyncClient(account.appid, self._ready.secret, base_url=account.base_url)

    def open_control(self, account: Account) -> "Control | None":
        """Open the sandbox's control port."""
        from fenzu.control import Control

        return Control(account.control_url or self._ready.control_url)


def start_demo(stack: ExitStack, folder: Path, *, is_read_only: bool) -> DemoAccounts:
    """Start the sandbox; it ends with the stack."""
    from fenzu.testing import SandboxProcess

    sandbox = stack.enter_context(SandboxProcess("--demo", "--store", str(folder / "sandbox.db")))
    return DemoAccounts(sandbox.ready, folder, is_read_only=is_read_only)

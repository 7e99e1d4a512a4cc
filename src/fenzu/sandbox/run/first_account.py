"""Which account a sandbox tells at its start, and making it where there is none. Knows no port."""

from pathlib import Path
from typing import Protocol

from fenzu.sandbox.accounts import AccountSpec, NewAccount
from fenzu.sandbox.control_errors import AccountExists
from fenzu.sandbox.run.made_up import DEMO
from fenzu.sandbox.transfer.arrival import Content


class Holding(Protocol):
    """What is needed of the platform."""

    async def create_account(self, spec: AccountSpec, *, first: bool = False) -> NewAccount:
        """Make an account; `first` refuses by AccountExists where there is any."""
        ...

    async def catch_up(self) -> None:
        """Learn what other sandboxes on the same store have done."""
        ...

    async def import_account(self, content: Content, *, first: bool = False) -> NewAccount:
        """Make an account from a file; `first` as above."""
        ...

    async def list_accounts(self) -> list[NewAccount]:
        """Return all accounts, the first one first."""
        ...


async def first_account(
    platform: Holding, *, demo: bool, followers: int | None, seed: str | None = None
) -> NewAccount:
    """Return the account to tell: the demo's if that was asked for, else the store's first, else a new one.

    What is there already stays as it is: `followers` and `seed`, the path of a file, count for a new account only. Of
    several sandboxes that are started on one store, one makes the account and the others find it.
    """
    accounts = await platform.list_accounts()
    if demo:
        there = next((account for account in accounts if account.appid == DEMO.appid), None)
        if there is not None:
            return there
    elif accounts:
        return accounts[0]
    try:
        if demo:
            return await platform.create_account(DEMO)
        if seed is not None:
            return await platform.import_account(Content(Path(seed)), first=True)
        return await platform.create_account(AccountSpec(followers=followers or 0), first=True)
    except AccountExists:  # another sandbox was quicker
        await platform.catch_up()
        return await first_account(platform, demo=demo, followers=followers, seed=seed)

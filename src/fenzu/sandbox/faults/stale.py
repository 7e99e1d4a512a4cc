"""Accounts as they were before their last write, for reads that are to answer what is no longer so.

A view an account, taken anew whenever the account is about to be written to. It keeps the store's log from being
shortened, so it exists only while a fault asks for it.
"""

from collections.abc import Iterable

from fenzu.sandbox.store.database import Store, View
from fenzu.sandbox.store.reader import Reader

MOST = 16
"""Accounts that are kept; of one more, the oldest is given up."""


class Earlier:
    """Readers that stand still, by the number of their account."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[int, View] = {}

    def keep(self, account: int) -> None:
        """Hold on to the account as it is now."""
        self._drop(account)
        self._kept[account] = self._store.open_view()
        if len(self._kept) > MOST:
            self._drop(next(iter(self._kept)))

    def reader(self, account: int) -> Reader | None:
        """Return what reads the account as it was, None if it has not been written to since."""
        view = self._kept.get(account)
        return None if view is None else Reader(view.connection)

    def forget(self, accounts: Iterable[int]) -> None:
        """Let go of accounts that are gone, or have another number."""
        for account in accounts:
            self._drop(account)

    def close(self) -> None:
        """Let go of all that was kept."""
        for account in list(self._kept):
            self._drop(account)

    def _drop(self, account: int) -> None:
        view = self._kept.pop(account, None)
        if view is not None:
            view.close()

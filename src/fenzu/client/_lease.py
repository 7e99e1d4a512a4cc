"""A token store as a flow asks it: in a thread where it may wait, and with nothing left locked whatever happens."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from fenzu.client._flow import Ask, Flow
from fenzu.errors import StoreError
from fenzu.tokens import StoredToken, TokenKey, TokenStore

T = TypeVar("T")


class Shelf:
    """The place of one key in a store."""

    def __init__(self, store: TokenStore, key: TokenKey) -> None:
        self._store = store
        self._key = key

    def get(self) -> Flow[StoredToken | None]:
        """Return what is kept, however old."""
        return (yield from self._ask(partial(self._store.get, self._key)))

    def lease(self) -> "Lease":
        """Make a lease, to be taken and given back."""
        return Lease(self._store, self._key)

    def take(self, lease: "Lease", seconds: float) -> Flow[bool]:
        """Ask for the right to renew; False while somebody else has it."""
        return (yield from self._ask(partial(lease.take, seconds)))

    def give_back(self, lease: "Lease") -> Flow[None]:
        """Give the right back, if it is there."""
        if lease.number is not None:
            yield from self._ask(lease.give_back)

    def put(self, token: StoredToken, lease: "Lease") -> Flow[bool]:
        """Keep a token; False if the right has passed on."""
        assert lease.number is not None
        return (yield from self._ask(partial(self._store.put, self._key, token, lease.number)))

    def _ask(self, work: Callable[[], T]) -> Flow[T]:
        if not self._store.waits:
            return work()
        answer: T = yield Ask(work)
        return answer


class Lease:
    """The right to renew: taken once, given back once, even by a thread that gets it when nobody wants it any more."""

    def __init__(self, store: TokenStore, key: TokenKey) -> None:
        self._store = store
        self._key = key
        self._lock = threading.Lock()
        self._is_given_up = False
        self.number: int | None = None

    def take(self, seconds: float) -> bool:
        """Ask the store; what comes after `give_up` goes straight back."""
        number = self._store.acquire(self._key, seconds)
        with self._lock:
            self.number = number
            is_late = self._is_given_up
        if is_late:
            self.give_back()
        return number is not None and not is_late

    def give_back(self) -> None:
        """Give back what there is. A store that has gone away does not hear of it; its lease ends by itself."""
        with self._lock:
            number, self.number = self.number, None
        if number is None:
            return
        try:
            self._store.release(self._key, number)
        except StoreError:
            pass  # whoever asks the store next is told

    def give_up(self) -> None:
        """Give back without waiting: whoever wanted the token is gone, and no effect can be asked for any more."""
        with self._lock:
            self._is_given_up = True
        if self._store.waits:
            threading.Thread(target=self.give_back, name="fenzu-lease").start()
        else:
            self.give_back()

"""What a handler is given and what it returns."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from fenzu.sandbox.counter import Counter
from fenzu.sandbox.desk import Card


class Call:
    """One request past the checks that all calls share: whose it is, and its fields, not yet judged."""

    __slots__ = ("_card", "client_ip", "counter", "fields")

    def __init__(
        self, counter: Counter, card: Card | None, fields: Mapping[str, object], client_ip: str
    ) -> None:
        self.counter = counter
        self._card = card
        self.fields = fields
        self.client_ip = client_ip

    @property
    def card(self) -> Card:
        """The account that the token belongs to; a token call has none."""
        assert self._card is not None
        return self._card


Answer: TypeAlias = bytes | Awaitable[bytes]
"""Bytes where nothing has to be written, else what becomes bytes once it is on disk."""
Handler: TypeAlias = Callable[[Call], Answer]

"""What a handler is given and what it returns."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from fenzu.sandbox.desk import Card
from fenzu.sandbox.resources import Resources


class Call:
    """One request past the checks that all calls share: whose it is, and its fields, not yet judged."""

    __slots__ = ("_card", "client_ip", "fields", "resources")

    def __init__(
        self, resources: Resources, card: Card | None, fields: Mapping[str, object], client_ip: str
    ) -> None:
        self.resources = resources
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

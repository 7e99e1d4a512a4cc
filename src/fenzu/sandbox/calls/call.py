"""What a handler is given and what it returns: one request on its way through the sandbox."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from fenzu.sandbox.calls.desk import Card
from fenzu.sandbox.calls.resources import Resources
from fenzu.sandbox.faults.registry import Strike
from fenzu.wire.endpoints import Endpoint

NO_FIELDS: Mapping[str, object] = {}


class Call:
    """One request: as it came, and what is known of it after each check.

    The port makes it, the platform fills in which endpoint it is for, whose token it carries and its fields (not yet
    judged), the handler reads it; whoever comes after the answer finds here whose request it was.
    """

    __slots__ = (
        "_resources",
        "body",
        "client_ip",
        "endpoint",
        "fault",
        "fields",
        "method",
        "owner",
        "path",
        "query",
        "secure",
    )

    def __init__(
        self, method: str, path: str, query: bytes, body: bytes, client_ip: str, secure: bool = False
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.client_ip = client_ip
        self.secure = secure
        """Whether it came by HTTPS."""
        self.endpoint: Endpoint | None = None
        """None until the path is known to be a call's."""
        self.fields = NO_FIELDS
        self.owner: Card | None = None
        """The account whose request this is, as far as that is known; a token call's once its appid is."""
        self.fault: Strike | None = None
        """What is done to it on request."""
        self._resources: Resources | None = None

    def admit(self, resources: Resources, fields: Mapping[str, object]) -> None:
        """Hand it over to the handler: the checks that all calls share are passed."""
        self._resources = resources
        self.fields = fields

    @property
    def resources(self) -> Resources:
        """What handlers reach for."""
        assert self._resources is not None
        return self._resources

    @property
    def card(self) -> Card:
        """The account that the token belongs to; a token call has none."""
        assert self.owner is not None
        return self.owner


Answer: TypeAlias = bytes | Awaitable[bytes]
"""Bytes where nothing has to be written, else what becomes bytes once it is on disk."""
Handler: TypeAlias = Callable[[Call], Answer]

"""One route of the control port: where a request goes, what it takes and answers, and what is done. Knows no HTTP."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias, TypeVar

import msgspec

from fenzu.sandbox.control.controlled import Controlled

T = TypeVar("T", bound=msgspec.Struct)


class Asked(msgspec.Struct, frozen=True):
    """What a request brought: the names in its path, its query and its body, decoded as the route says."""

    path: Mapping[str, str] = {}
    query: msgspec.Struct | None = None
    body: msgspec.Struct | None = None
    content: bytes = b""
    """The body as it is, where the route takes a file."""

    @property
    def appid(self) -> str:
        """The account that the path names."""
        return self.path["appid"]


def body_as(kind: type[T], asked: Asked) -> T:
    """Return the body, whose type the route has told."""
    assert isinstance(asked.body, kind)
    return asked.body


def query_as(kind: type[T], asked: Asked) -> T:
    """Return the query, whose type the route has told."""
    assert isinstance(asked.query, kind)
    return asked.query


Perform: TypeAlias = Callable[[Controlled, Asked], Awaitable[object]]


class Route(msgspec.Struct, frozen=True):
    """One row of the table. `perform` is what is done; its name and its docstring are told to people.

    A segment of `path` in braces takes any text: `/accounts/{appid}`.
    """

    method: str
    path: str
    perform: Perform
    gives: object
    takes: type[msgspec.Struct] | None = None
    asks: type[msgspec.Struct] | None = None
    """The query, field by field; every one has a default."""
    status: int = 200
    streams: bool = False
    """Whether it answers with server-sent events: then `perform` gives an iterator of them, and `gives` is of what
    each event tells. `asks` has the field `after`, which the header Last-Event-ID stands in for."""

    takes_file: bool = False
    """Whether the body is a file, handed on as it is."""
    gives_file: bool = False
    """Whether it answers with a file, lines of JSON: then `perform` gives an iterator of its pieces."""

    @property
    def name(self) -> str:
        """What programs call it."""
        return self.perform.__name__.rstrip("_")

    @property
    def summary(self) -> str:
        """What people are told of it."""
        return (self.perform.__doc__ or "").partition("\n")[0].rstrip(".")


class Done(msgspec.Struct, frozen=True):
    """What a call answers that has nothing to tell."""

    ok: bool = True

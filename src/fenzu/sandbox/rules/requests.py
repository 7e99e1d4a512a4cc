"""Requests that change something, as values: what a handler has read and a rule decides about."""

from typing import TypeAlias

import msgspec

from fenzu.sandbox.rules.rows import TokenKind


class CreateGroup(msgspec.Struct, frozen=True):
    """groups/create, its name checked."""

    account: int
    name: str


class RenameGroup(msgspec.Struct, frozen=True):
    """groups/update, its name checked."""

    account: int
    id: int
    name: str


class DeleteGroup(msgspec.Struct, frozen=True):
    """groups/delete."""

    account: int
    id: int


class Move(msgspec.Struct, frozen=True):
    """Both calls that move followers; each openid once. `to` is None where the request names no group."""

    account: int
    openids: tuple[str, ...]
    to: int | None


class CreateTag(msgspec.Struct, frozen=True):
    """tags/create, its name checked."""

    account: int
    name: str


class RenameTag(msgspec.Struct, frozen=True):
    """tags/update, its name checked."""

    account: int
    id: int
    name: str


class DeleteTag(msgspec.Struct, frozen=True):
    """tags/delete."""

    account: int
    id: int


class GiveTag(msgspec.Struct, frozen=True):
    """batchtagging and, where `take` is set, batchuntagging. `tag` is None where the request names none.

    `crowded` are those who have to wait, because too many requests are tagging them already.
    """

    account: int
    openids: tuple[str, ...]
    tag: int | None
    take: bool = False
    crowded: tuple[str, ...] = ()


class Bar(msgspec.Struct, frozen=True):
    """batchblacklist and, where `lift` is set, batchunblacklist."""

    account: int
    openids: tuple[str, ...]
    lift: bool = False


class Remark(msgspec.Struct, frozen=True):
    """updateremark, its text checked."""

    account: int
    openid: str
    text: str


class ClearQuota(msgspec.Struct, frozen=True):
    """clear_quota in a month, counted from the year 0."""

    account: int
    month: int


class FetchToken(msgspec.Struct, frozen=True):
    """Both token calls, after all checks. `fresh` is the text of the token to give, if one is given."""

    account: int
    kind: TokenKind
    now: int
    fresh: str
    force: bool = False

    def __repr__(self) -> str:
        return f"FetchToken({self.account}, {self.kind})"


class EndToken(msgspec.Struct, frozen=True):
    """A token that is to end now: as one past its life (42001), or as one that was superseded (40001)."""

    account: int
    text: str
    now: int
    code: int

    def __repr__(self) -> str:
        return f"EndToken({self.account}, {self.code})"


Labelling: TypeAlias = CreateTag | RenameTag | DeleteTag | GiveTag | Bar | Remark
"""Requests for which tags and notes are read."""
Request: TypeAlias = (
    CreateGroup | RenameGroup | DeleteGroup | Move | FetchToken | EndToken | ClearQuota | Labelling
)


def openids_of(request: Labelling) -> tuple[str, ...]:
    """Return the openids that a request about tags concerns."""
    match request:
        case GiveTag() | Bar():
            return request.openids
        case Remark():
            return (request.openid,)
        case _:
            return ()

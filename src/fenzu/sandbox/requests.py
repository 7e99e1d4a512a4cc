"""Requests that change something, as values: what a handler has read and a rule decides about."""

from typing import TypeAlias

import msgspec

from fenzu.sandbox.rows import TokenKind


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


class FetchToken(msgspec.Struct, frozen=True):
    """Both token calls, after all checks. `fresh` is the text of the token to give, if one is given."""

    account: int
    kind: TokenKind
    now: int
    fresh: str
    force: bool = False

    def __repr__(self) -> str:
        return f"FetchToken({self.account}, {self.kind})"


Request: TypeAlias = CreateGroup | RenameGroup | DeleteGroup | Move | FetchToken

"""Snapshots of a sandbox from outside: keep everything as it is, and put it back."""

import re

import msgspec

from fenzu.control._port import Port
from fenzu.errors import UsageError
from fenzu.wire.snapshots import NAME_PATTERN, NAME_RULE


class Snapshot(msgspec.Struct, frozen=True):
    """A snapshot of a whole sandbox.

    `made` is Unix time by the machine's clock, `size` in bytes, `version` that of the store's tables; `accounts` is how
    many accounts it holds.
    """

    name: str
    made: float
    size: int
    version: int
    accounts: int


class Snapshots:
    """What a sandbox keeps of itself beside its store: accounts with secrets and tokens, followers, quotas, the clock.

    A name is 1 to 64 letters, digits, `_`, `-` and `.`, and begins with no `.`. Snapshots of a sandbox without
    `--store` go when it ends. Those of a store on PostgreSQL are refused: `ControlError` with `not_supported`.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def create(self, name: str) -> Snapshot:
        """Keep everything as it is now; a snapshot of that name is replaced. Calls go on meanwhile."""
        return self._port.call("POST", _path_of(name), Snapshot)

    def list(self) -> list[Snapshot]:
        """Return all snapshots by their names."""
        return self._port.call("GET", "/snapshots", list[Snapshot])

    def restore(self, name: str) -> None:
        """Put everything back as it was, at once: a call is answered as before it or as after it.

        `ControlError` with `unknown_snapshot`, or with `bad_snapshot` for one that is torn, altered or of a later
        fenzu; the sandbox is as it was then.
        """
        self._port.call("POST", _path_of(name, "/restore"), dict[str, object])

    def delete(self, name: str) -> None:
        """Remove a snapshot."""
        self._port.call("DELETE", _path_of(name), dict[str, object])


def _path_of(name: str, rest: str = "") -> str:
    if not re.fullmatch(NAME_PATTERN, name):
        raise UsageError(NAME_RULE)
    return f"/snapshots/{name}{rest}"

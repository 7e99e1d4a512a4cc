"""The bare store: what the sandbox's tables can do by the sandbox's own statements, without HTTP and without rules."""

from array import array
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import TypeAlias

import apsw

from fenzu.sandbox.rules.rows import GroupRow
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.books import read_members
from fenzu.sandbox.store.opening import open_store

ACCOUNT = 1

Moves: TypeAlias = Sequence[tuple[Sequence[str], int]]
"""Some openids, and the group that they go to; several times."""


class BareStore:
    """A store that a sandbox has filled, opened with the sandbox's own settings."""

    def __init__(self, path: str) -> None:
        self._store = open_store(path)
        self._connection = self._store.writer
        rows = self._connection.execute(sql.GROUPS, (ACCOUNT,))
        self.groups = {row[0]: GroupRow(*row) for row in rows}

    def close(self) -> None:
        self._store.close()

    def commit(self, moves: Moves) -> None:
        """Carry out moves, each of some openids to a group, in one transaction: read at once, write at once."""
        target = {openid: group for openids, group in moves for openid in openids}
        found = read_members(self._connection, ACCOUNT, tuple(target))
        moved: dict[int, int] = {}
        changed: dict[int, int] = {}
        for openid, (number, old) in found.items():
            new = target[openid]
            if new != old:
                moved[number] = new
                changed[old] = changed.get(old, 0) - 1
                changed[new] = changed.get(new, 0) + 1
        if not moved:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        packed = array("q", [number << 32 | moved[number] for number in sorted(moved)])
        self._connection.execute(sql.SET_MEMBERSHIPS, (ACCOUNT, apsw.carray(packed)))
        for id_, change in changed.items():
            group = self.groups[id_]
            self.groups[id_] = group._replace(size=group.size + change)
            self._connection.execute(sql.SET_GROUP, (ACCOUNT, *self.groups[id_]))
        self._connection.execute("COMMIT")

    def rate(self, commits: Iterable[Moves], seconds: float) -> float:
        """Commit one after the other for a while; return how many moves were carried out in a second."""
        done = 0
        began = perf_counter()
        for moves in commits:
            self.commit(moves)
            done += len(moves)
            if perf_counter() - began > seconds:
                break
        return done / (perf_counter() - began)

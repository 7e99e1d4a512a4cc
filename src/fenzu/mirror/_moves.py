"""The moves that fenzu made: written as they are told, read again for one follower, forgotten when old. Asks nobody.

What is told at once is kept in one row, as pairs of a follower's number and the group of before: a row for each move
costs half of what moving costs.
"""

from collections.abc import Sequence

import msgspec

from fenzu.mirror._account import Account, listing
from fenzu.mirror._statements import HELD, NUMBERED, whole
from fenzu.model import GroupID

TOGETHER = 5_000
"""So many followers are moved by one statement."""


class PastMove(msgspec.Struct, frozen=True):
    """A move that fenzu made: when, from which group (None where that was not known), and into which."""

    at: float
    source: GroupID | None
    target: GroupID


def move(account: Account, openids: Sequence[str], group_id: int, at: float) -> int:
    """Write that these are in that group, and the moves of those who were not; return how many of them are known.

    Belongs into a transaction of the caller's.
    """
    revision, known = account.next_revision(), 0
    for begin in range(0, len(openids), TOGETHER):
        found = account.database.rows(
            f"SELECT number, group_id FROM {account.by_openid} WHERE account = ? AND {account.listed}",
            [account.id, listing(openids[begin : begin + TOGETHER])],
        )
        known += len(found)
        _write_moves(account, [row for row in found if row[1] != group_id], group_id, at)
        account.database.run(
            "UPDATE mirror_follower SET group_id = ?, seen_at = ?, "
            "revision = CASE WHEN group_id IS DISTINCT FROM ? THEN ? ELSE revision END "
            f"WHERE account = ? AND {NUMBERED[account.database.kind]}",
            [group_id, at, group_id, revision, account.id, _json([number for number, _ in found])],
        )
    return known


def doubt(account: Account, openids: Sequence[str], at: float) -> int:
    """Write that the group of these is not known, and return how many of them are.

    What was asked for before `at` may tell of the time before the move, and counts no more.
    """
    return account.database.run(
        f"UPDATE {account.by_openid} SET group_id = NULL, seen_at = ?, revision = ? "
        f"WHERE account = ? AND {account.listed}",
        [at, account.next_revision(), account.id, listing(openids)],
    )


def history(account: Account, openid: str) -> list[PastMove]:
    """Return the moves of a follower since they last began to follow, the newest first."""
    numbers = account.database.rows(
        f"SELECT number FROM {account.by_openid} WHERE account = ? AND openid = ?", [account.id, openid]
    )
    return [past for (number,) in numbers for past in _moves_of(account, whole(number))]


def forget(account: Account, before: float) -> int:
    """Forget the moves that were made before then, and return how many. Belongs into a transaction of the caller's."""
    forgotten = account.database.rows(
        f"DELETE FROM mirror_move WHERE account = ? AND at < ? RETURNING {HELD[account.database.kind]}",
        [account.id, before],
    )
    if forgotten:
        account.database.run(
            "UPDATE mirror_account SET moves_since = ? WHERE account = ? AND COALESCE(moves_since, ?) <= ?",
            [before, account.id, before, before],
        )
    return sum(whole(n) for (n,) in forgotten)


def _write_moves(account: Account, moves: Sequence[tuple[object, ...]], target: int, at: float) -> None:
    if moves:
        account.database.run(
            "INSERT INTO mirror_move (account, at, target, moves) VALUES (?, ?, ?, ?)",
            [account.id, at, target, _json(moves)],
        )


def _moves_of(account: Account, number: int) -> list[PastMove]:
    holds = "instr" if account.database.kind == "sqlite" else "strpos"
    found = account.database.rows(
        f"SELECT id, at, target, moves FROM mirror_move WHERE account = ? AND {holds}(moves, ?) > 0",
        [account.id, f"[{number},"],
    )
    return [
        PastMove(float(str(at)), None if source is None else GroupID(source), GroupID(whole(target)))
        for _, at, target, moves in sorted(found, key=lambda row: whole(row[0]), reverse=True)
        for moved, source in msgspec.json.decode(str(moves), type=list[tuple[int, int | None]])
        if moved == number
    ]


def _json(values: object) -> str:
    return msgspec.json.encode(values).decode()

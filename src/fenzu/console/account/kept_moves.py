"""What is remembered of small moves: who came from where, for an hour, and where to. Moves nobody."""

import secrets
import time
from collections.abc import Callable, Mapping

import msgspec

from fenzu.errors import UsageError
from fenzu.wire.words import Words

KEPT_SECONDS = 3600.0
"""Seconds that a move can be taken back."""
GROUPS_REMEMBERED = 3
"""So many groups are offered first, because somebody was moved there last."""


class KeptMove(msgspec.Struct, frozen=True):
    """A move that can be taken back: into which group it went, and from where."""

    at: float
    to: int
    sources: dict[str, int]


class KeptMoves:
    """The moves of one account that can still be taken back, and the groups that were moved to last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, KeptMove] = {}
        self.recent: list[int] = []

    def keep(self, to: int, sources: Mapping[str, int], key: str | None = None) -> str:
        """Remember who came from where, for an hour."""
        now = self._clock()
        self._kept = {each: kept for each, kept in self._kept.items() if now - kept.at < KEPT_SECONDS}
        key = key or secrets.token_hex(8)
        self._kept[key] = KeptMove(now, to, dict(sources))
        return key

    def holds(self, key: str) -> bool:
        """Whether the move is remembered."""
        return key in self._kept

    def take(self, key: str) -> KeptMove:
        """Return a move and forget it; raises `UsageError` where it cannot be taken back any more."""
        kept = self._kept.pop(key, None)
        if kept is None or self._clock() - kept.at >= KEPT_SECONDS:
            raise UsageError(
                Words(
                    "this move was taken back already, or is more than an hour old",
                    "这次移动已撤销过，或已超过一小时",
                ),
                Words("select the followers and move them again", "请重新选择粉丝并移动"),
            )
        return kept

    def went_to(self, group_id: int) -> None:
        """Note where somebody was moved to."""
        self.recent = [group_id, *(each for each in self.recent if each != group_id)][:GROUPS_REMEMBERED]

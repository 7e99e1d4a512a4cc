"""Who is being tagged at this moment, and by how many requests at once: beyond a few, the platform asks to wait."""

from collections.abc import Iterable

from fenzu.wire.limits import TAGGINGS_AT_ONCE


class Crowd:
    """Counts requests under way by openid, of one account."""

    def __init__(self) -> None:
        self._under_way: dict[str, int] = {}

    def part(self, openids: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return those of the openids who may be tagged now, and those whom too many requests are tagging already."""
        counts = self._under_way
        if not counts:
            return openids, ()
        crowded = tuple(openid for openid in openids if counts.get(openid, 0) >= TAGGINGS_AT_ONCE)
        if not crowded:
            return openids, ()
        return tuple(openid for openid in openids if openid not in set(crowded)), crowded

    def enter(self, openids: Iterable[str]) -> None:
        """Note that a request is under way."""
        counts = self._under_way
        for openid in openids:
            counts[openid] = counts.get(openid, 0) + 1

    def leave(self, openids: Iterable[str]) -> None:
        """Note that it is answered."""
        counts = self._under_way
        for openid in openids:
            left = counts[openid] - 1
            if left:
                counts[openid] = left
            else:
                del counts[openid]

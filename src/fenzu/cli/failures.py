"""How failures of single openids are told: each in a cell, and all of them by kind. Decides nothing."""

from collections.abc import Mapping

from fenzu.cli.io import Streams, harmless
from fenzu.errors import FenzuError, InvalidOpenid, NotAFollower, UsageError
from fenzu.wire.words import Words

OF_AN_OPENID = (InvalidOpenid, NotAFollower, UsageError)
"""What says that this one openid is bad, and nothing about the others."""
SHOWN = 60
"""So many characters of a malformed line are shown."""


def message_of(error: FenzuError, streams: Streams) -> str:
    """Return the platform's own message, or ours where the platform was not asked."""
    return getattr(error, "message", "") or error.words.say(streams.language)


def error_as_json(error: FenzuError, streams: Streams) -> dict[str, object]:
    """Return an error for JSON, in our own names."""
    return {"code": getattr(error, "code", None), "message": message_of(error, streams)}


def complain_by_kind(streams: Streams, failed: Mapping[str, FenzuError]) -> None:
    """Tell of many errors each kind once: how often it came, the first of them, and what to do."""
    kinds: dict[tuple[type, object], list[str]] = {}
    for openid, error in failed.items():
        kinds.setdefault((type(error), getattr(error, "code", None)), []).append(openid)
    for openids in sorted(kinds.values(), key=len, reverse=True):
        first = _in_full(openids[0], failed[openids[0]], alone=len(openids) == 1)
        streams.complain(f"{len(openids):,} × {first.say(streams.language)}")


def _in_full(line: str, error: FenzuError, *, alone: bool) -> FenzuError:
    """Show a malformed line as it was given: it is a slip of the pen, and no follower's id that had to be masked."""
    if not isinstance(error, UsageError):
        return error
    shown = harmless(line if len(line) <= SHOWN else line[:SHOWN] + "…")
    more = "" if alone else ", …"
    return UsageError(Words(f"not an openid: '{shown}'{more}", f"不是 openid：'{shown}'{more}"), error.advice)

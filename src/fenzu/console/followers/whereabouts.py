"""Who of up to fifty followers is in which group: as the platform says it, or by the mirror where it refuses to tell.

Each call has a day's quota of its own. So where profiles cannot be read any more, groups may still be asked one by one.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from fenzu.errors import ApiError, MinuteQuotaExceeded, NotFound, PlatformBusy, TransportError

if TYPE_CHECKING:
    from fenzu.console.account.desk import Desk

STOPS_ASKING = (TransportError, PlatformBusy, MinuteQuotaExceeded)
"""What another call would meet too. A day's quota does not: each call has one of its own."""


class Whereabouts(msgspec.Struct, frozen=True):
    """The group of each, None for who does not follow. Of whom nobody knows it, they are left out."""

    groups: Mapping[str, int | None]
    refusal: ApiError | None = None
    """Why the platform does not tell; then it is the mirror's word."""


async def ask(desk: "Desk", openids: Sequence[str]) -> Whereabouts:
    """Ask for all at once, and tell the mirror too. Raises what the next call would meet as well."""
    mirrors, at = await desk.mirrors(), time.time()
    try:
        profiles = await desk.client.followers.get_many(openids)
    except STOPS_ASKING:
        raise
    except ApiError as refusal:
        rows = await asyncio.to_thread(mirrors.read.find, openids)
        known = {openid: row.group_id for openid, row in rows.items() if row.group_id is not None}
        return Whereabouts(known, refusal)
    await asyncio.to_thread(mirrors.write.learn, profiles, at)
    return Whereabouts(
        {
            profile.openid: profile.group_id if profile.subscribe else None
            for profile in profiles
            if not profile.subscribe or profile.group_id is not None
        }
    )


async def ask_well(desk: "Desk", openids: Sequence[str]) -> Whereabouts:
    """Ask for all at once, or one by one where that is refused; the mirror answers only where that is refused too."""
    found = await ask(desk, openids)
    if found.refusal is None:
        return found
    try:
        return Whereabouts({openid: await _group_of(desk, openid) for openid in openids})
    except STOPS_ASKING:
        raise
    except ApiError:
        return found


async def _group_of(desk: "Desk", openid: str) -> int | None:
    try:
        return await desk.client.groups.of(openid)
    except NotFound:
        return None

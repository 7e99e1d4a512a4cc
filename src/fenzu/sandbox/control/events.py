"""The control port's route about events of followers: what was pushed to the callback, and what became of it."""

from typing import Annotated

import msgspec

from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Route, query_as
from fenzu.sandbox.events.pushing import Event


class ListEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which events: those of an account, those behind the number `after`."""

    appid: str | None = None
    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class PushedEvents(msgspec.Struct, frozen=True):
    """Where events go, and the last of them. Without a callback there are none."""

    callback: str | None
    events: list[Event]


async def list_events(platform: Controlled, asked: Asked) -> PushedEvents:
    """List the events of followers that were pushed or wait for it, the oldest first."""
    wanted, events = query_as(ListEvents, asked), platform.events
    chosen = [
        event for event in events.list() if event.id > wanted.after and wanted.appid in (None, event.appid)
    ]
    return PushedEvents(None if events.callback is None else events.callback.url, chosen)


ROUTES = (Route("GET", "/events", list_events, PushedEvents, asks=ListEvents),)

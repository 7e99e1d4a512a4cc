"""Events of followers from outside: what a sandbox pushed to its callback, and what became of it."""

import msgspec

from fenzu.control._port import Port, check_appid, query_of


class PushedEvent(msgspec.Struct, frozen=True):
    """Somebody subscribed or unsubscribed, and whether the callback took it.

    `event` is subscribe or unsubscribe; `at` is Unix time by the sandbox's clock. `state` is waiting, taken, failed or
    dropped (too many waited); `tries` tells how often it was pushed, `detail` what came of the last time.
    """

    id: int
    appid: str
    openid: str
    event: str
    at: int
    state: str
    tries: int = 0
    detail: str = ""


class _Pushed(msgspec.Struct):
    callback: str | None
    events: list[PushedEvent]


class Events:
    """What a sandbox with `--callback` pushes: the last thousand that are over, and all that wait."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def list(self, appid: str | None = None, *, after: int = 0) -> list[PushedEvent]:
        """Return the events, the oldest first: of one account, behind the event of that id."""
        query = query_of(after=after, appid=None if appid is None else check_appid(appid))
        return self._port.call("GET", "/events" + query, _Pushed).events

    def callback(self) -> str | None:
        """Return where they are pushed to; None for a sandbox without `--callback`, which has no events."""
        return self._port.call("GET", "/events", _Pushed).callback

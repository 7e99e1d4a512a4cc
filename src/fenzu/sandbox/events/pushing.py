"""Events on their way: a queue, a thread that pushes them one after the other, and what became of the last ones.

Whatever the application does with them, the sandbox does not wait for it: a callback that is dead costs the events that
stand behind it time, and nobody else.
"""

import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import msgspec

from fenzu.sandbox.events.callback import Answered, Callback, post
from fenzu.sandbox.events.message import EventName, original_id_of, write_message, write_query
from fenzu.wire.limits import EVENT_TRIES

AT_ONCE = 1_000
"""Followers who come or go in one request beyond which it is a load and no event: nothing is pushed for it then."""
WAITING = 10_000
"""Events that wait at most; one more is dropped."""
REMEMBERED = 1_000
"""Events that are over and told."""

State: TypeAlias = Literal["waiting", "taken", "failed", "dropped"]
Post: TypeAlias = Callable[[Callback, str, bytes], Answered]


class Event(msgspec.Struct, frozen=True):
    """An event, and what has become of it. `at` is Unix time by the sandbox's clock; `tries` are those made so far."""

    id: int
    appid: str
    openid: str
    event: EventName
    at: int
    state: State = "waiting"
    tries: int = 0
    detail: str = ""


class Events:
    """The events of one sandbox. `announce` belongs on the event loop; without a callback it does nothing."""

    def __init__(self, clock: Callable[[], float], *, post: Post = post) -> None:
        self.callback: Callback | None = None
        self._clock = clock
        self._post = post
        self._lock = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._over: deque[Event] = deque(maxlen=REMEMBERED)
        self._under_way: Event | None = None
        self._last = 0
        self._thread: threading.Thread | None = None
        self._stops = False

    def announce(self, event: EventName, appid: str, openids: Sequence[str]) -> None:
        """Queue an event for each of the openids, in their order."""
        if self.callback is None or not 0 < len(openids) <= AT_ONCE:
            return
        at = int(self._clock())
        with self._lock:
            for openid in openids:
                self._last += 1
                one = Event(self._last, appid, openid, event, at)
                if len(self._waiting) < WAITING:
                    self._waiting.append(one)
                else:
                    self._over.append(msgspec.structs.replace(one, state="dropped"))
            self._lock.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="fenzu-sandbox-events", daemon=True)
                self._thread.start()

    def list(self) -> list[Event]:
        """Return the last ones that are over, and all that wait, the oldest first."""
        with self._lock:
            under_way = [] if self._under_way is None else [self._under_way]
            return sorted([*self._over, *under_way, *self._waiting], key=lambda event: event.id)

    def stop(self) -> None:
        """Push nothing more. Who waits for the answer of a callback is not waited for."""
        with self._lock:
            self._stops = True
            self._lock.notify_all()

    def _run(self) -> None:
        while (event := self._take()) is not None:
            while event.state == "waiting":
                event = self._try(event)
            self._end(event)

    def _try(self, event: Event) -> Event:
        """Push an event once, and return what has become of it."""
        answered = self._push(event)
        tries = event.tries + 1
        state: State = (
            "taken" if answered.is_good else "failed" if tries == EVENT_TRIES or self._stops else "waiting"
        )
        event = msgspec.structs.replace(event, tries=tries, detail=answered.detail, state=state)
        with self._lock:
            self._under_way = event
        return event

    def _take(self) -> Event | None:
        with self._lock:
            self._lock.wait_for(lambda: self._waiting or self._stops)
            if self._stops:
                return None
            self._under_way = self._waiting.popleft()
            return self._under_way

    def _end(self, event: Event) -> None:
        with self._lock:
            self._under_way = None
            self._over.append(event)
            self._lock.notify_all()

    def _push(self, event: Event) -> Answered:
        assert self.callback is not None
        nonce = str(secrets.randbelow(2**31))
        query = write_query(self.callback.token, event.openid, int(self._clock()), nonce)
        body = write_message(original_id_of(event.appid), event.openid, event.event, event.at)
        try:
            return self._post(self.callback, query, body)
        except Exception as error:  # noqa: BLE001 - the thread lives on, whatever an address makes of it
            return Answered(is_good=False, detail=type(error).__name__)

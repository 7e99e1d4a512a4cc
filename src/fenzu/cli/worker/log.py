"""What a worker tells on stderr: a line of JSON an event, for whatever collects logs. No openid, no secret."""

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import msgspec

from fenzu.regroup._queueing.job import Away, Busy, Told
from fenzu.regroup._running.events import Finished, GroupKept, GroupReady, Progress, Started, Stopped, Waiting

if TYPE_CHECKING:
    from fenzu.regroup._values import Header
    from fenzu.wire.words import Language

EVERY = 30.0
"""Seconds between two lines about the progress of a run."""


class Log:
    """Writes events as lines; progress now and then only."""

    def __init__(self, language: "Language", stream: TextIO | None = None) -> None:
        self._language = language
        self._stream = sys.stderr if stream is None else stream
        self._told: dict[int, float] = {}

    def write(self, event: str, **fields: object) -> None:
        """Write one line."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = msgspec.json.encode({"at": at, "event": event, **fields}).decode()
        print(line, file=self._stream, flush=True)

    def tell(self, run: int, header: "Header | None", event: Told) -> None:
        """Write what happened to a run."""
        if isinstance(event, Progress):
            now = time.monotonic()
            if now < self._told.get(run, float("-inf")) + EVERY:
                return
            self._told[run] = now
        elif not isinstance(event, Waiting | GroupReady | GroupKept):
            self._told.pop(run, None)
        name, fields = self._fields(event)
        whose = {"appid": header.appid, "base_url": header.base_url} if header is not None else {}
        self.write(name, run=run, **whose, **fields)

    def _fields(self, event: Told) -> tuple[str, dict[str, object]]:
        match event:
            case Busy():
                return "busy", {}
            case Away():
                return "away", {"error": event.error.say(self._language)}
            case Stopped():
                tally: dict[str, object] = msgspec.to_builtins(event.tally)
                words = None if event.error is None else event.error.say(self._language)
                return "stopped", {
                    "reason": event.reason,
                    "error": words,
                    "renews_at": event.renews_at,
                    **tally,
                }
            case Started():
                return "started", {"kind": event.kind, "resumed": event.resumed}
            case Finished():
                return "finished", msgspec.to_builtins(event.tally)
            case _:
                fields: dict[str, object] = msgspec.to_builtins(event)
                fields.pop("at", None)  # told by the line
                return str(fields.pop("event")), fields

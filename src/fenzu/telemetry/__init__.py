"""What a client does, as events, and made into log lines; `fenzu.telemetry.otel` makes spans and metrics of them.

`Client(…, on_event=log_events)`, or any function that takes an event. An event tells the call, how it ended and how
long it took, and never a token, a secret, an openid or a body.
"""

import logging

from fenzu.client._events import Answered, AnyEvent, Event, Listener, Retrying, Sending, TokenRenewed

__all__ = ["Answered", "AnyEvent", "Event", "Listener", "Retrying", "Sending", "TokenRenewed", "log_events"]

_log = logging.getLogger("fenzu")


def log_events(event: AnyEvent) -> None:
    """Write events to the logger `fenzu`: answers as DEBUG, new tokens as INFO, retries as WARNING.

    A record also carries the event itself, as its attribute `fenzu_event`, for formatters that write JSON.
    """
    extra = {"fenzu_event": event}
    if isinstance(event, Answered):
        said = (event.endpoint, _outcome(event), event.seconds, event.number)
        _log.debug("%s: %s after %.3f s (try %d)", *said, extra=extra)
    elif isinstance(event, Retrying):
        said = (event.endpoint, _outcome(event), event.seconds, event.number)
        _log.warning("%s: %s, next try in %.1f s (try %d)", *said, extra=extra)
    elif isinstance(event, TokenRenewed):
        _log.info("%s: a token for %d s", event.endpoint, event.expires_in, extra=extra)


def _outcome(event: Answered | Retrying) -> str:
    if event.error is None:
        return "ok"
    return event.error if event.errcode is None else f"{event.errcode} {event.error}"

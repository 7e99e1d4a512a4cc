"""What a client tells a listener while it works: frozen values that hold no token, no secret, no openid and no body.

It decides nothing and knows no logging and no tracing; `fenzu.telemetry` makes those of it.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What all events tell: the account, and the call by fenzu's name of it (`groups.move`, `token.stable`)."""

    appid: str
    base_url: str
    endpoint: str


class Sending(Event, frozen=True, kw_only=True):
    """A request is about to be sent. `number` counts a call's tries, from 1."""

    number: int


class Answered(Event, frozen=True, kw_only=True):
    """A try has ended: with an answer of the platform's, or with none that is usable.

    `errcode` is 0 for success and None where there was no answer, `error` the name of the error's class. The try began
    at `started_at` (Unix time) and took so many `seconds`. A cancelled try ends without this.
    """

    number: int
    started_at: float
    seconds: float
    errcode: int | None = 0
    error: str | None = None
    rid: str | None = None


class Retrying(Event, frozen=True, kw_only=True):
    """Try `number` has failed, and the next one follows after so many `seconds`.

    The platform was busy, its answer lost, or the minute's quota used up.
    """

    number: int
    seconds: float
    errcode: int | None
    error: str


class TokenRenewed(Event, frozen=True, kw_only=True):
    """The platform gave a token, for so many seconds: a new one or, where it was asked early, the same again."""

    expires_in: float


AnyEvent: TypeAlias = Sending | Answered | Retrying | TokenRenewed
"""What a listener is called with."""
Listener: TypeAlias = Callable[[AnyEvent], object]
"""Called where the call is made, in its thread or task, so it must not block. What it raises is logged, no more."""

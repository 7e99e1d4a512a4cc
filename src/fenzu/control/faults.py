"""Faults of a sandbox from outside: what is to go wrong, for which calls, and when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Self, TypedDict, Unpack

import msgspec

from fenzu.control._port import Port, path_of

ALL = "/faults"


class When(TypedDict, total=False):
    """When a fault strikes: all that is given has to hold, and with nothing given it strikes every call.

    `chance` (0 to 1) is drawn from the seed; `nth` strikes the n-th call that the fault meets, or several; `every` one
    in so many; `times` at most so often. `since` and `until` are times of the sandbox's clock: Unix time, or a date
    with its zone.
    """

    chance: float
    nth: int | tuple[int, ...]
    every: int
    since: float | datetime
    until: float | datetime
    times: int


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule by which calls go wrong, made by the method that says how: `Fault.busy("groups.move", nth=3)`.

    `call` is the platform's path below /cgi-bin/ or fenzu's name of the call; `*` stands for anything: `groups/*`,
    `groups.move*`, `*`.
    """

    call: str
    errcode: int | None = None
    message: str | None = None
    delay_ms: int | tuple[int, int] | None = None
    effect: (
        Literal["lost_answer", "reset", "truncate", "empty", "text_plain", "stale", "expire_token"] | None
    ) = None
    chance: float | None = None
    nth: int | tuple[int, ...] | None = None
    every: int | None = None
    since: float | datetime | None = msgspec.field(default=None, name="from")
    until: float | datetime | None = None
    times: int | None = None

    @classmethod
    def answer(cls, call: str, errcode: int, message: str | None = None, **when: Unpack[When]) -> Self:
        """The call is not done and answers a code of the platform's, with its own text unless `message` is given."""
        return cls(call, errcode=errcode, message=message, **when)

    @classmethod
    def busy(cls, call: str = "*", **when: Unpack[When]) -> Self:
        """The call is not done and answers -1: the platform is busy."""
        return cls(call, errcode=-1, **when)

    @classmethod
    def delay(cls, call: str, milliseconds: int | tuple[int, int], **when: Unpack[When]) -> Self:
        """The call is done so much later; of two numbers, each call draws its own delay between them."""
        return cls(call, delay_ms=milliseconds, **when)

    @classmethod
    def lost_answer(cls, call: str, **when: Unpack[When]) -> Self:
        """The call is done, and the connection closed without an answer."""
        return cls(call, effect="lost_answer", **when)

    @classmethod
    def reset(cls, call: str, **when: Unpack[When]) -> Self:
        """The call is done, and the connection reset in the middle of the answer."""
        return cls(call, effect="reset", **when)

    @classmethod
    def truncated(cls, call: str, **when: Unpack[When]) -> Self:
        """The call is done; its answer is complete as HTTP, and its JSON is cut off."""
        return cls(call, effect="truncate", **when)

    @classmethod
    def empty(cls, call: str, **when: Unpack[When]) -> Self:
        """The call is done and answers 200 with an empty body."""
        return cls(call, effect="empty", **when)

    @classmethod
    def text_plain(cls, call: str, **when: Unpack[When]) -> Self:
        """The call is done and its answer called text/plain, as the platform has been seen to do."""
        return cls(call, effect="text_plain", **when)

    @classmethod
    def stale(cls, call: str, **when: Unpack[When]) -> Self:
        """A read answers what was true before the account's last call that writes, as a lagging copy would."""
        return cls(call, effect="stale", **when)

    @classmethod
    def expired_token(cls, call: str = "*", errcode: int = 42001, **when: Unpack[When]) -> Self:
        """The call is not done, and its token ends at once: it answers 42001, or 40001, from now on."""
        return cls(call, errcode=errcode, effect="expire_token", **when)


class HeldFault(Fault, frozen=True, kw_only=True):
    """A fault that holds: how many calls it has met, and how many of them it struck."""

    met: int
    struck: int


class FaultReport(msgspec.Struct, frozen=True):
    """The faults that hold, in their order, and the seed of their chances."""

    seed: int
    rules: tuple[HeldFault, ...]


class Faults:
    """What goes wrong on request: for one account, or for all where no appid is given.

    Of several faults that fit, all delay; of the rest the first one counts, an account's own before those for all. Each
    account is counted for itself. They end with the process, and stay when an account is emptied.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def get(self, appid: str | None = None) -> FaultReport:
        """Return the faults that hold, with what they have done."""
        return self._port.call("GET", _path(appid), FaultReport)

    def set(self, faults: Iterable[Fault], appid: str | None = None, *, seed: int = 0) -> FaultReport:
        """Let these faults hold in place of those before, counted from nothing.

        Equal seeds and equal calls give equal faults. `ControlError` names the field that makes no sense.
        """
        body = {"seed": seed, "rules": list(faults)}
        return self._port.call("PUT", _path(appid), FaultReport, body)

    def clear(self, appid: str | None = None) -> None:
        """Let nothing go wrong any more; those for all accounts, and an account's own, are cleared each for itself."""
        self._port.call("DELETE", _path(appid), dict[str, object])


def _path(appid: str | None) -> str:
    return ALL if appid is None else path_of(appid, ALL)

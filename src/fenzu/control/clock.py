"""The sandbox's clock from outside: read it, move it on, stop it, let it run faster."""

from datetime import datetime

import msgspec

from fenzu.control._port import Port


class ClockReading(msgspec.Struct, frozen=True):
    """What a sandbox's clock shows, and how it is set.

    `now` is Unix time and `beijing` the same as a date there; at `midnight` (Unix time as well) the daily quotas renew.
    `rate` is how many seconds pass in a real one, `offset` how far the clock is ahead of real time.
    """

    now: float
    beijing: str
    midnight: int
    frozen: bool
    rate: float
    offset: float


class Clock:
    """The time of the whole sandbox: its tokens, quotas, request ids and follow times go by it.

    It goes forward only, also over a restart of a `--store`; whatever it is told, it answers at once. Every account of
    the sandbox lives by it, so tests that turn it want a sandbox of their own.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def read(self) -> ClockReading:
        """Return what the clock shows."""
        return self._port.call("GET", "/clock", ClockReading)

    def advance(self, seconds: float) -> ClockReading:
        """Move the clock on, as if so many seconds had passed: two hours end a token, a day renews the quotas."""
        return self._turn(advance=seconds)

    def advance_to(self, moment: float | datetime) -> ClockReading:
        """Move the clock on to a moment: Unix time, or a date with its zone. `ControlError` for one that is past."""
        return self._turn(set=moment)

    def advance_to_midnight(self) -> ClockReading:
        """Move the clock on to the next midnight in Beijing, when the daily quotas renew."""
        return self.advance_to(self.read().midnight)

    def freeze(self) -> ClockReading:
        """Stop the clock; it can still be moved on."""
        return self._turn(freeze=True)

    def resume(self) -> ClockReading:
        """Let a frozen clock go on from where it stands."""
        return self._turn(freeze=False)

    def rate(self, rate: float) -> ClockReading:
        """Let so many seconds pass in a real one, up to a million: at 60 a minute takes a second."""
        return self._turn(rate=rate)

    def reset(self) -> ClockReading:
        """Go back to real time. What the sandbox did later than that stays, with its date in the future.

        A token from then is taken until it ends by its own date, but a token call gives a new one.
        """
        return self._port.call("DELETE", "/clock", ClockReading)

    def _turn(self, **wish: object) -> ClockReading:
        return self._port.call("POST", "/clock", ClockReading, wish)

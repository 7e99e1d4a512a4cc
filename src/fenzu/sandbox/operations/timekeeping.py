"""The clock as control turns it: each turn is in the store before it counts, so a restart goes on at the same time."""

from collections.abc import Callable

from fenzu.sandbox.clock import REAL, Reading, SandboxClock, Setting, Turn, turn
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.settings import read_kept, write_kept
from fenzu.sandbox.store.writer import Writer

NAME = "clock"
TURN = 2
"""Held by whoever turns the clock of a store that several sandboxes share; 1 is held for the first account."""


class Timekeeping:
    """Turns one clock; `turned` is called after each turn."""

    def __init__(self, clock: SandboxClock, writer: Writer, turned: Callable[[], None]) -> None:
        self._clock = clock
        self._writer = writer
        self._turned = turned

    def read(self) -> Reading:
        """Tell what the clock shows and how it is set."""
        return self._clock.read()

    async def turn(self, wish: Turn) -> Reading:
        """Set the clock; raises UsageError for what cannot be, such as a time that is past."""

        def work(connection: Connection) -> Setting:
            # What the store says counts: turns that are asked for at once come one after the other here.
            connection.lock(TURN)
            setting = turn(read_setting(connection), self._clock.raw(), wish)
            write_kept(connection, NAME, setting)
            return setting

        await self._writer.perform(work, self._enter)
        return self.read()

    async def free(self) -> Reading:
        """Go back to real time, the only way by which the clock may run backwards."""

        def work(connection: Connection) -> Setting:
            connection.lock(TURN)
            write_kept(connection, NAME, REAL)
            return REAL

        await self._writer.perform(work, self._enter)
        return self.read()

    def reload(self, connection: Connection) -> None:
        """Set the clock as the store says that it is set."""
        self._enter(read_setting(connection))

    def _enter(self, setting: Setting) -> None:
        self._clock.setting = setting
        self._turned()


def read_setting(connection: Connection) -> Setting:
    """Return how the store's clock is set."""
    return read_kept(connection, NAME, Setting) or REAL

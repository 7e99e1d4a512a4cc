"""An event loop whose time jumps: where everybody waits, it is at once as late as the first of them waits for."""

import asyncio
import contextlib
import gc
import selectors
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

STEPS = 2_000_000
"""A program that takes more turns of the loop than this goes round in circles."""


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing of what ran in the loop gets to run on."""


class Stuck(Exception):
    """Everybody waits for something that nobody will do, or the program goes round in circles."""


class _Jump(selectors.BaseSelector):
    """Waits for nothing: time passes instead. It reads no socket."""

    def __init__(self) -> None:
        self.now = 0.0
        self.turns = 0
        self.kill_at: int | None = None
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self._keys[fileobj] = selectors.SelectorKey(fileobj, int(fileobj), events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        if self.turns == self.kill_at:
            raise Killed
        if timeout is None:
            raise Stuck("everybody waits, and no time would end it")
        if self.turns > STEPS:
            raise Stuck("two million turns without an end")
        self.now += max(timeout, 0.0)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, from 0 on. The same program does the same in the same order, each time.

    What would be done in a thread is done at once. `kill_at` ends it before a turn by raising `Killed`; `bury` then
    drops what ran in it.
    """

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._jump.now

    @property
    def turns(self) -> int:
        """How many turns the loop has taken."""
        return self._jump.turns

    def kill_at(self, turn: int | None) -> None:
        """Let the process end so many turns from now."""
        self._jump.kill_at = None if turn is None else self._jump.turns + turn

    def run_in_executor(  # type: ignore[override]  # nothing but what is called in a thread comes here
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> "asyncio.Future[Any]":
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, who awaits it is told
            done.set_exception(error)
        return done

    def bury(self) -> None:
        """Drop all tasks of a program that was killed, and close. Its `finally` blocks run here and may not wait.

        What waits to be given back in a thread is given back all the same, as the system does it for a dead process.
        """
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own; it was to be destroyed
            with contextlib.suppress(BaseException):
                task.get_coro().close()
        vars(self)["_ready"].clear()
        vars(self)["_scheduled"].clear()
        self.close()
        if tasks:
            tasks.clear()
            gc.collect()


class VirtualClock:
    """The time of a loop as a clock: Unix seconds from `start` on."""

    def __init__(self, loop: VirtualLoop, start: float) -> None:
        self._loop = loop
        self._start = start

    def time(self) -> float:
        return self._start + self._loop.time()

    def monotonic(self) -> float:
        return self._loop.time()

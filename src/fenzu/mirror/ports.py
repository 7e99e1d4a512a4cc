"""What mirror and engine need besides the platform and threads: a clock."""

from typing import Protocol


class Clock(Protocol):
    """Tells the time; the module `time` is one."""

    def time(self) -> float:
        """Return the Unix time in seconds."""
        ...

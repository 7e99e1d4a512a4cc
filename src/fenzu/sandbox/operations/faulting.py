"""Faults as control sets them: for an account that there is, or for all. They go with the process."""

from fenzu.sandbox.calls.desk import Desk
from fenzu.sandbox.faults.asked import FaultRules, HeldRules
from fenzu.sandbox.faults.registry import Faults
from fenzu.sandbox.faults.stale import Earlier


class Faulting:
    """Sets and tells faults. An appid that no account has raises UnknownAccount; None means all accounts."""

    def __init__(self, faults: Faults, earlier: Earlier, desk: Desk) -> None:
        self._faults = faults
        self._earlier = earlier
        self._desk = desk

    def get(self, appid: str | None = None) -> HeldRules:
        """Return the faults that hold, with what they have done."""
        self._look_for(appid)
        return self._faults.get(appid)

    def set(self, asked: FaultRules, appid: str | None = None) -> HeldRules:
        """Let faults hold in place of those before; raises UsageError for what makes no sense."""
        self._look_for(appid)
        self._faults.set(asked, appid)
        self._earlier.close()
        return self._faults.get(appid)

    def clear(self, appid: str | None = None) -> None:
        """Let none hold any more."""
        self._look_for(appid)
        self._faults.clear(appid)
        self._earlier.close()

    def _look_for(self, appid: str | None) -> None:
        if appid is not None:
            self._desk.card(appid)

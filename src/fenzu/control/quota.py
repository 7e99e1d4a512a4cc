"""Quotas from outside: how often an account may call, what it has used, and whether the sandbox refuses anything."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from fenzu.control._port import Port, given, path_of

Mode: TypeAlias = Literal["off", "ordinary", "test", "large"]
"""Whether quotas refuse, and the kind of the accounts that have none of their own; `off` counts and refuses nothing."""


class AccountQuota(msgspec.Struct, frozen=True):
    """How often an account may call, by the calls' names (`groups.move_many`): a day, a minute, and what it used today.

    `kind` is ordinary, test or large; `enforced` tells whether calls beyond the limits are refused.
    """

    kind: str
    enforced: bool
    used: Mapping[str, int]
    limits: Mapping[str, int]
    minute: Mapping[str, int]


class _QuotaMode(msgspec.Struct, frozen=True):
    mode: Mode


class Quota:
    """The quotas of the sandbox's accounts, so that a test reaches their end in a few calls.

    They hold at once, and a `--store` keeps them over a restart.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def get(self, appid: str) -> AccountQuota:
        """Return an account's limits and what it used of them today."""
        return self._port.call("GET", path_of(appid, "/quota"), AccountQuota)

    def set(
        self,
        appid: str,
        *,
        kind: str | msgspec.UnsetType | None = msgspec.UNSET,
        enforced: bool | msgspec.UnsetType | None = msgspec.UNSET,
        used: Mapping[str, int] | None = None,
        limits: Mapping[str, int | None] | None = None,
        minute: Mapping[str, int | None] | None = None,
    ) -> AccountQuota:
        """Change what is named and leave the rest: `used` of today, `limits` a day, `minute` limits, by call.

        `enforced=True` refuses beyond the limits, whatever the sandbox's mode. None stands for what holds by itself:
        the mode's for `kind` and `enforced`, the kind's for a limit.
        """
        own = {
            name: value
            for name, value in (("kind", kind), ("enforced", enforced))
            if value is not msgspec.UNSET
        }
        wish = own | given(used=used, limits=limits, minute=minute)
        return self._port.call("PUT", path_of(appid, "/quota"), AccountQuota, wish)

    def mode(self) -> Mode:
        """Return whether quotas refuse anything in this sandbox."""
        return self._port.call("GET", "/quota", _QuotaMode).mode

    def set_mode(self, mode: Mode) -> None:
        """Let quotas refuse or not, for every account that has no setting of its own."""
        self._port.call("PUT", "/quota", _QuotaMode, {"mode": mode})

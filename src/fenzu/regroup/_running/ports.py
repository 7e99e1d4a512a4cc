"""What the engine needs of the mirror, and the settings of a run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from fenzu.model import Group
from fenzu.pauses import TRIES


class NotNow(Exception):
    """Leaves a call unsent that was let pass, and then had to wait; never leaves the engine."""


class MirrorRow(Protocol):
    """A follower as the mirror knows it."""

    @property
    def openid(self) -> str:
        """Whose row it is."""
        ...

    @property
    def group_id(self) -> int | None:
        """None while it is not known."""
        ...

    @property
    def follows(self) -> bool:
        """Whether the person follows the account."""
        ...

    @property
    def revision(self) -> int:
        """The mirror's when this last changed."""
        ...

    @property
    def seen_at(self) -> float | None:
        """When it was learnt, in Unix seconds."""
        ...

    @property
    def gone_at(self) -> float | None:
        """When they left; None while they follow."""
        ...


class Mirrored(Protocol):
    """What the engine tells the mirror and asks it; `fenzu.mirror.Mirror` is one."""

    @property
    def id(self) -> str:
        """Which mirror of the account it is."""
        ...

    @property
    def revision(self) -> int:
        """Rises with each change of somebody's group or subscription."""
        ...

    def note_groups(self, groups: Sequence[Group], at: float) -> object:
        """Take over what groups there are."""
        ...

    def moved(self, openids: Sequence[str], group_id: int, at: float) -> object:
        """Note that they are in the group now, on disk when this returns."""
        ...

    def find(self, openids: Iterable[str]) -> Mapping[str, MirrorRow]:
        """Return what is known of these, by openid."""
        ...


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a run is carried out."""

    in_flight: int = 64
    """At most so many calls under way at once; it begins with few."""
    max_failures: int | None = None
    """Stop when more followers could not be moved; None: 1 % of those to be moved, at least 20 and at most 500."""
    reserve: int = 0
    """Leave so many of the day's moving calls to others."""
    wait_for_quota: bool = False
    """Wait for the next day's calls instead of stopping."""
    tries: int = TRIES
    """So often a call is sent that is met by a busy platform or a broken connection."""

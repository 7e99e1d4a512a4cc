"""What mirror and engine need of the platform: a method a call. The client fulfils it (`account.directory`)."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from fenzu.model import CallQuota, Follower, Group, OpenID, Page


class Directory(Protocol):
    """One account's groups and followers.

    Each method makes one call and tries it once; only a token that has ended is renewed and the call sent again. So
    whoever asks decides about repeating, and counts: what it raises (`ApiError`, `TransportError`) is what that one
    call met, and after a `TransportError` or -1 it may have been carried out.
    """

    @property
    def appid(self) -> str:
        """The account's."""
        ...

    @property
    def base_url(self) -> str:
        """Where it is: production, or a sandbox."""
        ...

    async def groups(self) -> Sequence[Group]:
        """All groups with their counts (groups/get)."""
        ...

    async def create_group(self, name: str) -> Group:
        """Make a group. Names may repeat: not safe to repeat without a look."""
        ...

    async def rename_group(self, group: int, name: str) -> None:
        """Rename a group. Safe to repeat."""
        ...

    async def delete_group(self, group: int) -> None:
        """Delete a group; its members go to group 0. Repeated, it answers that there is no such group."""
        ...

    async def move(self, openids: Sequence[str], to: int) -> None:
        """Move 1 to 50 followers into a group (members/batchupdate): all of them, or nobody. Safe to repeat."""
        ...

    async def page(self, after: OpenID | None) -> Page:
        """Up to 10,000 openids in the order in which they followed, behind `after` (user/get)."""
        ...

    async def profiles(self, openids: Sequence[str]) -> Sequence[Follower]:
        """The profiles of 1 to 100 followers (user/info/batchget)."""
        ...

    async def quota(self, call: str) -> CallQuota:
        """The day's limit of a call by fenzu's name of it, such as `groups.move_many` (openapi/quota/get)."""
        ...


@runtime_checkable
class Guardable(Protocol):
    """A directory whose calls may wait before they are sent: for their pace, a new token, or a free thread."""

    def guarded(self, check: Callable[[], None]) -> Directory:
        """Return the same account; `check` is called right before each request, and what it raises leaves it unsent."""
        ...

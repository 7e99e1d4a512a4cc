"""Merging a group into another: up to fifty followers at once, more by a plan. It is not done in one step.

Whom the mirror knows to be in the group is moved. The group itself stays, empty, until somebody deletes it.
"""

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.console.followers.move_words import followers, named
from fenzu.console.followers.moves import AT_ONCE, Moved
from fenzu.console.groups.moving import Planning, move_or_plan
from fenzu.errors import UsageError
from fenzu.mirror import Query
from fenzu.model import Group
from fenzu.wire.limits import BLACKLIST, RESERVED_GROUPS, UNGROUPED
from fenzu.wire.words import Words


class Outlook(msgspec.Struct, frozen=True):
    """What a merge would do: into which groups it can go, own ones first, and how many would move."""

    targets: tuple[Group, ...]
    known: int
    """How many are in the group by the mirror: those who would move."""
    told: int | None
    """How many are in it by the platform."""

    @property
    def is_planned(self) -> bool:
        """Whether so many move that a plan is made first."""
        return self.known > AT_ONCE

    @property
    def unknown(self) -> int:
        """How many of the group would stay, because the mirror does not know that they are in it."""
        return max((self.told or 0) - self.known, 0)


async def outlook(desk: Desk, source: Group) -> Outlook:
    """Return what a merge of this group would do. To put all into none is to delete it; to block them is no merge."""
    groups, mirrors = await desk.groups.list(), await desk.mirrors()
    known = await desk.scans.run(lambda: mirrors.scan.count(Query(group_id=source.id)))
    others = (group for group in groups if group.id not in {source.id, UNGROUPED, BLACKLIST})
    return Outlook(
        tuple(sorted(others, key=lambda group: group.id in RESERVED_GROUPS)),
        known,
        source.count,
    )


async def merge(desk: Desk, source: Group, target: Group) -> Moved | Planning:
    """Move all of a group into another and return what became of them; of more than fifty, where the plan is."""
    source_name, target_name = named(source.name), named(target.name)

    def about(n: int) -> Words:
        return Words(
            f"Merge {source_name} ({followers(n)}) into {target_name}",
            f"将“{source_name}”（{n:,} 人）合并到“{target_name}”",
        )

    nobody = UsageError(
        Words(f"fenzu knows nobody who is in {source_name}", f"镜像中没有“{source_name}”的粉丝"),
        Words("read who follows first, or delete the group", "请先读取粉丝，或直接删除这个分组"),
    )
    return await move_or_plan(desk, target.id, Query(group_id=source.id), about, kind="merge", nobody=nobody)

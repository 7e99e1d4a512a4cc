"""What the demo's steps act upon: the client, the screen, the folder, and what earlier steps left for later ones."""

from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.cli.demo.screen import Screen
from fenzu.model import Group, GroupID, OpenID
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.mirror import Mirror
    from fenzu.regroup import OpenRun

SEED_IN_104 = "od8XIjsmk6QdVTETa9jLtGWA6KBc"
SEED_IN_0 = "oDF3iYx0ro3_7jD4HFRDfrjdCM58"
SEED_TABLE = {
    0: ("未分组", 72596),
    1: ("黑名单", 36),
    2: ("星标组", 8),
    104: ("华东媒", 4),
    106: ("★不测试组★", 1),
}
"""What the seeds say groups/get answers; the demo compares with it and never shows it."""
FOLLOWERS = sum(count for _, count in SEED_TABLE.values())


class Stage:
    """One showing of the demo."""

    def __init__(self, client: "AsyncClient", screen: Screen, folder: Path) -> None:
        self.client = client
        self.screen = screen
        self.folder = folder
        self.first = self.second = Group(GroupID(-1), "")
        self.moved: list[OpenID] = []
        self.settled: dict[int, tuple[str, int]] = {}
        """Name and count of each group before the regroup."""
        self.mirror: Mirror | None = None
        self.run: OpenRun | None = None

    async def show_groups(self) -> dict[int, tuple[str, int]]:
        """Ask for all groups, show them as a table, and return name and count of each."""
        groups = await self.client.groups.list()
        self.screen.table(groups)
        return {group.id: (group.name, group.count or 0) for group in groups}

    def expect(self, what: Words, wanted: object, found: object, *, plain: bool = False) -> None:
        """Compare what was found with what was wanted; a difference fails the demo."""
        self.screen.judge(what, wanted, found, plain=plain)

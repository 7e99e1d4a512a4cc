"""Snapshots on PostgreSQL: refused with words, and nothing changes."""

from collections.abc import Callable

import pytest
from tests.fixtures.world import ANA, World

from fenzu.sandbox.control_errors import NotSupported


async def test_snapshots_are_refused(world: World, new_store: Callable[[], str | None]) -> None:
    """Whatever is asked of snapshots there, the answer says that the store takes none."""
    tenant = await world.tenant(followers=[ANA])
    snapshots = world.platform.snapshots
    for call in (snapshots.create("a"), snapshots.list(), snapshots.restore("a"), snapshots.delete("a")):
        with pytest.raises(NotSupported, match="this store takes no snapshots"):
            await call
    assert await tenant.group_of(ANA) == 0

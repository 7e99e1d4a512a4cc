"""The control port's routes about snapshots of the whole sandbox."""

from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Done, Route
from fenzu.sandbox.store.snapshot_files import Snapshot


async def list_snapshots(platform: Controlled, _asked: Asked) -> list[Snapshot]:
    """List the snapshots by their names."""
    return await platform.snapshots.list()


async def create_snapshot(platform: Controlled, asked: Asked) -> Snapshot:
    """Keep the whole sandbox as it is now, in place of an older snapshot of that name."""
    return await platform.snapshots.create(asked.path["name"])


async def restore_snapshot(platform: Controlled, asked: Asked) -> Done:
    """Put the whole sandbox back as it was, at once."""
    await platform.snapshots.restore(asked.path["name"])
    return Done()


async def delete_snapshot(platform: Controlled, asked: Asked) -> Done:
    """Remove a snapshot."""
    await platform.snapshots.delete(asked.path["name"])
    return Done()


ONE = "/snapshots/{name}"
ROUTES = (
    Route("GET", "/snapshots", list_snapshots, list[Snapshot]),
    Route("POST", ONE, create_snapshot, Snapshot, status=201),
    Route("DELETE", ONE, delete_snapshot, Done),
    Route("POST", ONE + "/restore", restore_snapshot, Done),
)

"""What a sandbox holds in memory: idle, and after a million calls of all common kinds."""

from collections.abc import Iterator

from bench.load import Plan, run
from bench.measure import resident_mib
from bench.report import Row, at_most, lacking, lone
from bench.sandboxes import FIRST_GROUP, Sandbox, batches, sandbox
from bench.settings import Settings

IDLE = at_most(60, of="value")
GROWN = at_most(15, of="value")


def measure_memory(settings: Settings) -> Iterator[Row]:
    """Resident memory, as the kernel tells it."""
    calls = settings.take(1_000_000, 40_000)
    what, more = "idle, --demo (72,645 followers)", f"more after {calls:,} calls"
    with sandbox("--demo") as ours:
        idle = resident_mib(ours.pid)
        if idle is None:
            yield lacking(what, "MiB", "", "no /proc here", IDLE)
            yield lacking(more, "MiB", "", "no /proc here", GROWN)
            return
        yield lone(what, "MiB", idle, IDLE)
        run(Plan(ours.port, mixture(ours), b'{"', count=calls))
        yield lone(more, "MiB", (resident_mib(ours.pid) or 0.0) - idle, GROWN)


def mixture(ours: Sandbox) -> list[bytes]:
    """Reads for the most part; every tenth call moves one, every hundredth fifty, every fiftieth is refused."""
    openids = ours.openids[:20_000]
    fifties = batches(openids)
    row: list[bytes] = []
    for number, openid in enumerate(openids + openids):
        group = 0 if number >= len(openids) else FIRST_GROUP + 4
        row.append(ours.get(openid))
        if number % 5 == 0:
            row.append(ours.list_groups())
        if number % 10 == 0:
            row.append(ours.move(openid, group))
        if number % 50 == 0:
            row.append(ours.get("o" + "x" * 27))
        if number % 100 == 0:
            row.append(ours.move_many(fifties[number // 100 % len(fifties)], group))
    return row

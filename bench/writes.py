"""Durable moves: single ones against a commit for each and against the bare store, batches against the bare store.

Every side writes to its own copy of one store, so each finds the same pages in the same state.
"""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import cycle

import msgspec

from bench import servers
from bench.bare_store import BareStore, Moves
from bench.load import Plan, run
from bench.measure import interleave
from bench.report import Row, at_least, compare
from bench.sandboxes import FIRST_GROUP, OK, batches, sandbox
from bench.settings import Settings

IN_FLIGHT = 64
BARE = "bare store, 64 a commit"
EACH = "one commit each, same server"
GROUPED = "bare store on the same server"
"""Told for information: what is left when rules, tokens and the writer's thread are taken away, but not HTTP."""
MOVED = 100_000
"""Followers whose moves are prepared; the row begins again when all are moved twice."""


def measure_moves(settings: Settings) -> Iterator[Row]:
    """Single moves of followers chosen at random."""
    ours_path, bare_path, each_path, grouped_path = prepare(settings, "moves")
    with (
        sandbox("--store", ours_path) as ours,
        closing(BareStore(bare_path)) as bare,
        servers.ours("commits", "each", each_path) as each,
        servers.ours("commits", "grouped", grouped_path) as grouped,
    ):
        row = there_and_back(
            [[openid] for openid in random.Random(2).sample(ours.openids, settings.take(MOVED, 10_000))]
        )
        requests = [ours.move(openid, group) for (openid,), group in row]
        sides: dict[str, Callable[[], float]] = {
            "ours": Rate(ours.port, requests, settings),
            BARE: partial(bare.rate, commits(row), settings.load_seconds),
            EACH: Rate(each.port, requests, settings),
            GROUPED: Rate(grouped.port, requests, settings),
        }
        found = interleave(settings.load_rounds, sides)
    what = "single moves, 64 in flight"
    yield compare(what, "calls/s", found["ours"], found[EACH], EACH, at_least(3))
    yield compare(what, "calls/s", found["ours"], found[BARE], BARE, at_least(0.5))
    yield compare(what, "calls/s", found["ours"], found[GROUPED], GROUPED)


def measure_batches(settings: Settings) -> Iterator[Row]:
    """Batches of fifty followers, in random order and in follow order."""
    ours_path, bare_path, *_ = prepare(settings, "batches")
    with sandbox("--store", ours_path) as ours, closing(BareStore(bare_path)) as bare:
        for order, seed in (("random order", 3), ("follow order", None)):
            row = there_and_back(batches(ours.openids, seed)[: MOVED // 5])
            requests = [ours.move_many(openids, group) for openids, group in row]
            sides: dict[str, Callable[[], float]] = {
                "ours": Rate(ours.port, requests, settings),
                BARE: partial(bare.rate, commits(row), settings.load_seconds),
            }
            found = interleave(settings.load_rounds, sides)
            what = f"batches of fifty in {order}, 64 in flight"
            yield compare(what, "batches/s", found["ours"], found[BARE], BARE, at_least(0.7))


def prepare(settings: Settings, name: str) -> list[str]:
    """Make a store of a million followers and return the paths of four copies."""
    paths = [settings.store(f"{name}-{number}") for number in range(4)]
    with sandbox("--store", paths[0], "--followers", str(settings.take(1_000_000, 50_000))) as made:
        made.make_groups(4)
    for path in paths[1:]:
        shutil.copyfile(paths[0], path)
    return paths


def there_and_back(sets: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], int]]:
    """Move all to one group and then all to another, so that every move changes something."""
    return [(openids, FIRST_GROUP + turn) for turn in range(2) for openids in sets]


def commits(row: Sequence[tuple[Sequence[str], int]]) -> Iterator[Moves]:
    """Cut a row into what 64 in flight can put into one commit at most, for ever."""
    return cycle([row[at : at + IN_FLIGHT] for at in range(0, len(row), IN_FLIGHT)])


class Rate:
    """The moves that a server answers in a second; each turn goes on where the last one ended.

    If a turn began at the beginning again, most of its moves would change nothing, and cost no commit.
    """

    def __init__(self, port: int, requests: list[bytes], settings: Settings) -> None:
        self.plan = Plan(port, requests, OK, connections=IN_FLIGHT, seconds=settings.load_seconds)

    def __call__(self) -> float:
        outcome = run(self.plan)
        row = self.plan.requests
        at = outcome.taken % len(row)
        self.plan = msgspec.structs.replace(self.plan, requests=row[at:] + row[:at])
        return outcome.rate

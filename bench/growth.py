"""From ten thousand followers to ten million: loading, the file, reads, and batches in both orders."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec

from bench.load import Plan, run
from bench.measure import interleave
from bench.report import Row, at_least, at_most, compare, lone
from bench.sandboxes import Sandbox, batches, sandbox
from bench.settings import Settings
from bench.writes import Rate, there_and_back

SMALL = 10_000
AT_ONCE = 16
"""Calls in flight where time is measured: one alone would mostly measure how a processor is woken."""
ASKED = 20_000
FIFTIES = 20_000
"""Batches in each order; the random ones are spread over the whole account."""


def measure_growth(settings: Settings) -> Iterator[Row]:
    """The limits of the design are told for ten million; a smaller top is told beside them."""
    top = settings.top
    path = settings.store("top")
    began = perf_counter()
    with (
        sandbox("--store", path, "--followers", str(top), timeout=900) as large,
        sandbox("--store", settings.store("small"), "--followers", str(SMALL)) as small,
    ):
        yield lone(f"loading {top:,} followers, ready", "s", perf_counter() - began, at_most(120, of="value"))
        yield from measure_points(settings, large, small)
        yield from measure_orders(settings, large)
        size = sum(file.stat().st_size for file in Path(path).parent.glob("top.db*")) / 1e9
        yield lone(f"file of {top:,} followers, its log with it", "GB", size, at_most(1, of="value"))


def measure_points(settings: Settings, large: Sandbox, small: Sandbox) -> Iterator[Row]:
    """Few calls at a time; half of the answers took less than what is told."""
    plans = {}
    for name, one in (("large", large), ("small", small)):
        one.make_groups()
        chosen = random.Random(4).sample(one.openids, min(ASKED, len(one.openids)))
        plans[f"{name} getid"] = Plan(
            one.port, [one.get(openid) for openid in chosen], b'{"groupid":', connections=AT_ONCE, spin=True
        )
        plans[f"{name} get"] = Plan(
            one.port, [one.list_groups()], b'{"groups":', connections=AT_ONCE, spin=True
        )
    found = interleave(
        settings.load_rounds, {name: partial(middle, plan, settings) for name, plan in plans.items()}
    )
    peer = f"at {SMALL:,} followers"
    for call, told in (("getid", "groups/getid"), ("get", "groups/get, 105 groups")):
        what = f"{told}, p50 at {settings.top:,}"
        yield compare(what, "µs", found[f"large {call}"], found[f"small {call}"], peer, at_most(1.3))


def middle(plan: Plan, settings: Settings) -> float:
    return run(msgspec.structs.replace(plan, seconds=settings.load_seconds)).p50


def measure_orders(settings: Settings, large: Sandbox) -> Iterator[Row]:
    """Batches of fifty, 64 in flight: the next ones of the roll, or fifty from anywhere."""
    everybody = large.openids
    in_order = there_and_back(batches(everybody[: FIFTIES * 50]))
    anywhere = there_and_back(batches(random.Random(5).sample(everybody, min(FIFTIES * 50, len(everybody)))))
    rows = {
        "follow": [large.move_many(openids, group) for openids, group in in_order],
        "random": [large.move_many(openids, group) for openids, group in anywhere],
    }
    found = interleave(
        settings.load_rounds, {name: Rate(large.port, row, settings) for name, row in rows.items()}
    )
    what = f"batches of fifty in follow order at {settings.top:,}"
    yield lone(what, "batches/s", median(found["follow"]), at_least(1500, of="value"))
    yield compare(what, "batches/s", found["follow"], found["random"], "in random order", at_least(3))

"""What a mirror costs: memory, calls and time of its first sync, of the next one, and of reading it out."""

import os
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

import msgspec

from bench.report import Row, at_most, lone
from bench.settings import Settings
from fenzu.mirror import Mirror
from fenzu.testing import SandboxProcess
from fenzu.testing.process import Ready
from fenzu.wire.limits import PAGE_OPENIDS, PROFILES

MEMORY = at_most(150, of="value")
NONE_MORE = at_most(0, of="value")


class Sync(NamedTuple):
    """What a sync has cost."""

    mib: float
    calls: int
    seconds: float


def measure_mirror(settings: Settings) -> Iterator[Row]:
    """Syncs as a user runs them, in processes of their own; the calls are those that the sync itself counted."""
    followers = settings.take(1_000_000, 20_000)
    place = settings.store("mirror")
    with SandboxProcess("--followers", str(followers), "--quota", "off", timeout=300) as process:
        ready = process.ready
        needed = -(-followers // PAGE_OPENIDS) + 1
        first = run_sync(ready, place)
        yield from rows(f"first sync of {followers:,}", first, needed + -(-followers // PROFILES))
        yield from rows("the next one", run_sync(ready, place), needed)
    began = perf_counter()
    with Mirror.open(place, ready.base_url, ready.appid, read_only=True) as mirror:
        size = sum(len(piece) for piece in mirror.dump(["openid", "group_id"]))
    yield lone(f"reading openids and groups out ({size / 1e6:,.0f} MB)", "s", perf_counter() - began)


def rows(what: str, sync: Sync, needed: int) -> Iterator[Row]:
    yield lone(f"{what}, peak memory", "MiB", sync.mib, MEMORY)
    yield lone(f"{what}, calls beyond the {needed:,} needed", "calls", sync.calls - needed, NONE_MORE)
    yield lone(f"{what}, time", "s", sync.seconds)


def run_sync(ready: Ready, place: str) -> Sync:
    """Run `fenzu mirror sync --json` to its end."""
    account = {"FENZU_BASE_URL": ready.base_url, "FENZU_APPID": ready.appid, "FENZU_SECRET": ready.secret}
    command = [sys.executable, "-m", "fenzu", "mirror", "sync", "--json", "--mirror", place]
    began = perf_counter()
    with subprocess.Popen(command, env={**os.environ, **account}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        last = b""
        for last in process.stdout:  # noqa: B007 - the last line is wanted
            pass
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, last
    calls: dict[str, int] = msgspec.json.decode(last)["calls"]
    return Sync(usage.ru_maxrss / 1024, sum(calls.values()), perf_counter() - began)

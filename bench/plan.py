"""What planning costs: ten million wishes against a mirror of ten million, of which a tenth change anything.

The peer is the same comparison in plain SQL, the way one would write it first: the table loaded beside the mirror in
SQLite, and joined. It is measured on fewer wishes, and the ratio is that of followers compared a second.
"""

import asyncio
import csv
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import apsw
import msgspec
import polars as pl

from bench.report import Row, at_least, at_most, compare, lone
from bench.settings import Settings
from fenzu.mirror import Mirror
from fenzu.model import CallQuota, Group, GroupID

GROUPS = (0, 100, 101, 102, 103)
TARGETS = (104, 105, 106)
URL, APPID = "http://127.0.0.1:8060", "wxbench"
SECONDS, MIB = at_most(20, of="value"), at_most(2_048, of="value")
FASTER = at_least(3)


def measure_plan(settings: Settings) -> Iterator[Row]:
    """Plan in a process of its own, so that its memory is its own, and compare with SQL in the same run."""
    small, large = settings.take(1_000_000, 50_000), settings.top
    plan_rate, sql_rate = [], []
    for n in (small, large) if small != large else (large,):
        folder = Path(settings.folder) / f"plan-{n}"
        folder.mkdir()
        make(folder, n)
        told = run_apart(folder)
        yield lone(
            f"plan of {n:,} wishes, {told.changes:,} changes",
            "s",
            told.seconds,
            SECONDS if n == large else None,
        )
        yield lone("its peak memory", "MiB", told.mib, MIB if n == large else None)
        if n == small:
            plan_rate.append(n / told.seconds)
            sql_rate.append(n / plain_sql(folder))
    yield compare(f"{small:,} wishes compared", "wishes/s", plan_rate, sql_rate, "plain SQL", FASTER)


class Told(msgspec.Struct):
    """What the process that planned has told."""

    changes: int
    seconds: float
    mib: float


def run_apart(folder: Path) -> Told:
    command = [sys.executable, "-m", "bench.plan", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    changes, seconds = msgspec.json.decode(out, type=tuple[int, float])
    return Told(changes, seconds, usage.ru_maxrss / 1024)


class Account:
    """The platform, as far as planning asks it."""

    appid, base_url = APPID, URL

    async def groups(self) -> Sequence[Group]:
        return [Group(GroupID(each), f"g{each}", 0) for each in (*GROUPS, *TARGETS)]

    async def quota(self, call: str) -> CallQuota:
        return CallQuota(call, 100_000, 0, 100_000)


def plan(folder: Path) -> None:
    """Read, compare, make the plan and write it, as the command does; print the moves and the seconds."""
    from fenzu.regroup._asking.present import Asking
    from fenzu.regroup._books.saving import write_plan
    from fenzu.regroup._planned import Wanted, plan_wishes
    from fenzu.regroup._wishes import read_wishes

    began = perf_counter()
    with Mirror.open(str(folder / "mirror.db"), URL, APPID, read_only=True) as mirror:
        wishes = read_wishes(folder / "wishes.csv")
        planned = asyncio.run(plan_wishes(wishes, Asking(Account()), mirror, Wanted()))  # type: ignore[arg-type]  # asked for groups and quotas only
    write_plan(planned.plan, str(folder / "out.plan"))
    print(msgspec.json.encode((planned.plan.moves, perf_counter() - began)).decode())


def plain_sql(folder: Path) -> float:
    """Load the wishes into SQLite and join them with the mirror there; return the seconds it took."""
    began = perf_counter()
    connection = apsw.Connection(str(folder / "sql.db"))
    connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")
    connection.execute("ATTACH ? AS mirror", [str(folder / "mirror.db")])
    connection.execute("CREATE TABLE wish (openid TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID")
    with connection, (folder / "wishes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        connection.executemany("INSERT OR IGNORE INTO wish VALUES (?, ?)", rows)
    found = connection.execute(
        "SELECT f.openid, f.group_id, g.group_id FROM wish w "
        "JOIN mirror.mirror_follower f ON f.account = 1 AND f.openid = w.openid "
        "JOIN mirror.mirror_group g ON g.account = 1 AND g.name = w.name "
        "WHERE f.group_id <> g.group_id ORDER BY g.group_id, f.number"
    ).fetchall()
    assert found
    took = perf_counter() - began
    connection.close()
    return took


def make(folder: Path, n: int) -> None:
    """Write a mirror of so many followers and a file of as many wishes in another order, a tenth of them changes."""
    place = str(folder / "mirror.db")
    with Mirror.open(place, URL, APPID) as mirror:
        mirror.note_groups(asyncio.run(Account().groups()), 1.0)
    state = followers(n)
    connection = apsw.Connection(place)
    connection.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; DROP INDEX mirror_openid")
    with connection:
        connection.executemany(
            "INSERT INTO mirror_follower (account, number, openid, group_id, seen_at, revision) "
            "VALUES (1, ?, ?, ?, 1.0, 1)",
            state.select("number", "openid", "group_id").iter_rows(),
        )
        connection.execute("UPDATE mirror_account SET revision = 1, last_number = ?, entries = ?", [n, n])
        connection.execute("CREATE UNIQUE INDEX mirror_openid ON mirror_follower (account, openid)")
    connection.close()
    wishes = state.select("openid", group=pl.format("g{}", "wished"))
    wishes.sample(fraction=1, shuffle=True, seed=5).write_csv(folder / "wishes.csv")


def followers(n: int) -> pl.DataFrame:
    """Return number, openid, group_id and wished, as if thrown by dice that fall alike each time."""
    dice = [pl.col("number").hash(seed) for seed in range(4)]
    groups, targets = (pl.lit(pl.Series([each])) for each in (GROUPS, TARGETS))
    thrown = pl.DataFrame({"number": pl.int_range(1, n + 1, eager=True)}).with_columns(
        openid="oFzu" + dice[0].cast(pl.String).str.zfill(24),
        group_id=groups.list.get(dice[1] % len(GROUPS)),
        target=targets.list.get(dice[2] % len(TARGETS)),
    )
    return thrown.with_columns(wished=pl.when(dice[3] % 10 == 0).then("target").otherwise("group_id"))


if __name__ == "__main__":
    plan(Path(sys.argv[1]))

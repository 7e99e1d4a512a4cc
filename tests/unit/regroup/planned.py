"""States and wishes of a few followers, for tests of planning."""

from collections.abc import Mapping, Sequence

import polars as pl

from fenzu.regroup._frames import mirror_frame
from fenzu.regroup._planning.compare import OnConflict
from fenzu.regroup._planning.plan import Facts, make_plan
from fenzu.regroup._values import KnownGroup, Plan

GROUPS = (
    KnownGroup(0, "未分组"),
    KnownGroup(1, "黑名单"),
    KnownGroup(2, "星标组"),
    KnownGroup(100, "VIP"),
    KnownGroup(101, "华东媒"),
    KnownGroup(102, "twin"),
    KnownGroup(103, "twin"),
)
FACTS = Facts(
    appid="wx1", base_url="http://127.0.0.1:8060", made_at=1.5, wish="crm.csv", revision=7, mirrored_at=1.0
)


def openid(number: int) -> str:
    return f"o{number:027}"


def mirror_of(state: Mapping[str, int]) -> pl.DataFrame:
    """The frame of who is in which group, in follow order."""
    lines = "".join(f"{one},{group}\n" for one, group in state.items())
    return mirror_frame([lines.encode()])


def wishes_of(rows: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """The frame of a wish file with these rows below its header."""
    found = [(at, one, group) for at, (one, group) in enumerate(rows, 2)]
    return pl.DataFrame(found, {"row": pl.UInt32, "openid": pl.String, "group": pl.String}, orient="row")


def plan_for(
    state: Mapping[str, int],
    rows: Sequence[tuple[str, str]],
    groups: Sequence[KnownGroup] = GROUPS,
    *,
    create: bool = False,
    rename: bool = False,
    counts: Mapping[int, int] | None = None,
    on_conflict: OnConflict = "refuse",
    first: Sequence[str] = (),
) -> Plan:
    return make_plan(
        FACTS,
        groups,
        mirror_of(state),
        wishes_of(rows),
        create=create,
        rename_where_cheaper=rename,
        counts=counts or {},
        on_conflict=on_conflict,
        first=first,
    ).plan


def applied(plan: Plan, state: Mapping[str, int]) -> dict[str, int]:
    """Who is where afterwards; a group to be made keeps its slot for a number."""
    after = dict(state)
    for batch in plan.batches:
        for one, source in zip(batch.openids, batch.sources, strict=True):
            assert after[one] == source
            after[one] = batch.target
    return after

"""The plan: from who is where and who should be where to what has to be done, in a fixed order. Pure.

The same wishes give the same plan whatever the order of their rows, on every machine.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from fenzu.regroup._digest import digest_of
from fenzu.regroup._planning.compare import Compared, OnConflict, compare, counted
from fenzu.regroup._planning.relabel import find_renames
from fenzu.regroup._planning.targets import Targets, find_ranks, find_targets
from fenzu.regroup._polars import pl
from fenzu.regroup._values import Batch, Create, Header, KnownGroup, NamedBy, Plan, Rename
from fenzu.wire.limits import BATCH_OPENIDS


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan's header tells of the account, the mirror and the wish; see `Header`."""

    appid: str
    base_url: str
    made_at: float
    wish: str
    wish_digest: str = ""
    revision: int = 0
    mirror: str = ""
    mirrored_at: float | None = None
    problems: Mapping[str, int] = {}
    """The rows of the wish with problems by themselves, by kind; those in the light of the account are added."""


class Made(NamedTuple):
    """A plan, and the rows of the wish that it does not follow."""

    plan: Plan
    problems: pl.DataFrame
    """Row, kind, openid, group, detail; see `Compared.problems`."""


def make_plan(
    facts: Facts,
    groups: Sequence[KnownGroup],
    mirror: pl.DataFrame,
    wishes: pl.DataFrame,
    *,
    create: bool = False,
    rename_where_cheaper: bool = False,
    counts: Mapping[int, int] = MappingProxyType({}),
    named_by: NamedBy = "either",
    on_conflict: OnConflict = "refuse",
    first: Sequence[str] = (),
) -> Made:
    """Return the plan that brings everybody whom the wish lists where it wants them, and touches nobody else.

    `mirror` holds openid and group_id in follow order, `wishes` row, openid and group: a text that is an id or a name.
    Who does not follow, whose group cannot be told and who is wanted in two groups is left out, told, and counted in
    `header.problems`; with `create` groups that are missing are made. Moves stand in batches of up to fifty: the groups
    to be made first, in the order in which somebody who follows needs them, then the others by id; followers in follow
    order. The groups named in `first` are filled before all others, in that order.

    With `rename_where_cheaper` a group may get the name of one that would be made, and keep its followers: only if the
    wish lists everybody in it, by the mirror and by the platform's own `counts`.
    """
    texts = wishes.get_column("group").unique().drop_nulls().cast(pl.String).to_list()
    meant = find_targets(texts, groups, create=create, named_by=named_by)
    compared = compare(mirror, wishes, meant, on_conflict)
    renames: tuple[Rename, ...] = ()
    if rename_where_cheaper and meant.new:
        renames = find_renames(_flows(compared, meant), _sizes(mirror, counts), groups, meant)
    if renames:  # what is left to do is what it would be if the groups were called so already
        meant = find_targets(texts, _renamed(groups, renames), create=create, named_by=named_by)
        compared = compare(mirror, wishes, meant, on_conflict)
    ranks = find_ranks(first, _renamed(groups, renames), meant)
    creates, changes = _slots(_ranked(compared.changes, ranks), meant.new)
    stay = pl.col("target").is_in([rename.group_id for rename in renames])
    header = Header(
        appid=facts.appid,
        base_url=facts.base_url,
        made_at=facts.made_at,
        wish=facts.wish,
        wish_digest=facts.wish_digest,
        wishes=compared.openids,
        unchanged=_sum(compared.unchanged.filter(~stay)),
        along=_sum(compared.unchanged.filter(stay)),
        followers=len(mirror),
        revision=facts.revision,
        mirror=facts.mirror,
        mirrored_at=facts.mirrored_at,
        problems=dict(sorted((Counter(facts.problems) + Counter(counted(compared.problems))).items())),
    )
    plan = Plan(header, _named(groups, changes, renames), creates, renames, (), tuple(_batches(changes)))
    return Made(_sealed(plan), compared.problems)


def _ranked(changes: pl.DataFrame, ranks: Mapping[int, int]) -> pl.DataFrame:
    """Add in which turn each move comes: those of the groups that come first have turns of their own."""
    turn = pl.col("target").replace_strict(ranks, default=len(ranks), return_dtype=pl.Int32)
    return changes.with_columns(turn.alias("turn"))


def _flows(compared: Compared, meant: Targets) -> dict[tuple[int, int | str], int]:
    """Count who is in which group and should be in which; groups to be made go by their name."""
    names = {number: text for text, number in meant.numbers.items() if number < 0}
    moving = compared.changes.group_by("source", "target").len().iter_rows()
    staying = ((target, target, n) for target, n in compared.unchanged.iter_rows())
    return {(source, names.get(target, target)): n for source, target, n in (*moving, *staying)}


def _sizes(mirror: pl.DataFrame, counts: Mapping[int, int]) -> dict[int, int]:
    """Count who is in each group, by the mirror or by the platform, whichever knows of more."""
    sizes: dict[int, int] = dict(mirror.group_by("group_id").len().iter_rows())
    return {group_id: max(sizes.get(group_id, 0), counts.get(group_id, 0)) for group_id in {*sizes, *counts}}


def _renamed(groups: Sequence[KnownGroup], renames: Sequence[Rename]) -> list[KnownGroup]:
    new = {rename.group_id: rename.new for rename in renames}
    return [KnownGroup(group.id, new.get(group.id, group.name)) for group in groups]


def _sum(counted: pl.DataFrame) -> int:
    return int(counted.get_column("n").sum())


def _slots(changes: pl.DataFrame, names: Sequence[str]) -> tuple[tuple[Create, ...], pl.DataFrame]:
    """Number the groups to be made by who comes first in follow order; what nobody needs is not made."""
    needed = changes.filter(pl.col("target") < 0).group_by("target").agg(pl.col("number").min())
    order = needed.sort("number").get_column("target").to_list()
    slots = {old: -1 - at for at, old in enumerate(order)}
    creates = tuple(Create(slot, names[-1 - old]) for old, slot in slots.items())
    renumbered = pl.col("target").replace(slots)
    return creates, changes.with_columns(renumbered) if slots else changes


def _batches(changes: pl.DataFrame) -> Iterator[Batch]:
    """Cut the moves into batches: turn after turn, and in each slots in their order, then ids in theirs."""
    is_there, order = pl.col("target") >= 0, pl.col("target").abs()
    ordered = changes.sort("turn", is_there, order, "number")
    number = 0
    for (target,), part in ordered.group_by("target", maintain_order=True):
        openids, sources = part.get_column("openid").to_list(), part.get_column("source").to_list()
        for at in range(0, len(openids), BATCH_OPENIDS):
            number += 1
            some = slice(at, at + BATCH_OPENIDS)
            yield Batch(number, int(str(target)), tuple(openids[some]), tuple(sources[some]))


def _named(
    groups: Sequence[KnownGroup], changes: pl.DataFrame, renames: Sequence[Rename]
) -> tuple[KnownGroup, ...]:
    """Return the groups that the plan names, by id."""
    used = {
        *changes.get_column("source").unique().to_list(),
        *changes.get_column("target").unique().to_list(),
        *(rename.group_id for rename in renames),
    }
    return tuple(sorted((group for group in groups if group.id in used), key=lambda group: group.id))


def _sealed(plan: Plan) -> Plan:
    digest = digest_of(plan.header, plan.groups, plan.creates, plan.renames, plan.deletes, plan.batches)
    return msgspec.structs.replace(plan, header=msgspec.structs.replace(plan.header, digest=digest))

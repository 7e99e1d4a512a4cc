"""The plan: from who is where and who should be where to what has to be done, in a fixed order. Pure.

The same wishes give the same plan whatever the order of their rows, on every machine.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from fenzu.regroup._compare import Compared, compare
from fenzu.regroup._digest import digest_of
from fenzu.regroup._polars import pl
from fenzu.regroup._targets import NamedBy, find_targets
from fenzu.regroup._values import Batch, Create, Header, KnownGroup, Plan, Rename
from fenzu.wire.limits import BATCH_OPENIDS


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan's header tells of the account, the mirror and the wish; see `Header`."""

    appid: str
    base_url: str
    made_at: float
    wish: str
    wish_digest: str = ""
    revision: int = 0
    mirrored_at: float | None = None
    problems: Mapping[str, int] = {}
    """What is odd in the wish by itself; what is odd in the light of the account is added."""


def make_plan(
    facts: Facts,
    groups: Sequence[KnownGroup],
    mirror: pl.DataFrame,
    wishes: pl.DataFrame,
    *,
    create: bool = False,
    named_by: NamedBy = "either",
) -> Plan:
    """Return the plan that brings everybody whom the wish lists where it wants them, and touches nobody else.

    `mirror` holds openid and group_id in follow order, `wishes` row, openid and group: a text that is an id or a name,
    each openid once. Who does not follow and whose group cannot be told is left out and counted in `header.problems`;
    with `create` groups that are missing are made. Moves stand in batches of up to fifty: the groups to be made first,
    in the order in which somebody who follows needs them, then the others by id; followers in follow order.
    """
    texts = wishes.get_column("group").unique().drop_nulls().cast(pl.String).to_list()
    meant = find_targets(texts, groups, create=create, named_by=named_by)
    to_be_made = {name: -1 - at for at, name in enumerate(meant.new)}
    compared = compare(mirror, wishes, {**meant.ids, **to_be_made})
    creates, changes = _slots(compared.changes, meant.new)
    batches = tuple(_batches(changes))
    header = Header(
        appid=facts.appid,
        base_url=facts.base_url,
        made_at=facts.made_at,
        wish=facts.wish,
        wish_digest=facts.wish_digest,
        wishes=len(wishes),
        unchanged=int(compared.unchanged.get_column("n").sum()),
        followers=len(mirror),
        revision=facts.revision,
        mirrored_at=facts.mirrored_at,
        problems=_problems(facts.problems, compared, meant.odd),
    )
    return _sealed(Plan(header, _named(groups, changes, ()), creates, (), (), batches))


def _slots(changes: pl.DataFrame, names: Sequence[str]) -> tuple[tuple[Create, ...], pl.DataFrame]:
    """Number the groups to be made by who comes first in follow order; what nobody needs is not made."""
    needed = changes.filter(pl.col("target") < 0).group_by("target").agg(pl.col("number").min())
    order = needed.sort("number").get_column("target").to_list()
    slots = {old: -1 - at for at, old in enumerate(order)}
    creates = tuple(Create(slot, names[-1 - old]) for old, slot in slots.items())
    renumbered = pl.col("target").replace(slots)
    return creates, changes.with_columns(renumbered) if slots else changes


def _batches(changes: pl.DataFrame) -> Iterator[Batch]:
    """Cut the moves into batches: slots in their order, then ids in theirs."""
    is_there, order = pl.col("target") >= 0, pl.col("target").abs()
    ordered = changes.sort(is_there, order, "number")
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


def _problems(own: Mapping[str, int], compared: Compared, odd: Mapping[str, str]) -> dict[str, int]:
    found = dict(own)
    if len(compared.unknown):
        found["unknown_openid"] = found.get("unknown_openid", 0) + len(compared.unknown)
    counted = compared.odd.group_by(pl.col("group").cast(pl.String)).len()
    for text, rows in counted.iter_rows():
        kind = odd.get(text, "unknown_group")
        found[kind] = found.get(kind, 0) + rows
    return dict(sorted(found.items()))


def _sealed(plan: Plan) -> Plan:
    digest = digest_of(plan.header, plan.groups, plan.creates, plan.renames, plan.deletes, plan.batches)
    return msgspec.structs.replace(plan, header=msgspec.structs.replace(plan.header, digest=digest))

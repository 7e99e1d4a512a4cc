"""Rules over a mirror: the first condition that a follower fulfils tells the group; who fulfils none stays."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from fenzu.errors import UsageError
from fenzu.mirror.rows import Column
from fenzu.mirror.store import Mirror
from fenzu.regroup._frames import mirror_frames
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.problems import Gathering
from fenzu.regroup._wishes.rules.conditions import read_condition
from fenzu.regroup._wishes.rules.expressions import expression, fields_of
from fenzu.regroup._wishes.rules.fields import COLUMNS
from fenzu.regroup._wishes.values import SCHEMA, Origin, Wishes
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words


class Rule(msgspec.Struct, frozen=True):
    """Whoever fulfils the condition `where` goes into the group `to`, a name or an id as text."""

    where: str
    to: str


def read_rules(rules: Sequence[Rule], mirror: Mirror) -> Wishes:
    """Return the wishes of rules over a mirror; `row` is the number of the rule that told a follower's group.

    Raises `UsageError` for a condition that cannot be read, with the place and what was expected.
    """
    if not rules or any(not rule.to.strip() for rule in rules):
        raise UsageError(
            Words("each condition needs a group", "每个条件都需要一个分组"),
            Words(
                """give pairs: --where 'remark like "VIP%"' --to VIP""",
                """请成对给出：--where 'remark like "VIP%"' --to VIP""",
            ),
        )
    conditions = [read_condition(rule.where) for rule in rules]
    fields = {"openid"}.union(*map(fields_of, conditions))
    columns = tuple(sorted({COLUMNS[field] for field in fields}))
    # Not null only where a condition is fulfilled, so the first of them that is not null is the first rule.
    matched = pl.coalesce(
        *(
            pl.when(expression(condition)).then(pl.lit(n, pl.UInt32))
            for n, condition in enumerate(conditions, start=1)
        )
    )
    frames = [pl.DataFrame(schema=SCHEMA)]
    for chunk in _rows(mirror, columns):
        found = chunk.select("openid", row=matched).drop_nulls("row")
        to = pl.col("row").replace_strict(
            {n: rule.to.strip() for n, rule in enumerate(rules, start=1)}, return_dtype=pl.String
        )
        frames.append(found.select("row", "openid", group=to))
    frame = pl.concat(frames, rechunk=False)
    text = "\n".join(f"where {rule.where} to {rule.to}" for rule in rules)
    return Wishes(
        name=text.replace("\n", "; "),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        frame=frame,
        problems=Gathering().problems(),
        rows=frame.height,
        origin=Origin("rules"),
    )


def _rows(mirror: Mirror, columns: tuple[Column, ...]) -> Iterator[pl.DataFrame]:
    """Yield what the mirror holds, piece by piece, with the name of each group."""
    names = RESERVED_GROUPS | {int(group.id): group.name for group in mirror.groups()}
    for frame in mirror_frames(mirror.dump(columns), columns):
        if "group_id" in columns:
            name = pl.col("group_id").replace_strict(names, default=None, return_dtype=pl.String)
            yield frame.with_columns(group=name)
        else:
            yield frame

"""Another account's grouping as the wish: who is the same person by unionid goes into the group of the same name."""

from collections.abc import Sequence

from fenzu.errors import StoreError
from fenzu.mirror.rows import Column
from fenzu.mirror.store import Mirror
from fenzu.regroup._frames import mirror_frames
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.problems import Gathering
from fenzu.regroup._wishes.tables import digest_of
from fenzu.regroup._wishes.values import SCHEMA, Origin, Wishes
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words


def read_like(other: Mirror, mirror: Mirror, name: str) -> Wishes:
    """Return the wishes that group `mirror`'s followers as `other` has them; `row` counts those who are in both.

    Needs unionids in both mirrors: the platform tells them where both accounts belong to one open platform account.
    """
    names = RESERVED_GROUPS | {int(group.id): group.name for group in other.groups()}
    theirs, ours = _frame(other, ("unionid", "group_id")), _frame(mirror, ("unionid", "openid"))
    for frame, whose in ((theirs, other), (ours, mirror)):
        if not frame.height:
            raise _no_unionids(whose.where)
    group = pl.col("group_id").replace_strict(names, default=None, return_dtype=pl.String)
    grouped = theirs.unique("unionid", keep="first", maintain_order=True).select("unionid", group=group)
    both = ours.join(grouped, on="unionid", how="inner", maintain_order="left").drop_nulls("group")
    frame = both.with_row_index("row", 1).select(*SCHEMA)
    return Wishes(
        name=name,
        digest=digest_of(frame),
        frame=frame,
        problems=Gathering().problems(),
        rows=frame.height,
        origin=Origin("mirror"),
        named_by="name",
    )


def _frame(mirror: Mirror, columns: Sequence[Column]) -> pl.DataFrame:
    """Return those who have a unionid."""
    has_one = pl.col("unionid").fill_null("") != ""
    frames = mirror_frames(mirror.dump(columns), columns)
    return pl.concat((frame.filter(has_one) for frame in frames), rechunk=False)


def _no_unionids(where: str) -> StoreError:
    return StoreError(
        Words(f"the mirror {where} has no unionids", f"镜像 {where} 中没有 unionid"),
        Words(
            "the platform tells unionids only where both accounts belong to the same open platform account; then: "
            "fenzu mirror sync",
            "只有两个账号绑定到同一个微信开放平台账号，平台才会返回 unionid；绑定后请运行 fenzu mirror sync",
        ),
    )

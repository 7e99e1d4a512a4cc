"""Planning with an account at hand: what is asked of the platform and read from the mirror, and what is worth a note.

The plan itself is made in `_planning`. Nothing here changes anything.
"""

from collections.abc import Sequence
from functools import partial

import msgspec

from fenzu.errors import ApiError, StoreError, UsageError
from fenzu.mirror.store import Mirror
from fenzu.model import CallQuota, Group
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._frames import COLUMNS, mirror_frame
from fenzu.regroup._planning.compare import OnConflict
from fenzu.regroup._planning.cost import Cost, Reserve, needed, tell_cost
from fenzu.regroup._planning.plan import Facts, make_plan
from fenzu.regroup._problem_kinds import KINDS, REFUSED, UNCLEAR
from fenzu.regroup._render.escape import quoted
from fenzu.regroup._render.notes import Basis, notes_of
from fenzu.regroup._render.view import View, view_of
from fenzu.regroup._render.words import number
from fenzu.regroup._values import KnownGroup, Plan
from fenzu.regroup._wishes import Problems, Wishes, explained, joined, near_new_names
from fenzu.wire.words import Words


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is wanted."""

    create: bool = False
    """Whether groups that are missing are made."""
    rename_where_cheaper: bool = False
    on_conflict: OnConflict = "refuse"
    reserve: Reserve = Reserve()
    first: tuple[str, ...] = ()
    """Groups, by name or id, that are filled before the others, in this order."""

    def __post_init__(self) -> None:
        if self.rename_where_cheaper and not self.create:
            raise UsageError(
                Words(
                    "renaming where that is cheaper stands in the place of making groups, which is not allowed",
                    "“省调用时改名”用来代替新建分组，而本次不允许新建",
                ),
                Words(
                    "allow both: --create --rename-where-cheaper (create=True)",
                    "请同时允许：--create --rename-where-cheaper（create=True）",
                ),
            )


class Planned(msgspec.Struct, frozen=True, eq=False):
    """A plan, what it costs, what is worth knowing, and the rows that it does not follow."""

    plan: Plan
    cost: Cost
    notes: tuple[Words, ...]
    problems: Problems

    def view(self) -> View:
        """Return what is shown of it."""
        plan = self.plan
        parts = plan.groups, plan.creates, plan.renames, plan.deletes
        return view_of(plan.header, *parts, plan.batches, cost=self.cost, notes=self.notes)

    def check(self) -> None:
        """Raise `UsageError` where the wish holds what somebody has to settle before anything is done."""
        kinds = [kind for kind in REFUSED if kind in self.problems.counts]
        if not kinds:
            return
        told = [self._count(kind) for kind in kinds]
        english, chinese = "; ".join(each.en for each in told), "；".join(each.zh for each in told)
        advice = KINDS[kinds[0]].advice
        raise UsageError(
            Words(f"the wish cannot be planned as it is: {english}", f"名单无法直接制定计划：{chinese}"),
            Words(
                f"{advice.en} (each row, with its number: --report FILE)",
                f"{advice.zh}（逐行查看：--report 文件）",
            ),
        )

    def _count(self, kind: str) -> Words:
        """Say how many rows are of a kind, and the first of the groups that they name."""
        title, n = KINDS[kind].title, number(self.problems.counts[kind])
        said = Words(f"{title.en} ({n})", f"{title.zh}（{n} 行）")
        if kind not in UNCLEAR:
            return said
        names = quoted(self.problems.groups(kind))
        return Words(f"{said.en}: {names.en}", f"{said.zh}：{names.zh}")


async def plan_wishes(wishes: Wishes, asking: Asking, mirror: Mirror, wanted: Wanted) -> Planned:
    """Make a plan against the live groups and the mirror, and tell its cost against the live quota.

    Asks groups/get once, and for the quota of each call that the plan needs. Raises `StoreError` where the mirror is
    empty; rows with problems are told in `Planned.problems` and raised by `check` only.
    """
    directory = asking.directory
    live = await asking.patiently(directory.groups)
    made = await asking.work(partial(_made, wishes, live, mirror, wanted, asking.clock.time()))
    quotas = [await _quota(asking, call) for call in needed(made.plan)]
    told = [quota for quota in quotas if quota is not None]
    cost = tell_cost(needed(made.plan), told, wanted.reserve, made.plan.header.made_at)
    return Planned(made.plan, cost, made.notes, made.problems)


class _Made(msgspec.Struct, frozen=True, eq=False):
    plan: Plan
    notes: tuple[Words, ...]
    problems: Problems


def _made(wishes: Wishes, live: Sequence[Group], mirror: Mirror, wanted: Wanted, now: float) -> _Made:
    """Read the mirror and make the plan; its revision is read first, so that whatever changes meanwhile is later."""
    revision, oldest, unknown = mirror.revision, mirror.oldest, mirror.unknown
    is_listing = mirror.is_listing
    followers = mirror_frame(mirror.dump(COLUMNS))
    if not len(followers):
        raise StoreError(
            Words(f"the mirror {mirror.where} knows nobody", f"镜像 {mirror.where} 中没有粉丝"),
            Words("fill it: fenzu mirror sync", "请先同步：fenzu mirror sync"),
        )
    groups = [KnownGroup(group.id, group.name) for group in live]
    told = joined([wishes.problems, near_new_names(wishes, groups)]) if wanted.create else wishes.problems
    facts = Facts(
        appid=mirror.appid,
        base_url=mirror.base_url,
        made_at=now,
        wish=wishes.name,
        wish_digest=wishes.digest,
        revision=revision,
        mirror=mirror.id,
        mirrored_at=oldest,
        problems=told.counts,
    )
    plan, left_out = make_plan(
        facts,
        groups,
        followers,
        wishes.frame,
        create=wanted.create,
        rename_where_cheaper=wanted.rename_where_cheaper,
        counts={group.id: group.count or 0 for group in live},
        named_by=wishes.named_by,
        on_conflict=wanted.on_conflict,
        first=wanted.first,
    )
    basis = Basis(None if oldest is None else now - oldest, unknown, is_listing)
    return _Made(plan, notes_of(plan, groups, basis), joined([told, explained(left_out, groups)]))


async def _quota(asking: Asking, call: str) -> CallQuota | None:
    """Return a call's quota; None where the platform does not tell it: not every account may ask."""
    try:
        return await asking.patiently(lambda: asking.directory.quota(call))
    except ApiError:
        return None

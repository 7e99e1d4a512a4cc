"""What whoever approves a plan should know besides: of the mirror it was made from, and of its groups. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from fenzu.regroup._render.escape import quoted
from fenzu.regroup._render.words import age, number
from fenzu.regroup._values import KnownGroup, Plan
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.rulebooks import RULES_2013, RULES_2021
from fenzu.wire.words import Words

OLD = 86_400.0
"""Seconds after which a mirror's oldest fact is worth a note."""


class Basis(msgspec.Struct, frozen=True):
    """How good a mirror a plan was made from."""

    age: float | None
    """Seconds since the oldest fact was learnt; None where there is none."""
    unknown: int
    """Followers whose group is not known."""
    is_listing: bool
    """Whether a sync began to list who follows, and has not come to the end."""


def notes_of(plan: Plan, live: Sequence[KnownGroup], basis: Basis) -> tuple[Words, ...]:
    """Return what is worth a note about a plan against an account's groups."""
    return *_of_the_mirror(basis), *_of_groups(plan, live)


def _of_the_mirror(basis: Basis) -> Iterator[Words]:
    if basis.is_listing:
        yield Words(
            "the last sync has not come to the end of the list of followers, so the plan may lack some: "
            "let fenzu mirror sync go to its end",
            "上次同步未取完粉丝列表，计划中可能缺少部分粉丝：请让 fenzu mirror sync 运行到结束",
        )
    if basis.age is not None and basis.age > OLD:
        old = age(basis.age)
        yield Words(
            f"the oldest fact in the mirror is {old.en} old: fenzu mirror sync brings it up to date",
            f"镜像中最早的信息已有 {old.zh}：可用 fenzu mirror sync 更新",
        )
    if basis.unknown:
        yield Words(
            f"of {number(basis.unknown)} followers the group is not known yet, so they are not planned for: "
            "let fenzu mirror sync go to its end",
            f"还有 {number(basis.unknown)} 个粉丝的分组未知，计划中没有他们：请让 fenzu mirror sync 运行到结束",
        )


def _of_groups(plan: Plan, live: Sequence[KnownGroup]) -> Iterator[Words]:
    own = sum(1 for group in live if group.id not in RESERVED_GROUPS) + len(plan.creates)
    if plan.creates and own > RULES_2021.custom_groups:
        yield Words(
            f"the account would have {own} groups of its own; the platform of today may refuse more than "
            f"{RULES_2021.custom_groups}, and always {RULES_2013.custom_groups}",
            f"账号将有 {own} 个自建分组；如今平台可能只允许 {RULES_2021.custom_groups} 个，"
            f"最多 {RULES_2013.custom_groups} 个",
        )
    names = [*(create.name for create in plan.creates), *(rename.new for rename in plan.renames)]
    limit = RULES_2021.name_limit
    if long := [name for name in names if RULES_2021.name_length(name) > limit]:
        told = quoted(long)
        yield Words(
            f"the platform of today may refuse names of more than {limit} bytes of UTF-8 "
            f"(a Chinese character takes 3): {told.en}",
            f"如今平台可能拒绝超过 {limit} 字节（UTF-8，一个汉字占 3 字节）的分组名：{told.zh}",
        )

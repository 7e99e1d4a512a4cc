"""What should not happen by mistake: everything is looked at, then everything is told, before anything is touched.

A finding is refused unless it is forced. The undo of a run is never one: it goes back to what was.
"""

from collections.abc import Sequence

import msgspec

from fenzu.errors import UnsafePlan
from fenzu.regroup._values import Flow, Header
from fenzu.wire.limits import BLACKLIST, RESERVED_GROUPS
from fenzu.wire.words import Words

MOST_PERCENT = 30
"""More of the followers than that are not regrouped by mistake."""
FEW = 20
"""Accounts with fewer followers are exempt from percentages."""


class Finding(msgspec.Struct, frozen=True):
    """Something about a plan that has to be wanted."""

    kind: str
    """`many_moved`, `into_blacklist` or `out_of_blacklist`."""
    followers: int
    words: Words


def look(header: Header, flows: Sequence[Flow]) -> tuple[Finding, ...]:
    """Return all findings about a plan and who moves from where to where by it."""
    if header.kind == "undo":
        return ()
    moved = header.along + sum(flow.followers for flow in flows)
    blacklisted = sum(flow.followers for flow in flows if flow.target == BLACKLIST)
    freed = sum(flow.followers for flow in flows if flow.source == BLACKLIST)
    found = []
    if header.followers >= FEW and moved * 100 > header.followers * MOST_PERCENT:
        found.append(_many(moved, header.followers))
    if blacklisted:
        found.append(_of_blacklist("into_blacklist", blacklisted, Words("moved into", "移入")))
    if freed:
        found.append(_of_blacklist("out_of_blacklist", freed, Words("taken out of", "移出")))
    return tuple(found)


def judge(findings: Sequence[Finding]) -> None:
    """Raise `UnsafePlan` if there is any finding; whoever forces the plan does not ask."""
    if findings:
        english, chinese = (
            "; ".join(finding.words.en for finding in findings),
            "；".join(finding.words.zh for finding in findings),
        )
        raise UnsafePlan(
            Words(f"the plan is refused: {english}", f"计划被拒绝：{chinese}"),
            Words("if that is what you want: --force", "如果确实要这样做：--force"),
        )


def _many(moved: int, followers: int) -> Finding:
    share = f"{moved * 100 / followers:.0f} %"
    return Finding(
        "many_moved",
        moved,
        Words(
            f"{moved:,} of {followers:,} followers ({share}) get another group, more than {MOST_PERCENT} %",
            f"{followers:,} 个粉丝中有 {moved:,} 个（{share}）会换分组，超过 {MOST_PERCENT} %",
        ),
    )


def _of_blacklist(kind: str, followers: int, verb: Words) -> Finding:
    name = RESERVED_GROUPS[BLACKLIST]
    return Finding(
        kind,
        followers,
        Words(f"followers {verb.en} {name}: {followers:,}", f"有 {followers:,} 个粉丝会被{verb.zh}{name}"),
    )

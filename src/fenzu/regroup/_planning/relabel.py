"""Renaming instead of moving: which groups had better take a new name and keep their followers. Pure.

Only where it is cheaper, and only where nobody is carried along whom the wish does not list.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from fenzu.regroup._planning.assign import best_pairs
from fenzu.regroup._planning.targets import Targets
from fenzu.regroup._values import KnownGroup, Rename
from fenzu.wire.limits import BATCH_OPENIDS, RESERVED_GROUPS


def find_renames(
    flows: Mapping[tuple[int, int | str], int],
    sizes: Mapping[int, int],
    groups: Sequence[KnownGroup],
    targets: Targets,
) -> tuple[Rename, ...]:
    """Return the renames that save the most calls, by group.

    `flows` counts the followers whom the wish lists, by the group that they are in and the one that they should be in:
    an id, or the name of a group to be made; who stays is among them. `sizes` counts all who are in a group. A group
    may be renamed if the wish lists everybody in it and does not name it by its id, and no other group has its name.
    What it was called before is made anew where the wish wants somebody there.
    """
    wanted: Counter[int | str] = Counter()
    listed: Counter[int] = Counter()
    for (source, target), n in flows.items():
        wanted[target] += n
        listed[source] += n
    free = {
        group.id: group
        for group in _unmistakable(groups, targets)
        if listed[group.id] >= sizes.get(group.id, 0)
    }
    gains = {
        (source, target): _saved(n, wanted[target]) - _lost(flows.get((source, source), 0), wanted[source])
        for (source, target), n in flows.items()
        if isinstance(target, str) and source in free
    }
    paired = best_pairs(gains)
    return tuple(
        Rename(group_id, free[group_id].name, new, listed[group_id])
        for group_id, new in sorted(paired.items())
    )


def _unmistakable(groups: Sequence[KnownGroup], targets: Targets) -> list[KnownGroup]:
    """Return the groups that only their own name stands for, in the account and in the wish."""
    names, called = Counter(group.name for group in groups), {(group.id, group.name) for group in groups}
    by_id = {group_id for text, group_id in targets.ids.items() if (group_id, text) not in called}
    return [
        group
        for group in groups
        if group.id not in RESERVED_GROUPS and group.id not in by_id and names[group.name] == 1
    ]


def _calls(followers: int) -> int:
    return -(-followers // BATCH_OPENIDS)


def _saved(stay: int, wanted: int) -> int:
    """Return how many calls are saved if so many of those wanted are there; a rename costs what making would have."""
    return _calls(wanted) - _calls(wanted - stay)


def _lost(stay: int, wanted: int) -> int:
    """Return how many calls more it takes to fill a group that has to be made anew, if anybody is wanted there."""
    return 1 + _calls(wanted) - _calls(wanted - stay) if wanted else 0

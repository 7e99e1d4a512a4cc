"""Groups that have the same name, which the platform allows: they are told apart by their ids. Knows no page."""

from collections import Counter
from collections.abc import Iterable

from fenzu.model import Group


def twins(groups: Iterable[Group]) -> frozenset[int]:
    """Return the ids of groups whose name another one has, too."""
    groups = list(groups)
    often = Counter(group.name for group in groups)
    return frozenset(int(group.id) for group in groups if often[group.name] > 1)


def told_apart(groups: Iterable[Group]) -> dict[int, str]:
    """Return what each group is called: its name, with its id where it might be taken for another."""
    groups = list(groups)
    same = twins(groups)
    return {
        int(group.id): f"{group.name} (ID {group.id})" if group.id in same else group.name for group in groups
    }

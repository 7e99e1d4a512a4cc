"""A sample of a run's followers: from each target group in proportion, at least one of each where there is room.

Seeded: the same run and seed give the same people.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from fenzu.regroup._asking.present import Person


def shares(counts: dict[int, int], size: int) -> dict[int, int]:
    """Return how many to take of each group: one of each as far as it goes, the biggest first; the rest by size."""
    size = min(size, sum(counts.values()))
    biggest = sorted(counts, key=lambda group: (-counts[group], group))
    given = dict.fromkeys(counts, 0) | dict.fromkeys(biggest[:size], 1)
    room = {group: counts[group] - given[group] for group in biggest}
    rest, total = size - sum(given.values()), sum(room.values())
    if not rest:
        return given
    for group, more in room.items():
        given[group] += rest * more // total
    # What rounding left over goes to those who lost most by it.
    lost = sorted(room, key=lambda group: (-(rest * room[group] % total), group))
    for group in lost[: size - sum(given.values())]:
        given[group] += 1
    return given


def chosen(people: Iterable[Person], counts: dict[int, int], size: int, seed: int) -> Iterator[Person]:
    """Yield the sample in the order of the people, of whom `counts` tells how many go to each group."""
    chance = random.Random(seed)
    wanted = {
        group: frozenset(chance.sample(range(counts[group]), share))
        for group, share in sorted(shares(counts, size).items())
    }
    seen: Counter[int] = Counter()
    for person in people:
        if seen[person.target] in wanted[person.target]:
            yield person
        seen[person.target] += 1

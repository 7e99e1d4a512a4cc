"""The account and the wish of a seed: who is where, who should be where, and a plan that leads there.

The plan is made by a few plain lines here, so that a fault of the planner cannot hide one of the engine.
"""

import random
from collections.abc import Mapping

import msgspec

from fenzu.regroup._values import Batch, Create, Header, KnownGroup, Plan, Rename
from tests.simulation.platform import APPID, BASE_URL, RESERVED

NAMES = ("华东", "VIP", "new", "老客户", "b2b", "☆", "a,b", "silver")


class World(msgspec.Struct, frozen=True):
    """What a seed begins with."""

    groups: Mapping[int, str]
    members: Mapping[str, int]
    known: Mapping[str, int]
    """Who followed when the mirror was filled: the members, and the strangers who have left since."""
    plan: Plan
    wish: Mapping[str, int]
    """Listed openid → target, a slot for a group to be made. Only who changes anything."""
    strangers: frozenset[str]
    """Listed, but no followers of the account: the platform answers 40003."""


def make_world(chance: random.Random) -> World:
    """Draw an account of up to some hundred followers and a wish for a part of them."""
    size = chance.choice((0, 1, 7, 49, 50, 51, 120, 300, 600))
    groups = {100 + n: chance.choice(NAMES) for n in sorted(chance.sample(range(8), chance.randint(0, 4)))}
    creates = [Create(-n, chance.choice(NAMES)) for n in range(1, chance.choice((0, 0, 1, 2, 4)) + 1)]
    renames = [Rename(id_, name, name + "2") for id_, name in groups.items() if chance.random() < 0.15]
    openids = [f"o{chance.randrange(10**12):027}" for _ in range(size)]
    members = {openid: chance.choice([0, *groups]) for openid in openids}
    targets = [0, 2, *groups, *(create.slot for create in creates)]
    listed = [openid for openid in openids if chance.random() < chance.choice((0.3, 1.0))]
    wish = {openid: chance.choice(targets) for openid in listed}
    wish = {openid: target for openid, target in wish.items() if members[openid] != target}
    strangers = frozenset(
        openid for openid in wish if chance.random() < chance.choice((0, 0, 0, 0, 0.02, 0.3))
    )
    plan = make_plan(groups, members, wish, creates, renames)
    left = {openid: group for openid, group in members.items() if openid not in strangers}
    return World(groups, left, members, plan, wish, strangers)


def make_plan(
    groups: Mapping[int, str],
    members: Mapping[str, int],
    wish: Mapping[str, int],
    creates: list[Create],
    renames: list[Rename],
) -> Plan:
    """Make a plan: by target, creates first, then ids; in follow order; by the fifty."""
    batches: list[Batch] = []
    for target in sorted(set(wish.values()), key=lambda group: (group >= 0, abs(group))):
        moved = [openid for openid in members if wish.get(openid) == target]
        for start in range(0, len(moved), 50):
            some = tuple(moved[start : start + 50])
            batches.append(Batch(len(batches) + 1, target, some, tuple(members[openid] for openid in some)))
    header = Header(
        appid=APPID, base_url=BASE_URL, made_at=0.0, wish="a seed", wishes=len(wish), followers=len(members)
    )
    known = tuple(KnownGroup(id_, name) for id_, name in sorted((RESERVED | dict(groups)).items()))
    return Plan(header, known, tuple(creates), tuple(renames), (), tuple(batches))


def way_back(world: World, members: Mapping[str, int], plan: Plan) -> World:
    """Return the world as an undo finds it, in which everybody who still follows is to go where they came from."""
    wish = {openid: batch.target for batch in plan.batches for openid in batch.openids}
    return World(world.groups, dict(members), dict(members), plan, wish, frozenset())

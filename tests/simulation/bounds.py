"""How many calls a story may have cost: each batch one, more for its bad openids, and what a kill left in doubt."""

from collections import Counter
from collections.abc import Iterator
from math import ceil, log2

from fenzu.regroup._values import Batch
from tests.simulation.network import Call
from tests.simulation.story import Life, Story

CREATE, MOVE = "groups/create", "groups/members/batchupdate"
FULL_BATCH = 50
MOST_A_BATCH = 99
IN_DOUBT = 4
"""So many times as many calls as may be under way may be unknown to the journal at a kill: those under way, those that
were answered since it was last written."""


def breaches_of_bounds(story: Story) -> Iterator[str]:
    """Find calls that should not have been made."""
    plan = story.world.plan
    batch_of = {openid: batch for batch in plan.batches for openid in batch.openids}
    settled = [frozenset[int](), *(life.settled for life in story.lives)]
    answered: Counter[tuple[int, int]] = Counter()
    for call in (call for call in story.network.calls if call.name == MOVE):
        openids = _openids(call)
        numbers = {batch_of[openid].number if openid in batch_of else None for openid in openids}
        [number, *others] = numbers
        if number is None or others or len(openids) > FULL_BATCH:
            yield f"a call with openids of {numbers}, {len(openids)} of them"
            continue
        if number in settled[call.life - 1]:
            yield f"batch {number} was settled before life {call.life}, and is sent in it"
        answered[call.life, number] += call.settles
    yield from _costs_of_batches(story, answered)
    for number, life in enumerate(story.lives, 1):
        yield from _forgotten(
            story, number, life, {batch for (at, batch), n in answered.items() if at == number and n}
        )
    yield from _costs_of_creates(story)


def _costs_of_batches(story: Story, answered: Counter[tuple[int, int]]) -> Iterator[str]:
    """Each batch costs at most what halving costs for its bad openids, and no more than a full tree."""
    for (life, number), calls in answered.items():
        bad = _bad_openids(story, story.world.plan.batches[number - 1])
        bound = min(MOST_A_BATCH, 1 + 2 * ceil(log2(FULL_BATCH)) * bad)
        if calls > bound:
            yield f"batch {number} with {bad} bad openids took {calls} calls in life {life}, at most {bound}"


def _forgotten(story: Story, number: int, life: Life, answered: set[int]) -> Iterator[str]:
    """Whatever was answered is in the journal when a run stops; of a killed one, all but the last few."""
    left = answered - life.settled
    clean = {batch for batch in left if not _bad_openids(story, story.world.plan.batches[batch - 1])}
    if clean and life.ending != "killed":
        yield f"life {number} {life.ending} ({life.reason}) and forgot batches {sorted(clean)}"
    if len(left) > IN_DOUBT * life.in_flight:
        yield f"life {number} was killed and left {len(left)} batches in doubt, with {life.in_flight} in flight"


def _costs_of_creates(story: Story) -> Iterator[str]:
    """One for each group, but for answers that were lost."""
    creates = sum(call.settles for call in story.network.calls if call.name == CREATE)
    kills = sum(life.ending != "finished" for life in story.lives)
    if creates > len(story.world.plan.creates) + kills:
        yield f"{creates} answered creates for {len(story.world.plan.creates)} groups"


def _openids(call: Call) -> list[str]:
    openids = call.sent_body()["openid_list"]
    assert isinstance(openids, list)
    return openids


def _bad_openids(story: Story, batch: Batch) -> int:
    return sum(openid in story.world.strangers or openid in story.gone for openid in batch.openids)

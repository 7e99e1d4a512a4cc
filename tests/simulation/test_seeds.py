"""Seed after seed: the regroup engine against everything that a network and a platform do to it, in virtual time."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import ActionDone, ActionSent, Entry, Sent, Settled
from tests.simulation.story import Story
from tests.simulation.telling import tell

SEEDS, FULL_SEEDS, PARTS = 160, 2_000, 8
TWICE = 10
"""Every tenth story is told twice."""


def check(seed: int) -> Story:
    """Tell the story of a seed; fail with the words to tell it alone."""
    story, found = tell(seed)
    if found:
        told = "\n  ".join(found[:10])
        pytest.fail(f"seed {seed}:\n  {told}\nalone: python -m tests.simulation {seed}", pytrace=False)
    return story


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_seed_comes_to_its_end(part: int, full: bool) -> None:
    """Whatever a seed brings, the wish is reached with the calls it may cost; told twice, a story is the same."""
    for seed in range(part, FULL_SEEDS if full else SEEDS, PARTS):
        story = check(seed)
        if seed // PARTS % TWICE == 0:
            assert check(seed).network.digest() == story.network.digest(), f"seed {seed} tells two stories"


def test_a_story_is_the_same_in_another_process() -> None:
    """The same seed gives the same trace whatever order a process keeps its sets in."""
    told = {
        subprocess.run(
            [sys.executable, "-m", "tests.simulation", "3", "4", "5"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(told) == 1


class HastyBook(Book):
    """A journal that holds a batch for settled as soon as it is sent."""

    def write(self, entries: Sequence[Entry]) -> None:
        super().write(entries)
        begun = {entry.number for entry in entries if isinstance(entry, Sent)}
        sizes = {batch.number: len(batch.openids) for batch in self.batches() if batch.number in begun}
        super().write([Settled(number, 0.0, size) for number, size in sizes.items()])


class ForgetfulBook(Book):
    """A journal in which a group stands only once it is made, and not from when it was asked for."""

    _kept: tuple[Entry, ...] = ()

    def write(self, entries: Sequence[Entry]) -> None:
        begun = [entry for entry in entries if isinstance(entry, ActionSent)]
        if begun:
            self._kept = (*self._kept, *begun)
            entries = [entry for entry in entries if not isinstance(entry, ActionSent)]
        if any(isinstance(entry, ActionDone) for entry in entries):
            entries, self._kept = [*self._kept, *entries], ()
        super().write(entries)


@pytest.mark.parametrize("careless", [HastyBook, ForgetfulBook])
def test_a_careless_journal_is_found_out(careless: type[Book]) -> None:
    """An engine whose journal says too much, or too little, breaks the laws in some story: the test above can fail."""
    assert any(tell(seed, careless)[1] for seed in range(100))

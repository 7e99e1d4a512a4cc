"""Loads on several servers in turn, and what is read from their outcomes."""

from collections.abc import Mapping, Sequence

import msgspec

from bench.load import Outcome, Plan, run
from bench.measure import interleave
from bench.settings import Settings


def take_turns(settings: Settings, plans: Mapping[str, Plan]) -> dict[str, list[Outcome]]:
    """Carry out each plan once a round; returns the outcomes by name."""
    timed = {
        name: msgspec.structs.replace(plan, seconds=settings.load_seconds) for name, plan in plans.items()
    }
    return interleave(settings.load_rounds, {name: Turn(plan) for name, plan in timed.items()})


class Turn:
    """A plan that is carried out when it is called."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __call__(self) -> Outcome:
        return run(self.plan)


def rates(outcomes: Sequence[Outcome]) -> list[float]:
    """Answers a second."""
    return [outcome.rate for outcome in outcomes]


def costs(outcomes: Sequence[Outcome]) -> list[float]:
    """The server's processor time for an answer, in microseconds; zeros where /proc does not tell."""
    return [outcome.cost or 0.0 for outcome in outcomes]


def middles(outcomes: Sequence[Outcome]) -> list[float]:
    """The time that half of the answers took at most, in microseconds."""
    return [outcome.p50 for outcome in outcomes]

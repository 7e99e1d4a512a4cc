"""`python -m tests.simulation SEED… [--calls]`: tell stories one by one, for whoever looks into a failure."""

import argparse
import sys

from tests.simulation.story import Story
from tests.simulation.telling import tell


def main() -> int:
    """Tell the stories that were asked for; 1 if a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Tell a seed's story.")
    parser.add_argument("seeds", nargs="+", type=int, metavar="SEED")
    parser.add_argument("--calls", action="store_true", help="show every call")
    asked = parser.parse_args()
    broken = False
    for seed in asked.seeds:
        story, found = tell(seed)
        show(seed, story, calls=asked.calls)
        for breach in found:
            print(f"  BROKEN: {breach}")
        broken = broken or bool(found)
    return int(broken)


def show(seed: int, story: Story, *, calls: bool) -> None:
    """Print the plan in a line, the lives in a line each, and the calls if wanted."""
    plan = story.world.plan
    print(
        f"seed {seed}: {plan.moves} moves in {len(plan.batches)} batches, {len(plan.creates)} creates, "
        f"{len(plan.renames)} renames, {len(story.world.strangers)} strangers; {len(story.network.calls)} calls, "
        f"trace {story.network.digest()[:16]}"
    )
    for number, life in enumerate(story.lives, 1):
        print(f"  life {number}: {life.ending} {life.reason}, {len(life.settled)} batches settled")
        if calls:
            for call in (call for call in story.network.calls if call.life == number):
                outcome = "no answer" if call.code is None else call.code
                trouble = f" ({call.trouble})" if call.trouble else ""
                print(f"    {call.at:.3f} +{call.ended_at - call.at:.3f} {call.name} {outcome}{trouble}")


if __name__ == "__main__":
    sys.exit(main())

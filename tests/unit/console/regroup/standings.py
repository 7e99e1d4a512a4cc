"""How runs stand, for the tests beside."""

from fenzu.regroup import Tally
from fenzu.regroup._settling.standing import Standing

TALLY = Tally(batches=2, settled=1, followers=100, moved=50, failed=0, calls=1)


def standing(kind: str, state: str, reason: str = "") -> Standing:
    """How a run stands."""
    return Standing("crm.plan", 1, kind, "wx1", "http://127.0.0.1:1", state, reason, 0, 0, 9, 0, 1, 0, 1.0)

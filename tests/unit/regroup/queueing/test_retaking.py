"""When a run that has stopped is taken again."""

import pytest

from fenzu.errors import FenzuError, PlanError, StoreError, TransportError, api_error
from fenzu.regroup._queueing.retaking import AFTER_MIDNIGHT, BUSY, LATE, SOON, pause_before
from fenzu.regroup._running.events import FAILURES, INTERRUPTED, LOST, RESERVE
from fenzu.wire.words import Words

WORDS = Words("x", "x")
NOW = 1_000.0


@pytest.mark.parametrize(
    ("reason", "error", "renews_at", "pause"),
    [
        (INTERRUPTED, None, None, 0.0),
        (LOST, None, None, BUSY),
        (RESERVE, None, NOW + 60, 60 + AFTER_MIDNIGHT),
        ("45009", api_error(45009, "", "groups.move_many"), NOW + 60, 60 + AFTER_MIDNIGHT),
        (RESERVE, None, NOW - 60, 0.0),
        ("45009", api_error(45009, "", "groups.create"), None, LATE),
        ("-1", api_error(-1, "", "groups.list"), None, SOON),
        ("45011", api_error(45011, "", "groups.list"), None, SOON),
        ("TransportError", TransportError(WORDS), None, SOON),
        ("StoreError", StoreError(WORDS), None, SOON),
        (FAILURES, None, None, None),
        ("PlanError", PlanError(WORDS), None, None),
        ("40013", api_error(40013, "", "token"), None, None),
    ],
)
def test_what_passes_by_itself_is_waited_for(
    reason: str, error: FenzuError | None, renews_at: float | None, pause: float | None
) -> None:
    """A run is taken again when what stopped it is over, and not at all where a person has to look at it."""
    assert pause_before(reason, error, renews_at, NOW) == pause

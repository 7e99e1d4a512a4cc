"""What is remembered of small moves, so that they can be taken back."""

import pytest
from tests.pretended_account import openid_of

from fenzu.console.account.kept_moves import KEPT_SECONDS, KeptMoves
from fenzu.errors import UsageError

VIP, NEW = 100, 101
OPENIDS = [openid_of(number) for number in range(2)]


def test_a_move_can_be_taken_back_for_an_hour() -> None:
    """The memory of moves ends after an hour, and the groups moved to last are told, the newest first."""
    now = [0.0]
    moves = KeptMoves(lambda: now[0])
    old = moves.keep(VIP, {OPENIDS[0]: 0})
    now[0] = KEPT_SECONDS - 1
    new = moves.keep(VIP, {OPENIDS[1]: 0})
    now[0] = KEPT_SECONDS
    with pytest.raises(UsageError):
        moves.take(old)
    moves.keep(NEW, {})
    assert moves.take(new).sources == {OPENIDS[1]: 0}
    for group in (VIP, NEW, 0, VIP, 2):
        moves.went_to(group)
    assert moves.recent == [2, VIP, 0]

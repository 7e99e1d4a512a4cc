"""One run at a time changes an account, on both stores."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.by_hand import plan_by_hand
from tests.pretended_account import PretendedAccount

from fenzu.database import Database, open_database
from fenzu.errors import AccountInUse
from fenzu.mirror import Mirror
from fenzu.regroup._running.alone import alone

HEADER = plan_by_hand(PretendedAccount(), {}).header


def test_a_second_run_is_refused_until_the_first_ends(opening: Callable[[], Database]) -> None:
    """While one run has the account, another is refused; when it has ended, the next one may."""
    first, second = opening(), opening()
    for _ in range(2):
        with alone(HEADER, [first]) as hold:
            assert (hold is None) == (first.kind == "sqlite")
            assert hold is None or hold.holds()
            with pytest.raises(AccountInUse), alone(HEADER, [second]):
                pytest.fail("two at once")
        assert hold is None or not hold.holds()


def test_a_mirror_is_held_by_one_run_too(new_database_place: str, tmp_path: Path) -> None:
    """Two plan files that share a mirror are of one account, and wait for each other."""
    one, other = open_database(str(tmp_path / "a.plan")), open_database(str(tmp_path / "b.plan"))
    with Mirror.open(new_database_place, HEADER.base_url, HEADER.appid) as mirror:
        with alone(HEADER, [one, mirror.database]):
            with pytest.raises(AccountInUse), alone(HEADER, [other, mirror.database]):
                pytest.fail("two at once")
            with pytest.raises(AccountInUse), alone(HEADER, [one]):
                pytest.fail("two at once")
        with alone(HEADER, [other, mirror.database]):
            pass
    one.close()
    other.close()

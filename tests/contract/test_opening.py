"""Opening a run in its place: a file that holds one plan and its undo, or PostgreSQL with many runs."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.by_hand import plan_by_hand
from tests.pretended_account import PretendedAccount, openid_of

from fenzu.database import Database, open_database
from fenzu.errors import StoreError, UsageError
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.opening import OpenRun, open_run, save_plan
from fenzu.regroup._values import Plan

OPENIDS = tuple(map(openid_of, range(60)))


def a_plan() -> Plan:
    account = PretendedAccount(OPENIDS, {100: "VIP"})
    return plan_by_hand(account, dict.fromkeys(OPENIDS, 100))


def undo_of(run: OpenRun) -> Plan:
    plan = a_plan()
    return msgspec.structs.replace(
        plan, header=msgspec.structs.replace(plan.header, kind="undo", undoes=run.number)
    )


def test_a_plan_is_saved_and_opened(empty_postgres: str, tmp_path: Path) -> None:
    """What was saved is what is opened, from a file as from PostgreSQL."""
    for where in (str(tmp_path / "crm.plan"), empty_postgres):
        with save_plan(a_plan(), where) as saved:
            assert repr(saved) == f"OpenRun({saved.where!r}, 1)"
        with open_run(where, read_only=True) as again:
            assert again.planned.plan() == a_plan()
            assert again.latest is again.planned


def test_the_newest_undo_is_what_was_begun_last(opening: Callable[[], Database]) -> None:
    """Of a plan that was undone twice the second undo is the latest; another plan's undo is none of its own."""
    database = opening()
    first = OpenRun(database, _book.create(database, a_plan()).run)
    other = OpenRun(database, first.add(a_plan()).run)
    first.add(undo_of(first))
    second = first.add(undo_of(first))
    first.add(undo_of(other))
    undoing = first.undoing()
    assert undoing is not None
    assert undoing.run == first.latest.run == second.run
    assert first.planned.run == first.number


def test_of_several_plans_one_is_named(empty_postgres: str) -> None:
    """Where several plans lie in one database, the number tells which is meant; without one it is refused."""
    save_plan(a_plan(), empty_postgres).close()
    with save_plan(a_plan(), empty_postgres) as second:
        assert second.number == 2
    with open_run(empty_postgres, 2) as found:
        assert found.number == 2
    with pytest.raises(UsageError, match="2 plans"):
        open_run(empty_postgres)
    with pytest.raises(StoreError, match="no run 7"):
        open_run(empty_postgres, 7)


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    """A file that is missing is not made, and one that holds something else is left as it is."""
    missing, other = tmp_path / "missing.plan", tmp_path / "other.db"
    with pytest.raises(StoreError, match="there is no file"):
        open_run(str(missing))
    assert not missing.exists()
    open_database(str(other)).close()
    empty = tmp_path / "empty.plan"
    empty.touch()
    for what in (other, empty, tmp_path):
        with pytest.raises(StoreError, match="is no plan"):
            open_run(str(what))
    assert empty.read_bytes() == b""


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    """Saving over a file is refused and leaves it; a save that fails leaves no file, and a folder has to be there."""
    path = tmp_path / "crm.plan"
    path.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        save_plan(a_plan(), str(path))
    assert path.read_text() == "mine"
    path.unlink()
    with pytest.raises(TypeError):
        save_plan(msgspec.structs.replace(a_plan(), creates=(object(),)), str(path))
    assert not list(tmp_path.iterdir())
    with pytest.raises(StoreError, match="cannot be made"):
        save_plan(a_plan(), str(tmp_path / "nowhere" / "crm.plan"))


def test_a_save_that_fails_on_a_server_is_told(empty_postgres: str) -> None:
    """What cannot be written into PostgreSQL leaves no run behind."""
    with pytest.raises(TypeError):
        save_plan(msgspec.structs.replace(a_plan(), creates=(object(),)), empty_postgres)
    with pytest.raises(StoreError, match="is no plan"):
        open_run(empty_postgres)

"""Plan files: whole or not at all, never in the place of what is still needed, and only what was planned."""

import os
from pathlib import Path

import msgspec
import pytest
from tests.unit.regroup.planned import openid, plan_for

from fenzu.errors import StoreError, UsageError
from fenzu.regroup._books import saving
from fenzu.regroup._books.entries import StateChanged
from fenzu.regroup._books.opening import OpenRun, open_run, save_plan
from fenzu.regroup._books.saving import check_may_write, write_plan
from fenzu.regroup._values import Plan

STATE = {openid(n): 0 for n in range(120)}


def a_plan(n: int = 70) -> Plan:
    return plan_for(STATE, [(openid(at), "VIP") for at in range(n)])


def test_a_plan_file_is_one_file(tmp_path: Path) -> None:
    """What is written is what was planned, and nothing lies beside the file."""
    where = str(tmp_path / "crm.plan")
    assert write_plan(a_plan(), where) == (where, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["crm.plan"]
    with open_run(where, read_only=True) as run:
        plan = run.planned.plan()
    assert plan == a_plan()
    assert (plan.moves, len(plan.batches), plan.calls) == (70, 2, 2)


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """Without `replace` nothing is overwritten; with it only a plan that nobody has begun, never another file."""
    where, other = tmp_path / "crm.plan", tmp_path / "crm.csv"
    write_plan(a_plan(), str(where))
    other.write_text("openid,group\n")
    with pytest.raises(UsageError, match=r"is there already.*--replace"):
        write_plan(a_plan(), str(where))
    with pytest.raises(UsageError, match="is no plan"):
        write_plan(a_plan(), str(other), replace=True)
    assert other.read_text() == "openid,group\n"
    write_plan(a_plan(5), str(where), replace=True)
    with open_run(str(where)) as run:
        assert run.planned.header.wishes == 5
        run.planned.write([StateChanged("running", 2.0)])
    with pytest.raises(UsageError, match="was begun"):
        check_may_write(str(where), replace=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm.csv", "crm.plan"]


def test_a_plan_that_somebody_has_open_is_not_replaced(tmp_path: Path) -> None:
    """Who has opened a plan to apply it, and is being asked, never has it exchanged under their hands."""
    where = str(tmp_path / "crm.plan")
    write_plan(a_plan(), where)
    with open_run(where) as run:
        with pytest.raises(UsageError, match="is open in another process"):
            write_plan(a_plan(5), where, replace=True)
        run.planned.write([StateChanged("running", 2.0)])
    with open_run(where, read_only=True) as run:
        assert run.planned.state().state == "running"
    assert [path.name for path in tmp_path.iterdir()] == ["crm.plan"]


def test_a_plan_that_is_begun_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody begins the old plan while the new one is written, the old one stays."""
    where = str(tmp_path / "crm.plan")
    write_plan(a_plan(), where)

    def late(plan: Plan, place: str) -> OpenRun:
        with open_run(where) as run:
            run.planned.write([StateChanged("running", 2.0)])
        return save_plan(plan, place)

    monkeypatch.setattr(saving, "save_plan", late)
    with pytest.raises(UsageError, match="was begun"):
        write_plan(a_plan(5), where, replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["crm.plan"]


def test_it_is_known_beforehand_whether_a_file_may_be_written(tmp_path: Path) -> None:
    """A name that is free may be written; a server always takes one more run."""
    check_may_write(str(tmp_path / "new.plan"), replace=False)
    check_may_write("postgresql://nowhere/x", replace=False)


def test_nobody_is_overtaken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody takes the name while the plan is written, theirs stays."""
    where = tmp_path / "crm.plan"
    whole = os.link

    def late(source: Path, target: Path) -> None:
        where.write_text("theirs")
        whole(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(UsageError, match="is there already"):
        write_plan(a_plan(), str(where))
    assert where.read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["crm.plan"]


def test_a_disk_without_second_names_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk knows no links the file is moved into its place."""

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_plan(a_plan(), str(tmp_path / "crm.plan"))
    assert [path.name for path in tmp_path.iterdir()] == ["crm.plan"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that cannot be put where it should go is an error in words, and leaves nothing behind."""
    with pytest.raises(StoreError, match="cannot be made"):
        write_plan(a_plan(), str(tmp_path / "missing" / "crm.plan"))

    def refuse(source: Path, target: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    write_plan(a_plan(), str(tmp_path / "crm.plan"))
    with pytest.raises(StoreError, match="Read-only file system"):
        write_plan(a_plan(), str(tmp_path / "crm.plan"), replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["crm.plan"]


def test_a_plan_goes_into_a_server_as_a_run(empty_postgres: str) -> None:
    """On PostgreSQL each plan is a run of its own, and the password is not told."""
    first, second = (write_plan(a_plan(n), empty_postgres) for n in (3, 4))
    assert second.number == first.number + 1
    with open_run(empty_postgres, second.number) as run:
        assert run.planned.header.wishes == 4
        assert msgspec.json.encode(first.where).startswith(b'"postgresql://')

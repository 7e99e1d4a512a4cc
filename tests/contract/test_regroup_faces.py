"""The engine as a library: both faces have the same names and do the same, for code that waits and for asyncio."""

import asyncio
import inspect
import typing
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from pathlib import Path
from types import GenericAlias
from typing import Any

import pandas as pd
import polars as pl
import pytest
from tests.by_hand import plan_by_hand
from tests.pretended_account import Made, PretendedAccount, openid_of

from fenzu import regroup
from fenzu.errors import PlanError, UnsafePlan, UsageError
from fenzu.mirror import Mirror, sync
from fenzu.regroup import _blocking, aio
from fenzu.regroup._books.entries import StateChanged

OPENIDS = tuple(map(openid_of, range(300)))
NEW, FRIENDS = -1, 100
Call = Callable[..., Any]


@pytest.fixture(params=["sync", "aio"])
def call(request: pytest.FixtureRequest) -> Call:
    """Call a function of a face by its name; events come as a list."""

    def waiting(name: str, *arguments: Any, **more: Any) -> Any:
        answer = getattr(regroup, name)(*arguments, **more)
        return list(answer) if isinstance(answer, Generator) else answer

    def awaited(name: str, *arguments: Any, **more: Any) -> Any:
        async def collect() -> Any:
            answer = getattr(aio, name)(*arguments, **more)
            if isinstance(answer, AsyncGenerator):
                return [event async for event in answer]
            return await answer

        return asyncio.run(collect())

    return waiting if request.param == "sync" else awaited


@pytest.fixture
def account() -> PretendedAccount:
    """Three hundred without a group."""
    return PretendedAccount(OPENIDS, {FRIENDS: "朋友"})


def a_plan(account: PretendedAccount) -> regroup.Plan:
    """Fifty-five into a new group, ten to friends: under the guard's thirty per cent."""
    wish = dict.fromkeys(OPENIDS[:55], NEW) | dict.fromkeys(OPENIDS[55:65], FRIENDS)
    return plan_by_hand(account, wish, {NEW: "VIP"})


def waited(answer: Any) -> Any:
    """Return what the one returns whose twin returns this."""
    if typing.get_origin(answer) is AsyncGenerator:
        return GenericAlias(Generator, (*typing.get_args(answer), None))
    return answer


def test_both_faces_have_the_same_names() -> None:
    """Each function of the one is there in the other, with the same parameters, types and words."""
    assert {name for name in regroup.__all__ if name.islower()} == {"aio", *aio.__all__}
    for name in aio.__all__:
        one, other = getattr(regroup, name), getattr(aio, name)
        assert one.__module__ == _blocking.__name__
        assert inspect.signature(one).parameters == inspect.signature(other).parameters
        assert inspect.signature(one).return_annotation == waited(inspect.signature(other).return_annotation)
        assert one.__doc__ == other.__doc__ and one.__doc__
        iterates = typing.get_origin(inspect.signature(one).return_annotation) is Generator
        assert inspect.isasyncgenfunction(other) is iterates
        assert inspect.iscoroutinefunction(other) is not iterates


def test_names_are_loaded_when_they_are_used() -> None:
    """The package tells its names, and refuses others."""
    assert dir(regroup) == sorted(regroup.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(regroup, "nothing")  # noqa: B009 - written out, a type checker would complain


def test_the_whole_way(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """A plan is saved, applied, verified, reported and undone, and all is as it was before."""
    before, plan = account.state(), a_plan(account)
    with Mirror.open(str(tmp_path / "mirror.db"), account.base_url, account.appid) as mirror:
        with call("save", plan, str(tmp_path / "crm.plan")) as run:
            events = call("apply", run, account, mirror=mirror)
            assert isinstance(events[0], regroup.Started) and isinstance(events[-1], regroup.Finished)
            assert account.members[OPENIDS[0]] == 101
        with call("open_run", str(tmp_path / "crm.plan")) as run:
            report = call("report", run)
            assert (report.state, report.moved, report.failed) == ("done", 65, 0)
            assert report.calls == {"groups.create": 1, "groups.move_many": 3}
            told: list[tuple[int, int]] = []
            found = call("verify", run, account, mirror=mirror, told=lambda *n: told.append(n))
            assert found.is_right and told == [(0, 65), (65, 65)]
            assert call("verify", run, account, sample=10).asked == 10
            undone = call("undo", run, account, mirror=mirror)
            assert isinstance(undone[0], regroup.Undo) and isinstance(undone[-1], regroup.Finished)
            assert account.state() == before
            assert call("report", run).kind == "undo"
            assert call("verify", run, account).is_right
        assert not (tmp_path / "crm.plan.lock").exists()


@pytest.fixture
def mirror(account: PretendedAccount, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror that knows the account."""
    with Mirror.open(str(tmp_path / "mirror.db"), account.base_url, account.appid) as mirror:
        for _ in sync(account, mirror):
            pass
        yield mirror


WISH = {openid: ("VIP", "朋友", "100", "0")[number % 4] for number, openid in enumerate(OPENIDS[:40])}


def wishes(folder: Path) -> dict[str, Any]:
    """The same wish in every form that a program may have it in."""
    (folder / "crm.csv").write_text("openid,group\n" + "".join(f"{a},{b}\n" for a, b in WISH.items()))
    columns = {"openid": list(WISH), "group": list(WISH.values())}
    return {
        "file": str(folder / "crm.csv"),
        "path": folder / "crm.csv",
        "polars": pl.DataFrame(columns),
        "pandas": pd.DataFrame(columns),
        "mapping": WISH,
        "pairs": iter(WISH.items()),
        "dictionaries": [{"openid": a, "group": b} for a, b in WISH.items()],
    }


@pytest.mark.parametrize("form", ["file", "path", "polars", "pandas", "mapping", "pairs", "dictionaries"])
def test_a_wish_in_any_form(
    call: Call, account: PretendedAccount, mirror: Mirror, tmp_path: Path, form: str
) -> None:
    """A file, a frame, a mapping and pairs make the same plan, which tells its cost and which rows have problems."""
    planned = call("plan", account, mirror, wishes(tmp_path)[form], create=True, reserve=100)
    assert isinstance(planned, regroup.Planned)
    assert (planned.plan.moves, planned.plan.header.unchanged, planned.cost.calls) == (30, 10, 3)
    assert not planned.problems and planned.plan.header.appid == account.appid
    assert planned.plan.header.mirror == mirror.id
    with call("save", planned.plan, str(tmp_path / "crm.plan")) as run:
        assert call("finish", run, account, mirror=mirror).moved == 30
    assert call("plan", account, mirror, wishes(tmp_path)[form]).plan.is_empty


def test_a_wish_that_has_to_be_mended(call: Call, account: PretendedAccount, mirror: Mirror) -> None:
    """A group that is unknown is an error; not so strictly, the plan leaves its rows out and tells them."""
    wish = [(OPENIDS[0], "Nowhere"), (OPENIDS[1], "朋友")]
    with pytest.raises(UsageError, match="no such group"):
        call("plan", account, mirror, wish)
    planned = call("plan", account, mirror, wish, strict=False)
    [problem] = planned.problems
    assert isinstance(problem, regroup.Problem)
    assert (problem.row, problem.group, planned.plan.moves) == (1, "Nowhere", 1)


def test_renaming_without_making_is_refused(call: Call, account: PretendedAccount, mirror: Mirror) -> None:
    """A rename stands in the place of a group that would be made, so it makes no sense where none may be."""
    with pytest.raises(UsageError, match="create=True"):
        call("plan", account, mirror, {}, rename_where_cheaper=True)


def test_columns_by_name(call: Call, account: PretendedAccount, mirror: Mirror) -> None:
    """A frame whose columns are called otherwise is read where they are named."""
    frame = pl.DataFrame({"who": [OPENIDS[0]], "where": ["朋友"]})
    assert call("plan", account, mirror, frame, openid_column="who", group_column="where").plan.moves == 1


def test_another_accounts_mirror_is_refused(
    call: Call, account: PretendedAccount, mirror: Mirror, tmp_path: Path
) -> None:
    """Neither planning nor applying works with the mirror of another account."""
    other = PretendedAccount(OPENIDS, {FRIENDS: "朋友"}, appid="wx2")
    with pytest.raises(UsageError, match="the mirror is of wx1"):
        call("plan", other, mirror, WISH)
    with call("save", a_plan(other), str(tmp_path / "other.plan")) as run:
        for name in ("apply", "undo", "verify"):
            with pytest.raises(UsageError, match="the mirror is of wx1"):
                call(name, run, other, mirror=mirror)
    assert not other.changes()


def test_a_plan_file_is_replaced_only_where_it_may_be(
    call: Call, account: PretendedAccount, tmp_path: Path
) -> None:
    """A file is left as it is; a plan that nobody has begun gives way where that is asked for."""
    place = str(tmp_path / "crm.plan")
    call("save", a_plan(account), place).close()
    with pytest.raises(UsageError, match="is there already"):
        call("save", a_plan(account), place)
    with call("save", a_plan(account), place, replace=True) as run:
        call("finish", run, account)
    with pytest.raises(UsageError, match="was begun"):
        call("save", a_plan(account), place, replace=True)


def test_to_the_end_in_one_call(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """`finish` returns what has become of the plan; where the day's calls end, it says so, and goes on the next day."""
    account.daily["groups.move_many"] = 2
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        first = call("finish", run, account, settings=regroup.Settings(in_flight=1))
        assert (first.state, first.reason, first.waiting) == ("stopped", "45009", 10)
        account.calls_today.clear()
        second = call("finish", run, account)
        assert (second.state, second.moved, second.calls["groups.create"]) == ("done", 65, 1)
        assert len(account.ids("VIP")) == 1


def test_a_guard_refuses_what_is_not_forced(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """A plan that moves more than thirty per cent is refused before any call, and applied where it is forced."""
    plan = plan_by_hand(account, dict.fromkeys(OPENIDS, FRIENDS))
    with call("save", plan, str(tmp_path / "all.plan")) as run:
        with pytest.raises(UnsafePlan):
            call("apply", run, account)
        assert not account.calls
        assert call("finish", run, account, force=True).moved == 300


def test_what_was_undone_is_not_applied_again(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """After an undo, the plan is refused: the way forward is a new plan."""
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        call("finish", run, account)
        call("undo", run, account)
        with pytest.raises(PlanError, match="was undone"):
            call("apply", run, account)


def test_nothing_to_undo_writes_nothing(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """The undo of what was not begun is told and leaves the plan to be applied."""
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        [undo] = call("undo", run, account)
        assert undo.plan.is_empty and run.undoing() is None
        assert call("finish", run, account).moved == 65
        call("undo", run, account)
        [again] = call("undo", run, account)
        assert (again.back, again.plan.moves) == (65, 0)


def test_a_stopped_undo_goes_on(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """An undo that met the day's end goes on when it is asked for again, without asking anew where everybody is."""
    before = account.state()
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        call("finish", run, account)
        account.daily["groups.move_many"] = 4
        stopped = call("undo", run, account, settings=regroup.Settings(in_flight=1))
        assert isinstance(stopped[-1], regroup.Stopped)
        account.calls_today.clear()
        asked = account.calls.count(Made("followers.get_many", openids=OPENIDS[:65]))
        again = call("undo", run, account)
        assert isinstance(again[0], regroup.Started) and again[0].resumed
        assert account.calls.count(Made("followers.get_many", openids=OPENIDS[:65])) == asked
        assert account.state() == before


def test_a_stopped_undo_that_is_stale_is_made_anew(
    call: Call, account: PretendedAccount, tmp_path: Path
) -> None:
    """Where somebody has changed a group since an undo stopped, it looks again where everybody is and goes on."""
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        call("finish", run, account)
        account.daily["groups.move_many"] = 4
        call("undo", run, account, settings=regroup.Settings(in_flight=1))
        account.calls_today.clear()
        account.names[101] = "Gold"
        again = call("undo", run, account)
        assert isinstance(again[0], regroup.Undo)
        assert again[0].groups_left == (regroup.GroupLeft(101, "VIP", "Gold"),)
        assert not [openid for openid, group in account.members.items() if group]


def test_two_at_once_are_refused(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """While one applies a plan, another one is refused, and what was stopped goes on."""

    async def hang(made: Made) -> None:
        if made.call == "groups.move_many":
            await asyncio.get_running_loop().create_future()

    account.before = hang
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        events = regroup.apply(run, account)
        next(events)
        with regroup.open_run(str(tmp_path / "crm.plan")) as other, pytest.raises(PlanError, match="in use"):
            call("apply", other, account)
        events.close()
        account.before = None
        assert call("report", run).reason == "interrupted"
        assert call("finish", run, account).moved == 65


def test_who_leaves_an_undo_early_changes_nothing(account: PretendedAccount, tmp_path: Path) -> None:
    """The `Undo` comes before anything is changed, and closing the generator leaves it at that."""
    with regroup.save(a_plan(account), str(tmp_path / "crm.plan")) as run:
        regroup.finish(run, account)
        applied = account.state()
        events = regroup.undo(run, account)
        next(events)
        events.close()
        assert account.state() == applied


def test_another_accounts_plan_is_refused(call: Call, account: PretendedAccount, tmp_path: Path) -> None:
    """Applying, verifying and undoing another account's plan is refused."""
    other = PretendedAccount(OPENIDS, {FRIENDS: "朋友"}, appid="wx2")
    with call("save", a_plan(account), str(tmp_path / "crm.plan")) as run:
        run.planned.write([StateChanged("stopped", 1.0)])
        for name in ("apply", "verify", "undo"):
            with pytest.raises(PlanError, match="the plan is for wx1"):
                call(name, run, other)

"""Plans that the console makes: of a selection, of all that match, and the files that they are kept in."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import current_thread
from types import SimpleNamespace

import pytest
from tests.pretended_account import PretendedAccount, openid_of
from tests.unit.console.pretended_desk import plan_of

from fenzu.console.account.desk import Desk
from fenzu.console.regroup import plan_files
from fenzu.console.regroup.plan_files import (
    PlanNote,
    all_runs,
    check_not_begun,
    discard,
    find_run,
    save_run,
    stem_of,
    told_of,
)
from fenzu.errors import PlanError, StoreError, UsageError
from fenzu.mirror import Mirror, Query
from fenzu.mirror.rows import Column
from fenzu.model import OpenID
from fenzu.regroup import aio, open_run
from fenzu.wire.words import Words

OPENIDS = tuple(map(openid_of, range(300)))
FRIENDS = 100
ABOUT = Words("the selection to friends", "所选粉丝移到朋友")


@pytest.fixture
def platform() -> PretendedAccount:
    """Three hundred, the first twenty of them friends."""
    groups = {openid: FRIENDS if n < 20 else 0 for n, openid in enumerate(OPENIDS)}
    return PretendedAccount(groups, {FRIENDS: "朋友"})


async def test_a_selection_becomes_a_plan_with_a_page(desk: Desk, platform: PretendedAccount) -> None:
    """A plan moves whom it was made for and nobody else, and nothing is changed before it is applied."""
    before = platform.state()
    address = await plan_of(desk, FRIENDS, OPENIDS[10:80], ABOUT)
    [path] = all_runs(desk.account.runs)
    assert address == f"/a/shop/runs/{stem_of(path)}"
    assert platform.state() == before
    with open_run(str(path)) as run:
        [flow] = {(batch.target, source) for batch in run.planned.batches() for source in batch.sources}
        assert flow == (FRIENDS, 0)
        moved = [openid for batch in run.planned.batches() for openid in batch.openids]
    assert moved == list(OPENIDS[20:80])


async def test_all_that_match_become_a_plan(desk: Desk) -> None:
    """A query stands for all whom it finds when the plan is made."""
    await plan_of(desk, 2, Query(group_id=FRIENDS), ABOUT)
    [path] = all_runs(desk.account.runs)
    with open_run(str(path)) as run:
        assert run.planned.tally().followers == 20


async def test_a_plan_takes_no_thread_that_pages_wait_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is found and compared for a plan is read where counts are made, beside the threads of the pages."""
    threads: set[str] = set()
    openids, dump = Mirror.openids, Mirror.dump

    def note_openids(mirror: Mirror, query: Query) -> Iterator[list[OpenID]]:
        threads.add(current_thread().name)
        return openids(mirror, query)

    def note_dump(mirror: Mirror, columns: Sequence[Column]) -> Iterator[bytes]:
        threads.add(current_thread().name)
        return dump(mirror, columns)

    monkeypatch.setattr(Mirror, "openids", note_openids)
    monkeypatch.setattr(Mirror, "dump", note_dump)
    await plan_of(desk, 2, Query(group_id=FRIENDS), ABOUT)
    assert threads == {"scan_0"}


async def test_a_plan_of_nobody_is_kept_too(desk: Desk) -> None:
    """A query that nobody matches gives a plan in which nothing is to be done."""
    await plan_of(desk, 2, Query(text="nobody is called so"), ABOUT)
    [path] = all_runs(desk.account.runs)
    with open_run(str(path)) as run:
        assert run.planned.tally().followers == 0


async def test_a_group_that_is_not_there_is_refused(desk: Desk) -> None:
    """No plan is kept for a group that the account does not have."""
    with pytest.raises(UsageError):
        await plan_of(desk, 999, OPENIDS[:60], ABOUT)
    assert not all_runs(desk.account.runs)


async def test_what_was_told_is_kept_beside_the_plan(desk: Desk) -> None:
    """What a plan costs and where it comes from can be read again; a plan of somebody else's has no such thing."""
    await plan_of(desk, FRIENDS, OPENIDS, ABOUT)
    [path] = all_runs(desk.account.runs)
    told = told_of(path)
    assert told is not None
    assert told.about == ABOUT
    assert told.cost is not None and told.cost.calls == 6
    assert told_of(path.with_name("other.plan")) is None


async def test_a_plan_that_was_never_applied_can_be_discarded(desk: Desk, platform: PretendedAccount) -> None:
    """Discarding leaves nothing behind; a plan of which something was done stays."""
    await plan_of(desk, FRIENDS, OPENIDS[:60], ABOUT)
    [path] = all_runs(desk.account.runs)
    discard(path)
    assert list(desk.account.runs.iterdir()) == []
    await plan_of(desk, FRIENDS, OPENIDS[:60], ABOUT)
    [path] = all_runs(desk.account.runs)
    with open_run(str(path)) as run:
        await aio.finish(run, platform)
    with pytest.raises(PlanError):
        discard(path)
    assert find_run(desk.account.runs, stem_of(path)) == path


def test_an_address_names_a_plan_of_the_folder_alone(tmp_path: Path) -> None:
    """No stem leads out of the folder, and one that names no file leads nowhere."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "secret.plan").touch()
    for stem in ("../secret", "/etc/passwd", "..", "", ".hidden", "nothing"):
        assert find_run(tmp_path / "runs", stem) is None


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the plan's file cannot be written, what was to be told of it goes, too."""

    def fail(*_: object) -> None:
        raise StoreError(Words("the disk is full", "磁盘已满"))

    monkeypatch.setattr(plan_files, "write_plan", fail)
    planned = SimpleNamespace(plan=None, cost=None, notes=())
    with pytest.raises(StoreError):
        save_run(tmp_path / "runs", "list", planned, PlanNote(about=Words("", "")))  # type: ignore[arg-type]  # enough
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_plan_that_is_a_riddle_is_kept() -> None:
    """A plan of which nobody can tell whether it was begun is not discarded."""

    class Riddle:
        @property
        def latest(self) -> None:
            raise PlanError(Words("handed over", "已移交"))

    with pytest.raises(PlanError, match="it is kept"):
        check_not_begun(Riddle())  # type: ignore[arg-type]  # it is asked for nothing else

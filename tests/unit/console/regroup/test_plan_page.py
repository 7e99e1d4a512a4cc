"""What the page of a plan shows, and what may be done with it."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.by_hand import carry_out_by_hand, plan_by_hand
from tests.pretended_account import PretendedAccount, openid_of
from tests.unit.console.regroup.standings import standing

from fenzu.console.regroup import plan_page
from fenzu.console.regroup.plan_page import (
    check_accepted,
    possible,
    read_line,
    read_run,
    rows_words,
    state_words,
)
from fenzu.database import open_database
from fenzu.errors import PlanError, UnsafePlan
from fenzu.regroup import open_run, save
from fenzu.regroup._books.entries import StateChanged
from fenzu.regroup._books.handing import hand_over
from fenzu.regroup._planning.guard import Finding
from fenzu.regroup._values import Header
from fenzu.wire.words import Words

OPENIDS = tuple(map(openid_of, range(300)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A plan of sixty for a new group."""
    account = PretendedAccount(OPENIDS)
    where = tmp_path / "crm.plan"
    save(plan_by_hand(account, dict.fromkeys(OPENIDS[:60], -1), {-1: "VIP"}), str(where)).close()
    return where


@pytest.mark.parametrize(
    ("rows", "along", "told"), [(200, 0, "5 skipped"), (200, 3, "2 skipped"), (0, 0, "")]
)
def test_what_becomes_of_the_rows_adds_up(rows: int, along: int, told: str) -> None:
    """To move, there already and skipped are all rows together; a plan of no list tells none."""
    header = Header(
        appid="wx1",
        base_url="http://127.0.0.1:1",
        made_at=1.0,
        wish="crm.csv",
        wishes=196,
        unchanged=5,
        along=along,
        followers=400,
    )
    words = rows_words(rows, header, 190)
    assert (words is None) == (not rows)
    assert told in (words.en if words else "")


@pytest.mark.parametrize(
    ("kind", "state", "moved", "expected"),
    [
        ("apply", "planned", 0, {"apply", "discard"}),
        ("apply", "running", 5, set()),
        ("apply", "stopped", 0, {"resume", "undo"}),
        ("apply", "broken", 5, {"resume", "undo", "check"}),
        ("apply", "done", 5, {"undo", "check"}),
        ("apply", "done", 0, {"undo"}),
        ("apply", "handed", 0, set()),
        ("undo", "planned", 5, {"undo"}),
        ("undo", "stopped", 5, {"undo"}),
        ("undo", "running", 5, set()),
        ("undo", "done", 5, set()),
    ],
)
def test_what_may_be_done_follows_from_how_it_stands(
    kind: str, state: str, moved: int, expected: set[str]
) -> None:
    """A run at work is left alone, one that stopped goes on or back, and an undo is not undone."""
    assert possible(standing(kind, state), moved=moved, is_empty=False) == expected


def test_a_plan_of_nothing_can_only_be_discarded() -> None:
    """Where nothing is to be done, nothing is applied."""
    assert possible(standing("apply", "planned"), moved=0, is_empty=True) == {"discard"}


def test_a_plan_is_read_with_how_it_stands(path: Path) -> None:
    """The page shows a plan, what became of it, and keeps it counted while it is looked at."""
    shown = read_run(path)
    assert (shown.view.moves, len(shown.view.creates), shown.report) == (60, 1, None)
    assert shown.about == Words("crm.csv", "crm.csv")
    assert read_run(path).view is shown.view
    assert read_line(path).is_fresh


def test_only_some_plans_are_kept_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted first gives way, and is counted again."""
    monkeypatch.setattr(plan_page, "VIEWS_KEPT", 1)
    monkeypatch.setattr(plan_page, "_views", {})
    first = read_run(path).view
    other = path.with_name("other.plan")
    other.write_bytes(path.read_bytes())
    read_run(other)
    assert len(plan_page._views) == 1
    assert read_run(path).view is not first


async def test_a_run_whose_process_died_is_told(path: Path) -> None:
    """What stands as at work while nobody is, is called broken, and can go on."""
    with open_run(str(path)) as run:
        await carry_out_by_hand(run.planned, PretendedAccount(OPENIDS), 1)
        run.planned.write([StateChanged("running", 2.0)])
    shown = read_run(path)
    assert (shown.standing.state, "resume" in shown.may) == ("broken", True)
    assert not read_line(path).is_fresh


def test_a_plan_that_was_handed_over_is_shown(path: Path) -> None:
    """A plan that a worker carries out from a database is shown, and left to it."""
    with open_run(str(path)) as run, closing(open_database(str(path.with_name("database")))) as database:
        hand_over(run.planned, database)
    shown = read_run(path)
    assert (shown.standing.state, shown.may) == ("handed", frozenset())
    assert state_words(shown.standing).zh == "已交给 worker"


def test_a_file_that_is_no_plan_is_told_as_such(tmp_path: Path) -> None:
    """A file that cannot be read stands in the list with the reason."""
    path = tmp_path / "broken.plan"
    path.write_text("nothing")
    line = read_line(path)
    assert (line.standing, line.about.en, line.is_fresh) == (None, "broken", False)
    assert line.trouble is not None


def test_a_guard_is_refused_until_it_is_accepted() -> None:
    """Each finding has to be accepted by itself."""
    findings = (
        Finding("many_moved", 9, Words("nine of ten", "十个中的九个")),
        Finding("into_blacklist", 2, Words("two are blacklisted", "两个进黑名单")),
    )
    with pytest.raises(UnsafePlan, match="nine of ten; two are blacklisted"):
        check_accepted(findings, frozenset())
    with pytest.raises(UnsafePlan, match="two are blacklisted") as met:
        check_accepted(findings, frozenset({"many_moved"}))
    assert "--force" not in met.value.advice.en + met.value.advice.zh
    check_accepted(findings, frozenset({"many_moved", "into_blacklist"}))
    check_accepted((), frozenset())


def test_states_are_called_by_their_names() -> None:
    """An undo is told apart from what it takes back."""
    assert state_words(standing("apply", "done")).en == "done"
    assert state_words(standing("undo", "done")).zh == "已撤销"
    assert state_words(standing("undo", "stopped")).en == "undo stopped"


def test_a_changed_plan_is_refused(path: Path) -> None:
    """A plan that somebody has changed after it was made is not shown as if it were that plan."""
    database = open_database(str(path))
    [(header,)] = database.rows("SELECT header FROM regroup_run")
    assert isinstance(header, bytes)
    changed = {**msgspec.json.decode(header), "digest": "0" * 64}
    database.run("UPDATE regroup_run SET header = ?", [msgspec.json.encode(changed)])
    database.close()
    with pytest.raises(PlanError, match="changed after it was made"):
        read_run(path)


def test_a_plan_that_changes_nothing_is_read(path: Path) -> None:
    """Where nobody is moved and no group is made, there is nothing to carry out."""
    empty = path.with_name("empty.plan")
    save(plan_by_hand(PretendedAccount(OPENIDS), {}, {}), str(empty)).close()
    assert read_run(empty).may == {"discard"}

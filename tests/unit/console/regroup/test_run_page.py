"""What the page of a plan shows, what may be done with it, and in which words."""

import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from tests.by_hand import carry_out_by_hand, plan_by_hand
from tests.pretended_account import PretendedAccount, openid_of

from fenzu.console.account.jobs import Board
from fenzu.console.regroup import plan_page as run_page
from fenzu.console.regroup import run_news
from fenzu.console.regroup.plan_page import (
    check_accepted,
    possible,
    read_line,
    read_run,
    rows_words,
    state_words,
)
from fenzu.console.regroup.run_news import BROKEN, GO_ON, wanted_words
from fenzu.console.regroup.run_words import (
    advice_on,
    back_words,
    checked_words,
    left_words,
    reason_advice,
    reason_words,
    tell_run,
)
from fenzu.console.regroup.running import CHECK, LOOK, RUN, Checked, WayBack
from fenzu.database import open_database
from fenzu.errors import AccountInUse, PlanError, StalePlan, UnsafePlan, UsageError
from fenzu.regroup import (
    GroupKept,
    GroupLeft,
    GroupReady,
    Progress,
    Started,
    Stopped,
    Tally,
    Waiting,
    open_run,
    save,
)
from fenzu.regroup._books.entries import StateChanged
from fenzu.regroup._books.handing import hand_over
from fenzu.regroup._planning.guard import Finding
from fenzu.regroup._settling.standing import Standing
from fenzu.regroup._settling.verify import Elsewhere, Verification
from fenzu.regroup._values import Header
from fenzu.wire.words import Words

OPENIDS = tuple(map(openid_of, range(300)))
TALLY = Tally(batches=2, settled=1, followers=100, moved=50, failed=0, calls=1)


def standing(kind: str, state: str, reason: str = "") -> Standing:
    """How a run stands."""
    return Standing("crm.plan", 1, kind, "wx1", "http://127.0.0.1:1", state, reason, 0, 0, 9, 0, 1, 0, 1.0)


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
    monkeypatch.setattr(run_page, "VIEWS_KEPT", 1)
    monkeypatch.setattr(run_page, "_views", {})
    first = read_run(path).view
    other = path.with_name("other.plan")
    other.write_bytes(path.read_bytes())
    read_run(other)
    assert len(run_page._views) == 1
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


@pytest.mark.parametrize(("n", "said"), [(1, "1 follower goes"), (700, "700 followers go")])
def test_what_has_to_be_ticked_is_a_sentence(n: int, said: str) -> None:
    """Who ticks a box says in a whole sentence what they know."""
    finding = Finding("into_blacklist", n, Words("so many", "这么多"))
    assert wanted_words(finding).en == f"I know that {said} into the blacklist (黑名单)"
    finding = Finding("out_of_blacklist", n, Words("so many", "这么多"))
    assert wanted_words(finding).en == f"I know that {said} out of the blacklist (黑名单)"
    assert (
        wanted_words(Finding("many_moved", n, Words("nine of ten", "十个中的九个"))).zh
        == "我知道 十个中的九个"
    )


def test_states_are_called_by_their_names() -> None:
    """An undo is told apart from what it takes back."""
    assert state_words(standing("apply", "done")).en == "done"
    assert state_words(standing("undo", "done")).zh == "已撤销"
    assert state_words(standing("undo", "stopped")).en == "undo stopped"


def progress(**more: object) -> Progress:
    """How far a run has come."""
    facts = {"at": 1.0, "done": 50, "failed": 1, "total": 100, "calls": 2, "rate": 12.4, "in_flight": 4}
    return Progress(**{**facts, **more})  # type: ignore[arg-type]  # by name


def test_a_run_is_told_from_its_beginning_to_its_end() -> None:
    """First it is checked, then groups are made, then followers move; numbers that are not known yet are not told."""
    board = Board()
    started = Started(appid="wx1", base_url="x", kind="apply", resumed=False, tally=TALLY, max_failures=20)
    assert told(board)["title"] == "Checking that the plan still stands" and "total" not in told(board)
    board.put(started)
    assert told(board)["title"] == "Making and renaming groups"
    board.put(GroupReady("create", 101, "VIP", -1))
    assert told(board)["group"] == "The group VIP is made."
    board.put(progress())
    now = told(board)
    assert (now["title"], now["done"], now["total"], now["failed"]) == ("Moving followers", 51, 100, 1)
    assert (now["rate"], now["left"], now["eta"], "waiting" in now) == ("12", "–", "–", False)
    board.put(progress(at=time.time(), calls_left=7, seconds_left=150.0))
    assert (told(board)["left"], told(board)["eta"]) == (7, "2 minutes")
    board.put(GroupKept(101, "VIP", 3))
    assert "3" in str(told(board)["group"])
    board.put(Stopped(reason="interrupted", tally=TALLY))
    assert told(board)["message"] == "interrupted; nothing is lost"


def test_the_time_left_goes_by_while_nothing_is_told() -> None:
    """A run that waits for midnight tells nothing new, and yet it comes nearer; past its time it is soon done."""
    board = Board(progress(at=time.time() - 3_000, seconds_left=3_630.0))
    assert told(board)["eta"] == "10 minutes"
    board.put(progress(at=time.time() - 3_000, seconds_left=10.0))
    assert told(board)["eta"] == "less than a minute"


def told(board: Board) -> dict[str, object]:
    """What is shown of a run."""
    return tell_run(board, "en")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("45011", "this minute's calls are used up"),
        ("45009", "the day's calls are used up"),
        ("-1", "the platform is busy (-1)"),
        ("reserve", "only the reserve is left of the day's calls"),
    ],
)
def test_a_wait_says_until_when_and_why(reason: str, words: str) -> None:
    """While nothing is sent, the reason is told; once it is over, nothing is."""
    waiting = str(told(Board(Waiting(time.time() + 60, reason)))["waiting"])
    assert waiting.startswith("Waiting until ")
    assert waiting.endswith(f": {words}.")
    assert "waiting" not in told(Board(Waiting(time.time() - 1, reason)))


def test_a_reason_is_said_in_words() -> None:
    """A code is told with its meaning and its advice, our own words as they are called, others by name."""
    assert reason_words("45009").en.endswith("(45009)")
    assert reason_advice("45009") is not None
    assert reason_words("interrupted").zh == "被中断"
    assert reason_words("TransportError").en == "TransportError"
    assert reason_advice("interrupted") is None


def test_advice_names_no_command() -> None:
    """Who is in front of a page is told what to press, not what to type."""
    said = Words("", "")
    for error in (StalePlan(said, said), AccountInUse(said, said), UnsafePlan(said, said)):
        assert "fenzu" not in advice_on(error).en and "--" not in advice_on(error).en
    assert advice_on(UsageError(said, Words("do this", "这样做"))).en == "do this"


def test_what_an_undo_leaves_alone_is_told_line_by_line() -> None:
    """Followers are counted by why, and groups are told by what became of them."""
    found = WayBack(
        at=1.0,
        moves=5,
        calls=1,
        back=0,
        left={"gone": 2},
        renames=1,
        deletes=1,
        groups_left=(GroupLeft(101, "VIP", None), GroupLeft(102, "New", "Old")),
    )
    assert [words.en for words in left_words(found)] == [
        "gone: 2",
        "group VIP is deleted",
        "group New is called Old now",
    ]


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


def news(state: str, reason: str = "", job: Any = None) -> run_news.News:
    """What a page tells of a run that stands so, with the last job of carrying it out."""
    shown: Any = SimpleNamespace(standing=standing("apply", state, reason))
    return run_news.news_of(shown, {RUN: job, LOOK: None, CHECK: None})


def test_why_a_run_stands_still_is_told() -> None:
    """What died is called so, and what has stopped says why: by its job while that is known, by its book later."""
    assert news("broken").stop == (BROKEN, GO_ON)
    assert news("done").stop is None
    assert news("stopped", "interrupted").stop == (reason_words("interrupted"), GO_ON)
    job = SimpleNamespace(
        is_over=True, error=None, heard=lambda _: Stopped(reason="interrupted", tally=TALLY)
    )
    stop = news("stopped", "interrupted", job).stop
    assert stop is not None
    assert stop[0].en == "interrupted; nothing is lost"


def test_what_an_undo_would_do_is_told() -> None:
    """Who goes back is counted, with those there already and with groups, where there are any."""
    found = WayBack(at=1.0, moves=5, calls=1, back=2, left={}, renames=3, deletes=4, groups_left=())
    assert (
        back_words(found).zh
        == "移回粉丝 5 个，调用 1 次。已在原处：2 个。改回名称：3 个。清空后删除分组：4 个。"
    )
    none = msgspec.structs.replace(found, back=0, renames=0, deletes=0)
    assert back_words(none).en == "Followers who go back: 5, in 1 calls."


def test_a_check_that_finds_somebody_elsewhere_counts_them() -> None:
    """Who is elsewhere or gone is counted apart."""
    found = Verification(
        planned=9,
        asked=9,
        right=7,
        elsewhere=(Elsewhere("a", 1, 2),),
        gone=("b",),
        failed=0,
        waiting=0,
        groups=(),
        seed=None,
    )
    assert (
        "of 9 who were asked for, 1 are elsewhere and 1 do not"
        in checked_words(Checked(at=1.0, found=found)).en
    )


def test_a_plan_that_changes_nothing_is_read(path: Path) -> None:
    """Where nobody is moved and no group is made, there is nothing to carry out."""
    empty = path.with_name("empty.plan")
    save(plan_by_hand(PretendedAccount(OPENIDS), {}, {}), str(empty)).close()
    assert read_run(empty).may == {"discard"}

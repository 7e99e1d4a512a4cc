"""What is told of a run at work, of its end, and of what an undo and a check find: from events to words."""

import time

import msgspec
import pytest
from tests.unit.console.regroup.standings import TALLY

from fenzu.console.account.jobs import Board
from fenzu.console.regroup.run_words import (
    advice_on,
    back_words,
    checked_words,
    left_words,
    reason_advice,
    reason_words,
    tell_run,
)
from fenzu.console.regroup.running import Checked, WayBack
from fenzu.errors import AccountInUse, StalePlan, UnsafePlan, UsageError
from fenzu.regroup import GroupKept, GroupLeft, GroupReady, Progress, Started, Stopped, Waiting
from fenzu.regroup._settling.verify import Elsewhere, Verification
from fenzu.wire.words import Words


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

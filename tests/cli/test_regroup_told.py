"""How a run's events and its end are told to a person."""

import pytest

from fenzu.cli import main
from fenzu.cli.io import Streams
from fenzu.cli.regroup.carrying import exit_code
from fenzu.cli.regroup.ending import tell
from fenzu.cli.regroup.live import beside
from fenzu.cli.regroup.shown import words_of
from fenzu.errors import AccountInUse, FenzuError, StalePlan, TransportError, api_error
from fenzu.regroup._render.labels import label, state_label
from fenzu.regroup._running.events import Finished, GroupKept, GroupReady, Progress, Stopped, Waiting
from fenzu.regroup._settling.telling import why
from fenzu.regroup._values import Tally
from fenzu.wire.words import Words

TALLY = Tally(batches=2, settled=1, followers=100, moved=50, failed=0, calls=1)
WORDS = Words("it is so", "就是这样")


def test_beside_the_bar_stands_what_is_known() -> None:
    """The rate always; failures, the day's calls and the time left where there are any to tell."""
    progress = Progress(at=1.0, done=50, failed=0, total=100, calls=1, rate=1_234.5, in_flight=4)
    assert beside(progress).en == "1,234/s"
    progress = Progress(
        at=1.0,
        done=50,
        failed=3,
        total=100,
        calls=1,
        rate=1_234.5,
        in_flight=4,
        calls_left=98_000,
        seconds_left=725.0,
    )
    assert beside(progress).en == "1,234/s · failed 3 · calls left today 98,000 · 12m 5s left"
    assert beside(progress).zh == "1,234 人/秒 · 失败 3 · 今日剩余调用 98,000 · 还需 12 分 5 秒"


def test_turning_points_in_words() -> None:
    """Groups that are made, renamed, deleted or kept, and waiting, are worth a line; a name cannot act in it."""
    told = [
        words_of(event)
        for event in (
            GroupReady("delete", 100, "VIP\x1b[31m"),
            GroupKept(100, "VIP", 7),
            Waiting(1_780_070_400.0, "45009"),
            Finished(TALLY),
        )
    ]
    assert [words.en if words else None for words in told] == [
        "Group 100 VIP\\x1b[31m is deleted.",
        "Group 100 VIP is not deleted: 7 followers are in it.",
        "Waiting until 2026-05-29T16:00:00Z (45009).",
        None,
    ]


def test_an_error_before_anything_was_done_has_its_exit_code() -> None:
    """What passes by itself ends with 5; the network does only half-way, since a wrong address would never pass."""
    assert main.code_of(AccountInUse(WORDS)) == main.STOPPED
    assert main.code_of(api_error(-1, "system error")) == main.STOPPED
    assert main.code_of(api_error(45011, "api minute-quota reach limit")) == main.STOPPED
    assert main.code_of(TransportError(WORDS)) == main.ERROR
    assert main.code_of(TransportError(WORDS), is_half_way=True) == main.STOPPED


@pytest.mark.parametrize(
    ("reason", "error", "code"),
    [
        ("interrupted", None, main.STOPPED),
        ("reserve", None, main.STOPPED),
        ("lost", None, main.STOPPED),
        ("failures", FenzuError(WORDS), main.STOPPED),
        ("45009", api_error(45009, "reach max api daily quota limit"), main.STOPPED),
        ("45011", api_error(45011, "api minute-quota reach limit"), main.STOPPED),
        ("-1", api_error(-1, "system error"), main.STOPPED),
        ("TransportError", TransportError(WORDS), main.STOPPED),
        ("StalePlan", StalePlan(WORDS), main.STALE),
        ("40125", api_error(40125, "invalid appsecret"), main.NO_ACCOUNT),
        ("48001", api_error(48001, "api unauthorized"), main.ERROR),
    ],
)
def test_each_end_has_its_words_and_its_exit_code(reason: str, error: FenzuError | None, code: int) -> None:
    """What passes ends with 5; what speaks against the run itself ends with a code of its own."""
    stopped = Stopped(reason=reason, tally=TALLY, error=error)
    assert exit_code(stopped) == code
    assert why(stopped).en
    assert why(stopped).zh


def test_states_and_reasons_have_their_labels() -> None:
    """A person reads states and reasons in their language; a code of the platform and what is not known stay."""
    assert state_label("stopped", "interrupted") == Words("stopped (interrupted)", "已停止（被中断）")
    assert state_label("stopped", "45009") == Words("stopped (45009)", "已停止（45009）")
    assert state_label("done", "") == Words("done", "完成")
    assert label({}, "new") == Words("new", "new")


def test_the_hour_to_go_on_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Where no error has told the hour, the end does, in Beijing's time."""
    tell(Streams("en"), Stopped(reason="reserve", tally=TALLY, renews_at=1_780_070_400.0), "crm.plan")
    told = capsys.readouterr().err
    assert (
        "Go on after 2026-05-30 00:00 Beijing time, when the quota renews, with: fenzu regroup resume" in told
    )

"""What the page of a plan says of what has become of it, and of what has to be ticked."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.console.regroup.standings import TALLY, standing

from fenzu.console.regroup import run_news
from fenzu.console.regroup.run_news import BROKEN, GO_ON, wanted_words
from fenzu.console.regroup.run_words import reason_words
from fenzu.console.regroup.running import CHECK, LOOK, RUN
from fenzu.console.times import moment
from fenzu.regroup import Stopped
from fenzu.regroup._planning.guard import Finding
from fenzu.wire.words import Words


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


def test_a_used_up_day_tells_when_to_go_on() -> None:
    """Where the day's calls were used up, the next step has a date; once they are renewed, it is to go on."""
    renews_at = time.time() + 3_000
    job = SimpleNamespace(
        is_over=True,
        error=None,
        heard=lambda _: Stopped(reason="45009", tally=TALLY, renews_at=renews_at),
    )
    stop = news("stopped", "45009", job).stop
    assert stop is not None
    assert stop[0].zh == "当日额度已用完"
    assert stop[1].en.startswith(f"go on after {moment(renews_at)}, ")
    assert stop[1].zh.startswith(f"{moment(renews_at)} 之后继续执行")
    later = news("stopped", "reserve").stop
    assert later is not None
    assert later[1].en == "go on: the calls were renewed since"

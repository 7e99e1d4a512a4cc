"""What the page of a plan says of what has become of it, and of what has to be ticked."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.console.regroup.standings import TALLY, standing

from fenzu.console.regroup import run_news
from fenzu.console.regroup.run_news import BROKEN, GO_ON, wanted_words
from fenzu.console.regroup.run_words import reason_words
from fenzu.console.regroup.running import CHECK, LOOK, RUN
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

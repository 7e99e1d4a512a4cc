"""What is told while the platform does not do what it is asked."""

import pytest

from fenzu.client._events import Answered
from fenzu.console.account.refused import DOES, Refused, refused_by, refused_words


def answered(errcode: int | None) -> Answered:
    return Answered(
        appid="wx1",
        base_url="http://127.0.0.1",
        endpoint="groups.move",
        number=1,
        started_at=0,
        seconds=1,
        errcode=errcode,
    )


@pytest.mark.parametrize("errcode", [-1, 45011, None])
def test_a_call_that_is_tried_again_is_told_until_one_is_answered(errcode: int | None) -> None:
    """A busy platform, a minute that is used up and a lost answer are told; the next success ends it."""
    refused = refused_by(answered(errcode), DOES)
    assert refused == Refused(errcode)
    assert refused_by(answered(0), refused) == DOES


@pytest.mark.parametrize("errcode", [40003, 45009, 987654])
def test_an_error_of_one_call_changes_nothing(errcode: int) -> None:
    """What trying again does not mend is told where it belongs, and neither begins nor ends the waiting."""
    assert refused_by(answered(errcode), DOES) == DOES
    assert refused_by(answered(errcode), Refused(-1)) == Refused(-1)


@pytest.mark.parametrize(
    ("errcode", "en", "zh"),
    [
        (None, "No answer comes from the platform. It is asked again.", "平台没有应答，正在重试。"),
        (-1, "The platform refuses just now: ", "（-1），正在重试。"),
        (45011, "(45011). It is asked again.", "平台暂时拒绝："),
    ],
)
def test_why_nothing_goes_on(errcode: int | None, en: str, zh: str) -> None:
    """A code is explained, and a lost answer told as such; nothing is said where the platform does what it is asked."""
    words = refused_words(Refused(errcode))
    assert en in words.en
    assert zh in words.zh
    assert refused_words(DOES).en == refused_words(None).en == ""

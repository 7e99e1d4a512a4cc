"""What a small move is told with."""

import pytest
from tests.pretended_account import openid_of, refusal

from fenzu.console.followers.move_words import problems, result_words
from fenzu.console.followers.moves import Moved

VIP = 100


@pytest.mark.parametrize(
    ("result", "en", "zh"),
    [
        (Moved(to=VIP, moved=("a",) * 50), "Moved 50 followers to VIP", "已将 50 人移到“VIP”"),
        (
            Moved(to=VIP, moved=("a", "b"), already=("c",)),
            "Moved 2 followers to VIP; 1 was there already",
            "已将 2 人移到“VIP”；另有 1 人原本就在其中",
        ),
        (
            Moved(to=VIP, moved=("a", "b"), unblocked=2),
            "Moved 2 followers to VIP; all out of 黑名单",
            "已将 2 人移到“VIP”；均移出黑名单",
        ),
        (Moved(to=None), "Nobody had to be moved", "没有需要移动的粉丝"),
    ],
)
def test_a_move_is_told_in_a_sentence(result: Moved, en: str, zh: str) -> None:
    """Counts have their words in both languages."""
    words = result_words(result, "VIP")
    assert (words.en, words.zh) == (en, zh)


def test_many_who_failed_alike_are_told_once() -> None:
    """Of many with the same reason a few are named, and the rest are counted."""
    error = refusal(40003, "groups.move_many")
    [words] = problems(Moved(to=VIP, failed={openid_of(number): error for number in range(9)}))
    assert words.en.count("…") == 5
    assert ", 4 more: " in words.en
    assert "、另外 4 人：" in words.zh

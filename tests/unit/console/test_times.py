"""Lengths of time in words."""

import pytest

from fenzu.console.times import span


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0 秒"),
        (59.9, "59 s", "59 秒"),
        (60, "1 min", "1 分钟"),
        (7199, "1 h 59 min", "1 小时 59 分钟"),
        (7200, "2 h", "2 小时"),
        (86400, "1 d", "1 天"),
        (97200, "1 d 3 h", "1 天 3 小时"),
        (-90, "1 min", "1 分钟"),
    ],
)
def test_a_span(seconds: float, en: str, zh: str) -> None:
    """A length of time is told by its two largest units, in both languages."""
    assert (span(seconds).en, span(seconds).zh) == (en, zh)

"""In which language somebody reads: as chosen, else as their browser wishes, else English."""

import pytest
from starlette.requests import Request

from fenzu.console.web.reader import accepted, reader_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de,fr;q=0.9", "en"),
        ("en;q=0.2, zh;q=0.7", "zh"),
        ("zh;q=0", "en"),
        ("ZH-hant", "zh"),
        ("zh;q=nonsense", "en"),
        ("zh;q=nan,en;q=0.1", "en"),
        ("*", "en"),
        (";;,,;q=,=", "en"),
    ],
)
def test_what_a_browser_wishes(header: str, language: str) -> None:
    """The language with the greatest weight counts; nonsense counts for nothing."""
    assert accepted(header) == language


@pytest.mark.parametrize(
    ("cookie", "read"),
    [
        ("fenzu_language=en; fenzu_theme=dark", ("en", "dark")),
        ("fenzu_language=xx; fenzu_theme=<script>", ("zh", "auto")),
        ("", ("zh", "auto")),
    ],
)
def test_what_was_chosen_comes_first(cookie: str, read: tuple[str, str]) -> None:
    """What was chosen in the page counts more than the browser's wish; nonsense in a cookie counts for nothing."""
    headers = [(b"cookie", cookie.encode()), (b"accept-language", b"zh")]
    reader = reader_of(Request({"type": "http", "headers": headers}))
    assert (reader.language, reader.theme) == read

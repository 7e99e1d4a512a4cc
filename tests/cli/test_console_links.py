"""What is told of the links into a console, to a program, to a person, and to a browser."""

import sys
import webbrowser
from io import StringIO

import pytest

from fenzu.cli.console.links import Links
from fenzu.cli.io import Streams
from fenzu.wire.words import Language
from tests.cli.conftest import Terminal

LINK, OTHER = "http://127.0.0.1:8062/login?key=a", "http://127.0.0.1:8062/login?key=b"
LINE = f'{{"ready":true,"url":"{LINK}"}}\n'


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a browser was asked to open; there is none."""
    asked: list[str] = []

    def look_for_one(link: str) -> bool:
        asked.append(link)
        return False

    monkeypatch.setattr(webbrowser, "open", look_for_one)
    return asked


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Streams:
    """Streams that are pipes, or a terminal where the test says so."""
    kind = getattr(request, "param", StringIO)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, kind())
    return Streams("en")


def told(stream: object) -> str:
    """Return what was written to a stream."""
    assert isinstance(stream, StringIO)
    return stream.getvalue()


def test_a_program_reads_one_line(streams: Streams, opened: list[str]) -> None:
    """In a pipe the link stands in one line of JSON and nowhere else; no browser is opened unasked."""
    Links(streams, opened=False).ready(LINK)
    assert told(streams.out) == LINE
    assert LINK not in told(streams.err)
    assert opened == []


@pytest.mark.parametrize("streams", [Terminal], indirect=True)
def test_a_person_can_click_the_link(streams: Streams) -> None:
    """On a terminal the link stands on a line of its own, and so does each that is made later."""
    links = Links(streams, opened=False)
    links.ready(LINK)
    links.again(OTHER)
    assert told(streams.out) == LINE
    [first, words, second] = told(streams.err).splitlines()
    assert (first, second) == (LINK, OTHER)
    assert words.startswith("Open the link in a browser; it works once.")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "No browser was found here: open the link in one.\n"),
        ("zh", "没有找到浏览器，请自行打开链接。\n"),
    ],
)
def test_where_there_is_no_browser(
    streams: Streams, opened: list[str], language: Language, words: str
) -> None:
    """Where no browser can be opened, that is said in the reader's language, and the link stays good."""
    streams.language = language
    Links(streams, opened=True).open(LINK)
    assert (opened, told(streams.err)) == ([LINK], words)


def test_where_there_is_a_browser_nothing_more_is_said(
    streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that a browser has opened needs no more words."""
    monkeypatch.setattr(webbrowser, "open", lambda link: link == LINK)
    Links(streams, opened=True).open(LINK)
    assert told(streams.err) == ""

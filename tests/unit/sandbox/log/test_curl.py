"""The line that repeats a request: what a shell reads out of it is the request, and no secret stands in it."""

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenzu.sandbox.log.curl import can_be_repeated, curl
from fenzu.sandbox.log.recorded import PART_BYTES, Recorded

BASE = "http://127.0.0.1:8060"
PATH = "/cgi-bin/groups/create"


def row(**more: Any) -> Recorded:
    given = {"method": "POST", "path": PATH, "query": b"access_token=T0K", "body": b'{"a":1}', **more}
    return Recorded(
        0.0,
        0.0,
        None,
        given.pop("method"),
        given.pop("path"),
        given.pop("query"),
        given.pop("body"),
        b"",
        "",
        None,
        0,
    )


def test_a_line_can_be_read_and_pasted() -> None:
    """Names in Chinese stand there as they are; the token is left to a variable of the shell."""
    body = '{"group":{"name":"贵宾’s \'VIP\'"}}'.encode()
    assert curl(BASE, row(body=body), "") == (
        f"curl '{BASE}{PATH}?access_token='\"$FENZU_TOKEN\" "
        """--data-raw '{"group":{"name":"贵宾’s '\\''VIP'\\''"}}'"""
    )


def test_https_needs_its_authority() -> None:
    """Whom to trust is left to the variable that the sandbox's recipes set."""
    line = curl("https://127.0.0.1:8060", row(method="GET", query=b"", body=b""), "")
    assert line == f"curl --cacert \"$FENZU_CA_FILE\" 'https://127.0.0.1:8060{PATH}'"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"method": "GET", "body": b""}, f"curl '{BASE}{PATH}?access_token='\"$FENZU_TOKEN\""),
        ({"body": b"", "query": b""}, f"curl -X POST '{BASE}{PATH}'"),
        ({"method": "HEAD", "body": b"", "query": b""}, f"curl --head '{BASE}{PATH}'"),
        ({"method": "PUT", "query": b"", "body": b"@file"}, f"curl -X PUT '{BASE}{PATH}' --data-raw '@file'"),
        (
            {"method": "GET", "body": b"", "query": b"a[]={1}&b='"},
            f"curl --globoff '{BASE}{PATH}?a[]={{1}}&b='\\'''",
        ),
        (
            {"method": "GET", "body": b"", "query": b"", "path": "/a/../b c/贵"},
            f"curl --path-as-is '{BASE}/a/../b%20c/%E8%B4%B5'",
        ),
        (
            {"query": b"", "body": b"-\xff%\\'\x1b\n"},
            f"printf '\\055\\377%%\\\\\\047\\033\n' | curl '{BASE}{PATH}' --data-binary @-",
        ),
        (
            {"query": b"", "body": b'{"secret":"S3cret","x":"\r"}'},
            f"""printf '{{"secret":"%s","x":"\\015"}}' "$FENZU_SECRET" | curl '{BASE}{PATH}' --data-binary @-""",
        ),
    ],
)
def test_lines(given: dict[str, Any], line: str) -> None:
    """Each method and each kind of byte has its way through a shell."""
    assert curl(BASE, row(**given), "") == line


@given(st.text(max_size=60).filter(lambda text: "\0" not in text), st.binary(max_size=60))
def test_a_shell_takes_every_line_apart_as_meant(text: str, query: bytes) -> None:
    """No byte of a request ends a word, begins a command or is read as anything but itself."""
    words = shlex.split(
        curl(BASE, row(query=b"q=" + query.replace(b"\0", b""), body=text.encode("utf-8", "replace")), "")
    )
    assert words[0] in ("curl", "printf")
    if words[0] == "curl" and text:
        shown = words[words.index("--data-raw") + 1]
        assert "FENZU" in shown or shown == text
    assert words.count("|") == (words[0] == "printf")


@pytest.mark.parametrize(
    "given", [{"body": b"x" * (PART_BYTES + 1)}, {"body": b"a\0"}, {"query": b"a\0"}, {"path": "/\0"}]
)
def test_what_is_not_whole_cannot_be_repeated(given: dict[str, Any]) -> None:
    """A request that was cut, or holds what no shell can pass on, has no line."""
    assert not can_be_repeated(row(**given))
    assert can_be_repeated(row())

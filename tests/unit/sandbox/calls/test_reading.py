"""Reading queries, forms and JSON as broken as clients send them."""

import json

import pytest
from tests.fixtures.world import ANA, World

from fenzu.sandbox.calls.reading import read_body, read_number, read_query, read_text, read_token


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'{"a":"\xe7\xbb\x84"}', {"a": "组"}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":"\xff\xe7\xbb"}', {"a": "\ufffd\ufffd"}),
        (b'{"\xff":1,"b":2}', {"\ufffd": 1, "b": 2}),
        (b'{"a":"\x00\x01\t\n"}', {"a": "\x00\x01\t\n"}),
        (rb'{"a":"\u7ec4\ud83d\ude00"}', {"a": "组😀"}),
        (rb'{"a":"\u0000"}', {"a": "\x00"}),
        (b' {"a" : 1 }\r\n', {"a": 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"{}", {}),
    ],
    ids=range(10),
)
def test_bodies_that_are_read(body: bytes, fields: dict[str, object]) -> None:
    """A BOM is skipped, broken UTF-8 becomes U+FFFD, control characters are kept, escapes are decoded."""
    assert read_body(body) == fields


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        (b"", {}),
        (b"a=1&b=%E7%BB%84+x&a=2", {"a": "1", "b": "组 x"}),
        (b"a&b=&=c", {"a": "", "b": "", "": "c"}),
        (b"a=%ff&b=\xff", {"a": "\ufffd", "b": "\ufffd"}),
        (b"&&&", {}),
    ],
    ids=range(5),
)
def test_queries_that_are_read(query: bytes, fields: dict[str, str]) -> None:
    """Of a repeated parameter the first counts; broken escapes become U+FFFD."""
    assert read_query(query) == fields


@pytest.mark.parametrize(
    ("query", "token"),
    [
        (b"access_token=abc", "abc"),
        (b"access_token=abc&x=1", "abc"),
        (b"x=1&access_token=a%62c", "abc"),
        (b"access_token=a+b", "a b"),
        (b"access_tokens=abc", ""),
        (b"", ""),
    ],
)
def test_the_token_in_a_query(query: bytes, token: str) -> None:
    """The short way and the long way read the same."""
    assert read_token(query) == token


@pytest.mark.parametrize(
    ("value", "text"),
    [("组", "组"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "😀"), ("", ""), (5, None), (None, None)],
)
def test_text_that_can_be_sent_again(value: object, text: str | None) -> None:
    """Half of a surrogate pair becomes U+FFFD, two halves become one character; what is no text is None."""
    assert read_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("5", 5),
        (5.0, 5),
        (5.5, None),
        ("5.0", None),
        (True, None),
        (float("inf"), None),
        ("²", None),
        ("٣", None),
        ("9" * 21, None),
        ("-1", None),
        (-1, -1),
        (None, None),
        ([5], None),
    ],
    ids=range(14),
)
def test_numbers(value: object, number: int | None) -> None:
    """A whole number, or one written in ASCII digits."""
    assert read_number(value) == number


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b'{"group":{"name":"\xffx"}}', "\ufffdx"),
        (rb'{"group":{"name":"\ud800"}}', "\ufffd"),
        (b'\xef\xbb\xbf{"group":{"name":"a\x01\nb"}}', "a\x01\nb"),
        (rb'{"group":{"name":"\u6d4b\u8bd5"}}', "测试"),
    ],
    ids=range(4),
)
async def test_odd_names_go_all_the_way(world: World, sent: bytes, kept: str) -> None:
    """What is read so is stored so, and told again in valid JSON."""
    tenant = await world.tenant(followers=[ANA])
    answer = await tenant.post("groups/create", sent)
    assert json.loads(answer) == {"group": {"id": 100, "name": kept}}
    assert (await tenant.groups())[100] == (kept, 0)

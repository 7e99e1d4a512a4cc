"""Requests to the byte, and answers judged by their content."""

import json
from typing import Any

import msgspec
import pytest

from fenzu.client import _codec as codec
from fenzu.client.transport import ANSWER_BYTES, Request, Response
from fenzu.errors import (
    ApiError,
    FenzuError,
    InvalidOpenid,
    SystemBusy,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.model import Follower, Group, GroupID, OpenID


def decode(
    body: bytes | str, kind: type[Any] = codec.GroupsAnswer, endpoint: str = "groups.list", status: int = 200
) -> Any:
    return codec.decode_answer(
        Response(status, body.encode() if isinstance(body, str) else body), kind, endpoint
    )


def groups(body: bytes | str) -> list[Group]:
    found: list[Group] = decode(body).groups
    return found


def test_a_body_is_compact_and_raw() -> None:
    """Names go out as raw UTF-8: parts of the platform store \\uXXXX escapes literally or refuse them."""
    assert (
        codec.encode_body({"group": {"id": 1, "name": "贵宾 ★"}})
        == '{"group":{"id":1,"name":"贵宾 ★"}}'.encode()
    )


def test_a_query_is_percent_encoded() -> None:
    """What would end a parameter, or is not ASCII, is encoded."""
    assert codec.encode_query({"a": "x&y=z", "b": 1, "中": "文"}) == "a=x%26y%3Dz&b=1&%E4%B8%AD=%E6%96%87"
    assert codec.encode_query({}) == ""


@pytest.mark.parametrize("encode", [codec.encode_body, codec.encode_query])
def test_half_a_character_is_refused(encode: Any) -> None:
    """A lone surrogate cannot be sent; the error says so without holding the text."""
    with pytest.raises(UsageError, match="surrogate") as refused:
        encode({"name": "CANARY\ud800"})
    assert refused.value.__context__ is None


def test_what_is_no_json_is_refused() -> None:
    """A body that cannot be written, or holds itself, is refused before anything is sent."""
    circle: dict[str, Any] = {}
    circle["again"] = circle
    for body in ({"x": object()}, circle):
        with pytest.raises(UsageError, match="cannot be written as JSON") as refused:
            codec.encode_body(body)
        assert refused.value.__context__ is None


@pytest.mark.parametrize(
    "body",
    [
        '{"groups":[{"id":1,"name":"a","count":2}]}',
        '{"groups":[{"id":1,"name":"a","count":2}],"errcode":0,"errmsg":"ok"}',
        '{"groups":[{"count":"2","id":"1","name":"a"}]}',
        '{"groups":[{"id":1.0,"name":"a","count":2,"new":{}}],"more":null}',
        '{"errcode":"0","errmsg":"ok","groups":[{"id":1,"name":"a","count":2}]}',
        '{"errcode":null,"errmsg":null,"groups":[{"id":1,"name":"a","count":2}]}',
        ' \n{"groups" : [{"id":1,"name":"a","count":2}]}\r\n',
        '\ufeff{"groups":[{"id":1,"name":"a","count":2}]}',
    ],
    ids=[
        "plain",
        "with errcode",
        "numbers as text",
        "new fields",
        "errcode as text",
        "null errcode",
        "white space",
        "BOM",
    ],
)
def test_spellings_of_an_answer(body: str) -> None:
    """The same answer is read however the platform spells it; what it adds one day is passed over."""
    assert groups(body) == [Group(GroupID(1), "a", 2)]
    assert codec.decode_dict(Response(200, body.encode()), "groups.list")["groups"]


def test_broken_text_is_read() -> None:
    """Broken UTF-8 in a name is shown as U+FFFD, and control characters are kept: no group is lost for its name."""
    assert groups(b'{"groups":[{"id":1,"name":"a\xff\xfeb"}]}')[0].name == "a\ufffd\ufffdb"
    assert groups(b'{"groups":[{"id":1,"name":"a\x00\x1b\nb"}]}')[0].name == "a\x00\x1b\nb"
    assert codec.decode_dict(Response(200, b'{"x":"\xe4"}'), "x") == {"x": "\ufffd"}


def test_only_a_delete_may_be_answered_with_nothing() -> None:
    """An empty body is how a delete was answered at times; anywhere else it is no answer."""
    for body in (b"", b" \n"):
        assert decode(body, codec.Answer, "groups.delete") == codec.Answer()
        assert codec.decode_dict(Response(200, body), "groups.delete") == {}
        with pytest.raises(TransportError, match="empty answer"):
            decode(body, codec.Answer, "groups.rename")
        with pytest.raises(TransportError, match="empty answer"):
            codec.decode_dict(Response(200, body), "groups.rename")


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '"ok"',
        "5",
        "null",
        "<html>",
        "{",
        '{"groups":[]} and more',
        "[" * 100_000,
        '{"groups":' + "[" * 100_000,
    ],
)
def test_what_is_no_object_is_no_answer(body: str) -> None:
    """A page of a proxy, half an answer, or one nested for mischief is told as what it is, and crashes nothing."""
    for read in (decode, lambda text: codec.decode_dict(Response(200, text.encode()), "groups.list")):
        with pytest.raises(TransportError, match="no JSON object"):
            read(body)


@pytest.mark.parametrize(
    "body", ["{}", '{"groups":5}', '{"groups":[{"name":"a"}]}', '{"groups":[{"id":[],"name":"a"}]}']
)
def test_an_answer_of_another_shape_is_no_answer(body: str) -> None:
    """An object that lacks what was asked for is refused with the place where it differs."""
    with pytest.raises(TransportError, match="unknown shape") as refused:
        groups(body)
    assert "groups.list" in str(refused.value)


@pytest.mark.parametrize("errcode", ["40050", '"40050"', "40050.0"])
def test_an_errcode_is_raised(errcode: str) -> None:
    """A code becomes its class, whether it comes as a number or as text, and whatever the status of the rest."""
    for read in (decode, lambda text: codec.decode_dict(Response(200, text.encode()), "groups.list")):
        with pytest.raises(UnknownGroup) as refused:
            read(f'{{"errcode":{errcode},"errmsg":"invalid group id"}}')
        assert (refused.value.code, refused.value.message) == (40050, "invalid group id")
        assert refused.value.endpoint == "groups.list"


@pytest.mark.parametrize("errcode", ['"x"', "true", "[]", "1.5", '""'])
def test_an_errcode_that_is_none(errcode: str) -> None:
    """A code that is no number is neither a success nor taken for another code."""
    with pytest.raises(TransportError, match="errcode"):
        codec.decode_dict(Response(200, f'{{"errcode":{errcode}}}'.encode()), "groups.list")


def test_an_unknown_code_keeps_its_number() -> None:
    """A code that fenzu has never heard of is raised as `ApiError` with its number and text."""
    with pytest.raises(ApiError) as refused:
        groups('{"errcode":99999999,"errmsg":"brand new"}')
    assert type(refused.value) is ApiError
    assert (refused.value.code, refused.value.message) == (99999999, "brand new")


@pytest.mark.parametrize("errmsg", ["null", "5", '"\x01"', '["x"]'])
def test_an_errmsg_of_any_kind(errmsg: str) -> None:
    """Whatever stands in errmsg, the code decides."""
    with pytest.raises(SystemBusy):
        groups(f'{{"errcode":-1,"errmsg":{errmsg}}}')


def test_rid_and_hint_are_taken_out() -> None:
    """What rulebook 2021 appends is parsed: the rid is kept apart, the hint dropped, the text is the same in both."""
    with pytest.raises(InvalidOpenid) as refused:
        groups(
            '{"errcode":40003,"errmsg":"invalid openid hint: [abcdefghi-jklmno] rid: 61725984-6126f6f9-040f19c4"}'
        )
    assert (refused.value.message, refused.value.rid) == ("invalid openid", "61725984-6126f6f9-040f19c4")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (301, "redirect"),
        (302, "redirect"),
        (308, "redirect"),
        (404, "HTTP status 404"),
        (204, "204"),
        (413, "413"),
        (502, "502"),
    ],
)
def test_a_status_that_is_no_success(status: int, said: str) -> None:
    """The platform answers 200 to everything; a redirect is never followed, and no status is taken for an answer."""
    with pytest.raises(TransportError, match=said):
        decode('{"groups":[]}', status=status)
    with pytest.raises(TransportError, match=said):
        codec.decode_dict(Response(status, b"{}"), "groups.list")


def test_a_huge_answer_is_refused() -> None:
    """An answer over 8 MiB is refused; one of just that size is read."""
    filler = b'{"groups":[],"x":"' + b"x" * ANSWER_BYTES
    assert groups(filler[: ANSWER_BYTES - 2] + b'"}') == []
    with pytest.raises(TransportError, match="over 8388608 bytes"):
        groups(filler[: ANSWER_BYTES - 1] + b'"}')


def test_a_profile_is_translated() -> None:
    """The platform's spelling ends here: `groupid` becomes `group_id`, `tagid_list` becomes `tag_ids`."""
    full = {
        "subscribe": 1,
        "openid": "o1",
        "subscribe_time": 1434093047,
        "unionid": "u",
        "remark": "胖子",
        "groupid": 104,
        "tagid_list": [134, 2],
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "qr_scene": 5,
        "qr_scene_str": "s",
    }
    profile = decode(json.dumps(full), codec.ProfileAnswer).to_follower()
    assert profile == Follower(
        OpenID("o1"), True, GroupID(104), "胖子", (134, 2), 1434093047, "u", "ADD_SCENE_SEARCH", 5, "s"
    )
    assert decode('{"subscribe":0,"openid":"o2"}', codec.ProfileAnswer).to_follower() == Follower(
        OpenID("o2")
    )


def test_nothing_shows_a_token() -> None:
    """What a debugger prints of requests and answers holds neither query nor body."""
    request = Request("GET", "http://h/cgi-bin/x?access_token=CANARY", b"CANARY")
    answer = decode('{"access_token":"CANARY","expires_in":7200}', codec.TokenAnswer)
    for value in (request, Response(200, b"CANARY"), answer):
        assert "CANARY" not in repr(value)
    assert repr(request) == "Request(GET /cgi-bin/x)"
    assert repr(Response(200, b"12")) == "Response(200, 2 bytes)"
    assert repr(answer) == "TokenAnswer(expires_in=7200.0)"


def test_each_refusal_speaks_both_languages() -> None:
    """What is said of a bad answer is said in Chinese too."""
    for status, body in (
        (302, b""),
        (500, b""),
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"x" * (ANSWER_BYTES + 1)),
    ):
        with pytest.raises(FenzuError) as refused:
            codec.decode_answer(Response(status, body), codec.GroupsAnswer, "groups.list")
        assert refused.value.say("zh") != refused.value.say("en")
        assert msgspec.structs.asdict(refused.value.words).keys() == {"en", "zh"}

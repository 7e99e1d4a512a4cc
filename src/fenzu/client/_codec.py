"""Operations to requests, and answers to values or errors. The platform's spelling is translated here alone.

Answers are judged by content: the platform sends JSON as text/plain, sends nothing for an empty success, and lets
control characters and broken UTF-8 through in names.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from fenzu.client.transport import ANSWER_BYTES, Response
from fenzu.errors import ApiError, PartlyDone, TransportError, UsageError, api_error
from fenzu.model import Follower, Group, GroupID, OpenID, RequestRecord, Tag
from fenzu.wire.words import Words

T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """What every answer may carry; a success that returns data carries neither."""

    errcode: int = 0
    errmsg: str = ""
    fail_openid_list: tuple[OpenID, ...] = ()
    """Whom 45171 failed for; no other answer holds it."""


class TokenAnswer(Answer, frozen=True, kw_only=True):
    """The answer of both token calls; its `repr` does not show the token."""

    access_token: str
    expires_in: float

    def __repr__(self) -> str:
        return f"TokenAnswer(expires_in={self.expires_in})"


class GroupAnswer(Answer, frozen=True, kw_only=True):
    group: Group


class GroupsAnswer(Answer, frozen=True, kw_only=True):
    groups: list[Group]


class GroupIdAnswer(Answer, frozen=True, kw_only=True):
    groupid: GroupID


class OpenIds(msgspec.Struct, frozen=True):
    openid: tuple[OpenID, ...] = ()


class MembersAnswer(Answer, frozen=True, kw_only=True):
    """A page of openids. Of a tag's followers it does not tell how many there are in all."""

    total: int | None = None
    count: int = 0
    data: OpenIds = OpenIds()
    next_openid: OpenID = OpenID("")


class PageAnswer(MembersAnswer, frozen=True, kw_only=True):
    total: int


class TagAnswer(Answer, frozen=True, kw_only=True):
    tag: Tag


class TagsAnswer(Answer, frozen=True, kw_only=True):
    tags: list[Tag]


class TagIdsAnswer(Answer, frozen=True, kw_only=True):
    tagid_list: list[int]


class AddressesAnswer(Answer, frozen=True, kw_only=True):
    ip_list: list[str]


class Counts(msgspec.Struct, frozen=True):
    daily_limit: int
    used: int
    remain: int


class Rate(msgspec.Struct, frozen=True):
    call_count: int | None = None
    refresh_second: int | None = None


class QuotaAnswer(Answer, frozen=True, kw_only=True):
    quota: Counts
    rate_limit: Rate = Rate()


class Invocation(msgspec.Struct, frozen=True):
    """A request that the platform remembers, as it tells it: with whatever tokens were in it."""

    invoke_time: int
    cost_in_ms: int
    request_url: str = ""
    request_body: str = ""
    response_body: str = ""
    client_ip: str = ""

    def __repr__(self) -> str:
        return "Invocation(…)"

    def to_record(self) -> RequestRecord:
        """Translate into our spelling, without the secrets."""
        return RequestRecord(
            self.invoke_time,
            self.cost_in_ms,
            _struck(self.request_url),
            _struck(self.request_body),
            _struck(self.response_body),
            self.client_ip,
        )


class InvocationAnswer(Answer, frozen=True, kw_only=True):
    request: Invocation


_SECRET = re.compile(r"""((?:token|secret)\\?["']?\s*[=:]\s*\\?["']?)[^"'&\s\\]+""", re.IGNORECASE)


def _struck(text: str) -> str:
    """Return a query or a body with each token and secret replaced."""
    return _SECRET.sub(r"\1…", text)


class Profile(msgspec.Struct, frozen=True):
    """A profile in the platform's spelling."""

    openid: OpenID
    subscribe: int = 0
    subscribe_time: int | None = None
    unionid: str = ""
    remark: str = ""
    groupid: GroupID | None = None
    tagid_list: tuple[int, ...] = ()
    subscribe_scene: str = ""
    qr_scene: int = 0
    qr_scene_str: str = ""

    def to_follower(self) -> Follower:
        """Translate into our spelling."""
        return Follower(
            openid=self.openid,
            subscribe=self.subscribe != 0,
            group_id=self.groupid,
            remark=self.remark,
            tag_ids=self.tagid_list,
            subscribe_time=self.subscribe_time,
            unionid=self.unionid,
            subscribe_scene=self.subscribe_scene,
            qr_scene=self.qr_scene,
            qr_scene_str=self.qr_scene_str,
        )


class ProfileAnswer(Profile, frozen=True):
    errcode: int = 0
    errmsg: str = ""


class ProfilesAnswer(Answer, frozen=True, kw_only=True):
    user_info_list: list[Profile]


def encode_body(body: object) -> bytes:
    """Encode a request's body: compact JSON in raw UTF-8, because the platform mistreats escaped characters."""
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        failure = _half_a_character()
    except (TypeError, ValueError, RecursionError) as error:
        failure = UsageError(
            Words(f"the body cannot be written as JSON: {error}", f"请求数据无法写成 JSON：{error}"),
            Words("send a dict of texts, numbers and lists", "请给出由文本、数字和列表组成的 dict"),
        )
    raise failure  # out here: the encoder's error holds the whole text, and must not hang on ours as its __context__


def encode_query(params: Mapping[str, str | int]) -> str:
    """Encode query parameters; values are percent-encoded as UTF-8."""
    try:
        return "&".join(
            f"{quote(name, safe='')}={quote(str(value), safe='')}" for name, value in params.items()
        )
    except UnicodeEncodeError:
        failure = _half_a_character()
    raise failure


def _half_a_character() -> UsageError:
    return UsageError(
        Words("a text holds half a character (a lone surrogate)", "文本里有不完整的字符（孤立的代理项）"),
        Words("send text that can be written as UTF-8", "请换成能写成 UTF-8 的文本"),
    )


def decode_answer(response: Response, kind: type[T], endpoint: str) -> T:
    """Turn an answer into a value of `kind`, a struct.

    Raises the code's `ApiError` where the platform answers with a code, `TransportError` where what came is no answer.
    """
    body = _body(response, endpoint)
    try:
        value = _decoder(kind).decode(body)
    except _UNREADABLE:
        return _convert(_read_leniently(body, endpoint), kind, endpoint)
    if errcode := getattr(value, "errcode", 0):
        failed = getattr(value, "fail_openid_list", ())
        raise _coded(errcode, getattr(value, "errmsg", ""), endpoint, failed)
    return value


def decode_dict(response: Response, endpoint: str) -> dict[str, Any]:
    """Turn an answer into a plain dict; raises as `decode_answer` does."""
    body = _body(response, endpoint)
    try:
        value = _decoder(dict[str, Any]).decode(body)
    except _UNREADABLE:
        return _read_leniently(body, endpoint)
    _raise_coded(value, endpoint)
    return value


_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return decoder


def _body(response: Response, endpoint: str) -> bytes:
    """Return the body of what is an answer at all; only a delete may be answered with nothing."""
    if response.status != 200:
        raise _no_answer(endpoint, *_status_words(response.status))
    if len(response.body) > ANSWER_BYTES:
        raise _no_answer(endpoint, f"an answer over {ANSWER_BYTES} bytes", f"应答超过 {ANSWER_BYTES} 字节")
    if not response.body.strip():
        if endpoint != "groups.delete":
            raise _no_answer(endpoint, "an empty answer", "应答为空")
        return b"{}"
    return response.body


def _read_leniently(body: bytes, endpoint: str) -> dict[str, Any]:
    """Read what the strict decoder refused: an error's answer, broken UTF-8, control characters, numbers as text."""
    try:
        content = json.loads(body.decode("utf-8-sig", errors="replace"), strict=False)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _no_answer(endpoint, "an answer that is no JSON object", "应答不是 JSON 对象")
    _raise_coded(content, endpoint)
    return content


def _raise_coded(content: dict[str, Any], endpoint: str) -> None:
    """Raise the error that an answer tells, its code a number or the text of one; 0 and none are a success."""
    try:
        errcode = msgspec.convert(content.get("errcode"), int | None, strict=False)
    except msgspec.ValidationError:
        raise _no_answer(endpoint, "an errcode that is no number", "errcode 不是数字") from None
    if errcode:
        errmsg, failed = content.get("errmsg"), content.get("fail_openid_list")
        openids = [openid for openid in failed if isinstance(openid, str)] if isinstance(failed, list) else []
        raise _coded(errcode, "" if errmsg is None else str(errmsg), endpoint, openids)


def _coded(errcode: int, errmsg: str, endpoint: str, failed: Sequence[str]) -> ApiError:
    """Build the error of an answer; where a part of a batch failed, it tells which."""
    error = api_error(errcode, errmsg, endpoint)
    if isinstance(error, PartlyDone):
        error.openids = tuple(failed)
    return error


def _convert(content: dict[str, Any], kind: type[T], endpoint: str) -> T:
    """Convert the content of a success; numbers may be text, and what it says of errors is settled."""
    data = {name: value for name, value in content.items() if name not in ("errcode", "errmsg")}
    try:
        return msgspec.convert(data, kind, strict=False)
    except msgspec.ValidationError as error:
        reason = str(error)
    raise _no_answer(endpoint, f"an answer of an unknown shape ({reason})", f"应答的结构无法识别（{reason}）")


def _status_words(status: int) -> tuple[str, str]:
    if 300 <= status < 400:
        return f"a redirect (HTTP {status}), which is never followed", f"重定向（HTTP {status}），不会跟随"
    return f"HTTP status {status}", f"HTTP 状态码 {status}"


def _no_answer(endpoint: str, en: str, zh: str) -> TransportError:
    return TransportError(
        Words(f"{endpoint}: {en}", f"{endpoint}：{zh}"),
        Words("check that the address is the platform's or a sandbox's", "确认地址是微信平台或沙盒的地址"),
    )

"""What the documents allow as an answer: compact JSON, one of the call's codes with its text, or a success's shape."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from fenzu.wire import BY_PATH, ENDPOINTS, ERRCODES, Endpoint, Rulebook, Suffix
from tests.strain.nonsense import SERVED, Case

HINT = r" hint: \[[0-9A-Za-z_.~-]{9}-[0-9A-Za-z_.~-]{6}\]"
RID = r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"
ACTS = {name for name in ENDPOINTS if ENDPOINTS[name].answer == '{"errcode":0,"errmsg":"ok"}'}


def judge(case: Case, answer: bytes, rules: Rulebook) -> int:
    """Return the code of a documented answer (0 for success); anything else fails with what is wrong."""
    text = answer.decode()
    value = json.loads(text)
    assert text == json.dumps(value, separators=(",", ":"), ensure_ascii=False), (
        "not compact, or not raw UTF-8"
    )
    assert isinstance(value, dict)
    endpoint = BY_PATH.get(case.path)
    code = value.get("errcode", 0)
    if code:
        _judge_error(endpoint, code, value, rules)
    else:
        assert endpoint is not None, "an unknown path was answered"
        _judge_success(endpoint.name, value)
    allowed = _first_checks(endpoint, case)
    assert allowed is None or code in allowed, f"{code}, not one of {allowed}"
    return int(code)


def _first_checks(endpoint: Endpoint | None, case: Case) -> set[int] | None:
    """Tell the codes that may answer before a parameter is looked at: route, token, method, body; None for any.

    Whether a token that looks right is the present one is not known here: 40001 is possible then, and 40014 where it
    cannot be one.
    """
    if endpoint is None or endpoint.name not in SERVED:
        return {40066}
    maybe_dead = {40001, 40014} if endpoint.takes_token else set()
    parameters = parse_qsl(case.query.decode("latin-1"), keep_blank_values=True)
    given = [value for name, value in parameters if name == "access_token"]
    if endpoint.takes_token and not (given and given[0]):
        return {41001}
    if endpoint.takes_token and given[0] in {"x", "x" * 5000}:
        return {40001 if given[0] == "x" else 40014}
    if case.method != endpoint.method and (endpoint.name, case.method) != ("token.get", "POST"):
        return {43001 if endpoint.method == "GET" else 43002} | maybe_dead
    if endpoint.method == "POST" and not case.body:
        return {44002} | maybe_dead
    return None


def _judge_error(endpoint: Endpoint | None, code: int, value: dict[str, Any], rules: Rulebook) -> None:
    assert list(value) == ["errcode", "errmsg"], "an error has a code and a text"
    assert code in ERRCODES, f"{code} is in no document"
    if endpoint is not None and endpoint.name in SERVED:
        assert code in endpoint.codes, f"{code} is none of this call's"
    row = ERRCODES[code]
    message = rules.invalid_credential if code == 40001 else row.message
    suffix = (
        {Suffix.NONE: "", Suffix.RID: RID, Suffix.HINT_AND_RID: HINT + RID}[row.suffix]
        if rules.suffix
        else ""
    )
    assert re.fullmatch(re.escape(message) + suffix, value["errmsg"]), value["errmsg"]


SHAPES: dict[str, tuple[str, ...]] = {
    "token.get": ("access_token", "expires_in"),
    "token.stable": ("access_token", "expires_in"),
    "groups.create": ("group",),
    "groups.list": ("groups",),
    "groups.of": ("groupid",),
    "followers.get_many": ("user_info_list",),
    "tags.create": ("tag",),
    "tags.list": ("tags",),
    "tags.of": ("tagid_list",),
    "quota.get": ("errcode", "errmsg", "quota", "rate_limit"),
    "quota.rid": ("errcode", "errmsg", "request"),
    "domain.ips": ("ip_list",),
    "domain.callback_ips": ("ip_list",),
}
PROFILE = (
    "subscribe",
    "openid",
    "subscribe_time",
    "unionid",
    "remark",
    "groupid",
    "tagid_list",
    "subscribe_scene",
    "qr_scene",
    "qr_scene_str",
)


def _judge_success(name: str, value: dict[str, Any]) -> None:
    keys = tuple(value)
    if name in ACTS:
        assert value == {"errcode": 0, "errmsg": "ok"}
    elif name == "tags.members":
        assert keys in {("count", "data", "next_openid"), ("count", "next_openid")}
    elif name in {"followers.list", "blacklist.list"}:
        assert keys in {("total", "count", "data", "next_openid"), ("total", "count", "next_openid")}
    elif name == "followers.get":
        _judge_profile(value)
    else:
        assert keys == SHAPES[name]
    for profile in value.get("user_info_list", []):
        _judge_profile(profile)
    if name in {"groups.create", "tags.create"}:
        assert tuple(*value.values()) == ("id", "name")


def _judge_profile(profile: dict[str, Any]) -> None:
    assert tuple(profile) == (PROFILE if profile["subscribe"] else ("subscribe", "openid"))

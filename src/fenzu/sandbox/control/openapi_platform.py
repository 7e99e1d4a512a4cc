"""The platform's port described as OpenAPI, made from the facts in `fenzu.wire`. Knows no handler and no rule."""

import json
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from fenzu._version import __version__
from fenzu.wire.endpoints import ENDPOINTS, OK_ANSWER, Endpoint, Param
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.limits import (
    APPID_PATTERN,
    BATCH_OPENIDS,
    BLACKLIST_OPENIDS,
    BODY_BYTES,
    DAILY,
    OPENID_PATTERN,
    PAGE_OPENIDS,
    PROFILES,
    REMARK_BYTES,
    TAG_NAME_BYTES,
)
from fenzu.wire.words import Words

DESCRIPTION = (
    "The part of the WeChat Official Account API that sorts followers, as a fenzu sandbox answers it. Well-formed HTTP "
    "is answered with status 200, also where a call fails: judge by errcode. Which codes a call can answer stands in "
    "its x-errcodes; a fault rule or the state of an account can make it answer others. Bodies are JSON under any "
    "Content-Type; ids may be sent as text.\n\n"
    "微信公众平台接口中管理粉丝分组的部分，由 fenzu 沙箱应答。调用失败时 HTTP 状态码也是 200，请以 errcode 判断成败。"
)
JSON = "application/json"

Schema = dict[str, object]

_OPENID: Schema = {"$ref": "#/components/schemas/Openid"}
_START: Schema = {
    "type": "string",
    "pattern": f"^({OPENID_PATTERN})?$",
    "description": f"the last openid of the page before ({PAGE_OPENIDS:,} a page); empty for the first page",
}
_ID: Schema = {"type": "integer", "minimum": 0}
_FIELDS: dict[str, Schema] = {
    "openid": _OPENID,
    "openid_list": {"type": "array", "items": _OPENID, "minItems": 1, "maxItems": BATCH_OPENIDS},
    "user_list": {
        "type": "array",
        "minItems": 1,
        "maxItems": PROFILES,
        "items": {
            "type": "object",
            "required": ["openid"],
            "properties": {"openid": _OPENID, "lang": {"type": "string"}},
        },
    },
    "to_groupid": _ID,
    "group.id": _ID,
    "tag.id": _ID,
    "tagid": _ID,
    "group.name": {
        "type": "string",
        "minLength": 1,
        "maxLength": 30,
        "description": "1 to 30 characters in rulebook 2013, bytes of UTF-8 in 2021",
    },
    "tag.name": {"type": "string", "minLength": 1, "description": f"up to {TAG_NAME_BYTES} bytes of UTF-8"},
    "remark": {"type": "string", "description": f"under {REMARK_BYTES} bytes of UTF-8; empty takes it away"},
    "next_openid": _START,
    "begin_openid": _START,
    "grant_type": {"type": "string", "const": "client_credential"},
    "appid": {"type": "string", "pattern": f"^{APPID_PATTERN}$"},
    "secret": {"type": "string", "format": "password"},
    "force_refresh": {"type": "boolean", "default": False},
    "lang": {"type": "string", "examples": ["zh_CN"]},
    "cgi_path": {"type": "string", "pattern": "^/cgi-bin/", "examples": ["/cgi-bin/groups/get"]},
    "rid": {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$"},
}
_OPTIONAL = {"data", "total"}
"""Fields of answers that some answers lack: a page without openids has no `data`."""
_STRANGER = {"subscribe", "openid"}
"""What is told of somebody who does not follow."""
_EVERYWHERE = frozenset.intersection(*(frozenset(row.codes) for row in ENDPOINTS.values() if row.takes_token))
"""Codes that every call with a token can answer; they stand in each `x-errcodes`, and once among the examples."""
_REFUSED = {
    "400": "Broken HTTP · HTTP 格式错误",
    "413": f"The body has more than {BODY_BYTES:,} bytes · 请求体过大",
    "403": "The Host header names another machine · Host 不是本机",
    "408": "The request did not come in time · 请求未在限时内收完",
    "431": "The head is too large · 请求头过大",
}


def describe_platform(server: str) -> bytes:
    """Return the OpenAPI document of the platform's port, which answers at `server`, as JSON."""
    names = list(dict.fromkeys(name.partition(".")[0] for name in ENDPOINTS))
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "fenzu sandbox: the platform's port",
            "version": __version__,
            "description": DESCRIPTION,
        },
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in names],
        "security": [{"token": []}],
        "paths": {row.path: {row.method.lower(): _operation(row)} for row in ENDPOINTS.values()},
        "components": {
            "schemas": {"Openid": {"type": "string", "pattern": f"^{OPENID_PATTERN}$"}, "Error": _error()},
            "examples": {_name_of(code): _example(code) for code in ERRCODES if code},
            "responses": {
                status: {"description": words, "content": {"text/plain": {"schema": {"type": "string"}}}}
                for status, words in _REFUSED.items()
            },
            "securitySchemes": {"token": {"type": "apiKey", "in": "query", "name": "access_token"}},
        },
    }
    return msgspec.json.encode(document)


def _operation(row: Endpoint) -> Schema:
    operation: Schema = {
        "operationId": row.name,
        "tags": [row.name.partition(".")[0]],
        "summary": row.name,
        "externalDocs": {"url": quote(row.source, safe=":/?=&#%")},
        "x-since": row.since,
        "x-evidence": [str(mark) for mark in row.marks],
        "x-repeatable": row.repeatable,
        "x-errcodes": sorted(row.codes),
        "responses": {
            "200": _answer(row),
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSED},
        },
    }
    if not row.takes_token:
        operation["security"] = []
    if row.name in DAILY:
        quota = DAILY[row.name]
        operation["x-calls-a-day"] = {"ordinary": quota.ordinary, "test": quota.test}
    query = [_in_query(row, param) for param in row.params if param.place == "query"]
    if query:
        operation["parameters"] = query
    if row.method == "POST":
        content = {"schema": _body(row), "example": json.loads(row.request)}
        operation["requestBody"] = {"required": True, "content": {JSON: content}}
    return operation


def _in_query(row: Endpoint, param: Param) -> Schema:
    return {"name": param.name, "in": "query", "required": param.required, "schema": _field(row, param)}


def _body(row: Endpoint) -> Schema:
    """Return the schema of a body; a field named `group.name` is one of an object inside."""
    inside: dict[str, list[tuple[str, Param]]] = {}
    for param in row.params:
        outer, _, inner = param.name.rpartition(".")
        inside.setdefault(outer, []).append((inner, param))
    top = _object({name: (_field(row, param), param.required) for name, param in inside.pop("", [])})
    properties, required = _mapping(top["properties"]), _list(top["required"])
    for outer, fields in inside.items():
        properties[outer] = _object({name: (_field(row, param), param.required) for name, param in fields})
        required.append(outer)
    return {"type": "object", "properties": properties, "required": required}


def _object(fields: Mapping[str, tuple[Schema, bool]]) -> Schema:
    return {
        "type": "object",
        "properties": {name: schema for name, (schema, _) in fields.items()},
        "required": [name for name, (_, is_required) in fields.items() if is_required],
    }


def _field(row: Endpoint, param: Param) -> Schema:
    schema = _FIELDS[param.name]
    if param.name == "openid_list" and row.name.startswith("blacklist."):
        return {**schema, "maxItems": BLACKLIST_OPENIDS}
    return schema


def _answer(row: Endpoint) -> Schema:
    answer = json.loads(row.answer)
    good = _shape(answer)
    if row.name == "followers.get":
        good["required"] = sorted(_STRANGER)
    elif row.name == "followers.get_many":
        profile = _shape(json.loads(ENDPOINTS["followers.get"].answer))
        profile["required"] = sorted(_STRANGER)
        good["properties"] = {"user_info_list": {"type": "array", "items": profile}}
    names = [_name_of(code) for code in sorted({*row.codes} - _EVERYWHERE)]
    codes = {name: {"$ref": f"#/components/examples/{name}"} for name in names}
    content = {
        "schema": {"anyOf": [good, {"$ref": "#/components/schemas/Error"}]},
        "examples": {"ok": {"value": answer}, **codes},
    }
    words = "done, or an error" if row.answer == OK_ANSWER else "what was asked for, or an error"
    return {"description": words, "content": {JSON: content}}


def _shape(example: object) -> Schema:
    """Return the schema of what looks like the example."""
    if isinstance(example, dict):
        properties: Schema = {
            name: {"const": 0} if name == "errcode" else _shape(value) for name, value in example.items()
        }
        required = [name for name in example if name not in _OPTIONAL]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    if isinstance(example, list):
        return {"type": "array", "items": _shape(example[0]) if example else {"type": "integer"}}
    return {"type": "integer"} if isinstance(example, int) else {"type": "string"}


def _error() -> Schema:
    return {
        "type": "object",
        "properties": {
            "errcode": {"type": "integer", "not": {"const": 0}},
            "errmsg": {"type": "string"},
            "fail_openid_list": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["errcode", "errmsg"],
        "additionalProperties": False,
    }


def _example(code: int) -> Schema:
    row = ERRCODES[code]
    return {
        "summary": _both(row.meaning),
        "description": _both(row.advice),
        "value": {"errcode": code, "errmsg": row.message},
    }


def _name_of(code: int) -> str:
    return str(code) if code >= 0 else f"minus{-code}"


def _both(words: Words) -> str:
    return words.en if words.en == words.zh else f"{words.en} · {words.zh}"


def _mapping(value: object) -> Schema:
    assert isinstance(value, dict)
    return value


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value

"""docs/reference/control.md: every route of the control port, from the table that requests are answered by."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from fenzu.sandbox.control.examples import BODIES
from fenzu.sandbox.control.openapi import describe
from fenzu.sandbox.control.table import ROUTES
from tools.generate.markdown import block, code, page, table

Schema: TypeAlias = Mapping[str, object]

INTRODUCTION = """
The control port of `fenzu sandbox` (`http://127.0.0.1:8061` unless `--control-port` says otherwise) takes and gives
JSON with real HTTP statuses: 200, or 201 where something was made; 400 for a request that is not as described here, 404
for a name that is not there, each with `{"error": "…", "message": "…", "message_zh": "…"}`: a word for programs, and
what is wrong in English and in Chinese. What is no request at all, too large or too slow is refused in plain text, in
both languages. An unknown field or parameter is refused. No body is an empty object. With `--control-key-file` each
request needs `Authorization: Bearer KEY`. `?` marks what may be left out.

`GET /openapi.json` describes this port to programs, `GET /openapi/platform.json` the platform's
([control](openapi-control.json), [platform](openapi-platform.json)). From Python, [`fenzu.control`](api.md) calls it.

`fenzu sandbox` 的控制端口（默认 `http://127.0.0.1:8061`）收发 JSON，使用真实的 HTTP 状态码：
成功为 200，新建为 201；请求与此处描述不符为 400，没有该名称的对象为 404。
错误的内容是 `{"error": "…", "message": "…", "message_zh": "…"}`：供程序判断的代码，以及英文和中文的说明。
不是合法 HTTP、过大或过慢的请求以纯文本拒绝，同样是英文和中文。
未知的字段或参数会被拒绝；没有请求体等于空对象。
使用 `--control-key-file` 时，每个请求都要带 `Authorization: Bearer 密钥`。`?` 表示可以省略。
"""

TITLES = {
    "sandbox": "The sandbox as a whole",
    "accounts": "Accounts and followers",
    "clock": "The clock",
    "faults": "Faults",
    "quota": "Quotas",
    "requests": "The log of requests",
    "snapshots": "Snapshots",
    "events": "Events of followers",
}
HOWTOS = {
    "accounts": "snapshots-and-seeds.md",
    "clock": "test-quotas.md",
    "faults": "test-faults.md",
    "quota": "test-quotas.md",
    "requests": "see-requests.md",
    "snapshots": "snapshots-and-seeds.md",
    "events": "receive-events.md",
}
CHINESE = {
    "health": "沙箱是否就绪",
    "reset_all": "清空所有账号",
    "list_accounts": "列出账号，先建的在前",
    "create_account": "新建账号",
    "import_account": "用导出文件或粉丝表格建立账号",
    "get_account": "查看账号",
    "change_account": "改变账号状态或 IP 白名单",
    "delete_account": "删除账号及其全部数据",
    "add_followers": "增加粉丝",
    "remove_followers": "粉丝取消关注",
    "export_account": "以 JSON Lines 导出账号：分组、标签和粉丝",
    "reset": "清空账号；appid 和 secret 不变",
    "read_clock": "查看沙箱的时钟",
    "turn_clock": "拨动时钟：设定、快进、冻结、变速",
    "free_clock": "恢复真实时间",
    "get_faults": "查看该账号的故障规则及命中次数",
    "set_faults": "设定该账号的故障规则，取代原有规则",
    "clear_faults": "取消该账号的故障",
    "get_faults_of_all": "查看适用于所有账号的故障规则及命中次数",
    "set_faults_of_all": "设定适用于所有账号的故障规则，取代原有规则",
    "clear_faults_of_all": "取消适用于所有账号的故障",
    "get_quota_mode": "是否拒绝超额调用",
    "set_quota_mode": "设定是否拒绝超额调用",
    "get_quota": "查看账号的额度与当日用量",
    "set_quota": "设定账号的额度与当日用量",
    "list_requests": "列出平台端口收到的请求及应答，最新的在后",
    "clear_requests": "清空请求记录",
    "stream_requests": "以 server-sent events 实时查看请求",
    "list_snapshots": "列出快照",
    "create_snapshot": "为整个沙箱建立快照，同名快照被取代",
    "restore_snapshot": "把整个沙箱恢复到快照时的状态",
    "delete_snapshot": "删除快照",
    "list_events": "列出推送过或待推送的关注事件，最早的在前",
}


def control_page() -> str:
    """Return the page: the routes noun by noun, then what goes and comes, field by field."""
    document = json.loads(describe(ROUTES))
    schemas = document["components"]["schemas"]
    nouns: dict[str, list[list[str]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] != ["openapi"]:
                (noun,) = operation["tags"]
                nouns.setdefault(noun, []).append(_row(f"{method.upper()} {path}", operation, schemas))
    return page(
        "Control port",
        "`src/fenzu/sandbox/control/`",
        INTRODUCTION,
        *(part for noun, rows in nouns.items() for part in _section(noun, rows)),
        "## Examples of bodies",
        "\n\n".join(_examples()),
        "## What goes and comes",
        *(part for name, schema in schemas.items() if name != "Words" for part in _type(name, schema)),
    )


def _section(noun: str, rows: list[list[str]]) -> Iterator[str]:
    yield f"## {TITLES[noun]}"
    if noun in HOWTOS:
        yield f"How to use it: [{HOWTOS[noun]}](../howto/{HOWTOS[noun]})"
    yield table(["route", "does", "query", "body", "answers"], rows)


def _row(route: str, operation: Mapping[str, object], schemas: Mapping[str, Schema]) -> list[str]:
    does = f"{operation['summary']}<br>{CHINESE[str(operation['operationId'])]}"
    return [code(route), does, _query(operation), _body(operation, schemas), _answer(operation)]


def _query(operation: Mapping[str, object]) -> str:
    parameters = [each for each in _list(operation.get("parameters", [])) if _map(each)["in"] == "query"]
    return ", ".join(f"`{_map(each)['name']}`?" for each in parameters)


def _body(operation: Mapping[str, object], schemas: Mapping[str, Schema]) -> str:
    if "requestBody" not in operation:
        return ""
    content = _map(_map(operation["requestBody"])["content"])
    if "application/json" not in content:
        return "a file"
    schema = _map(_map(content["application/json"])["schema"])
    name = str(schema["$ref"]).rpartition("/")[2]
    needed = _list(schemas[name]["required"])
    fields = [f"`{field}`{'' if field in needed else '?'}" for field in _map(schemas[name]["properties"])]
    return f"{_kind(schema)}: {', '.join(fields)}"


def _answer(operation: Mapping[str, object]) -> str:
    status, response = next(iter(_map(operation["responses"]).items()))
    ((media, content),) = _map(_map(response)["content"]).items()
    if media == "text/event-stream":
        return f"{status}, events of {_kind(_map(_map(content)['x-event-data']))}"
    if media != "application/json":
        return f"{status}, a file of JSON Lines"
    return f"{status}, {_kind(_map(_map(content)['schema']))}"


def _examples() -> Iterator[str]:
    for route in ROUTES:
        if route.name in BODIES:
            yield f"`{route.method} {route.path}`"
            yield block(json.dumps(BODIES[route.name], ensure_ascii=False), "json")


def _type(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}"
    yield " ".join(str(schema["description"]).split())
    needed = _list(schema["required"])
    rows = [
        [code(field), _kind(_map(told)), _default(_map(told), is_needed=field in needed)]
        for field, told in _map(schema["properties"]).items()
    ]
    yield table(["field", "type", "if left out"], rows)


def _default(told: Schema, *, is_needed: bool) -> str:
    if is_needed:
        return ""
    return code(json.dumps(told["default"])) if told.get("default") is not None else "–"


def _kind(schema: Schema) -> str:
    """Return what a schema allows, in words; a type of its own is a link."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return "`en` and `zh`" if name == "Words" else f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(_map(option)) for option in _list(schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(code(str(value)) for value in _list(schema["enum"]))
    kind = str(schema.get("type", "anything"))
    if kind == "array" and "prefixItems" in schema:
        return f"[{', '.join(_kind(_map(item)) for item in _list(schema['prefixItems']))}]"
    if kind == "array":
        return f"list of {_kind(_map(schema.get('items', {})))}"
    if kind == "object" and "additionalProperties" in schema:
        return f"by name: {_kind(_map(schema['additionalProperties']))}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _map(value: object) -> Schema:
    assert isinstance(value, dict)
    return value


def _list(value: object) -> Sequence[object]:
    assert isinstance(value, list)
    return value

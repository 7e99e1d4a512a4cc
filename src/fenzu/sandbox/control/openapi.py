"""The control port described as OpenAPI, made from the same table that requests are answered by. Knows no handler."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from fenzu._version import __version__
from fenzu.sandbox.control.examples import BODIES, IN_PATH
from fenzu.sandbox.control.files import LINES_TYPE
from fenzu.sandbox.control.route import Route

JSON = "application/json"
OPENAPI_PATH = "/openapi.json"
PLATFORM_PATH = "/openapi/platform.json"
DESCRIPTION = (
    "Steers a fenzu sandbox from outside. JSON in and out; an unknown field or parameter is refused. It answers names "
    "of its own machine only, and no web page of another site. With --control-key-file every request needs the key.\n\n"
    "从外部操控 fenzu 沙箱。收发 JSON，未知的字段或参数会被拒绝。"
)
REFUSALS = {
    "400": "The request is not as it is described here, or cannot be done · 请求与此处描述不符，或无法执行",
    "401": "The key is missing or wrong · 缺少密钥或密钥不对",
    "403": "The Host or Origin header names somebody else · Host 或 Origin 不是本机",
    "404": "There is nothing of that name · 没有这个名称的对象",
    "default": "Another error · 其他错误",
}


class Problem(msgspec.Struct, frozen=True):
    """What every error answers: a word for programs, a sentence for people in English and in Chinese."""

    error: str
    message: str
    message_zh: str


def describe(routes: Iterable[Route], *, has_key: bool = False, server: str = "/") -> bytes:
    """Return the OpenAPI document of `routes` as JSON; with a key, each of them asks for it."""
    table = list(routes)
    types: list[object] = [Problem]
    types += [kind for route in table for kind in (route.takes, route.gives) if kind is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    named = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, object]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, named, has_key=has_key)
    for path, summary in DOCUMENTS.items():
        paths[path] = {"get": _document(path, summary, has_key=has_key)}
    document: dict[str, object] = {
        "openapi": "3.1.0",
        "info": {
            "title": "fenzu sandbox: the control port",
            "version": __version__,
            "description": DESCRIPTION,
        },
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys([*map(_tag, table), "openapi"])],
        "paths": paths,
        "components": {"schemas": components, "responses": _refusals(named[repr(Problem)])},
    }
    if has_key:
        schemes = {"key": {"type": "http", "scheme": "bearer"}}
        document["components"] = {**_mapping(document["components"]), "securitySchemes": schemes}
        document["security"] = [{"key": []}]
    return msgspec.json.encode(document)


DOCUMENTS = {
    OPENAPI_PATH: "Describe the control port",
    PLATFORM_PATH: "Describe the platform's port",
}


def _operation(route: Route, named: Mapping[str, dict[str, object]], *, has_key: bool) -> dict[str, object]:
    refused = ["400"] if route.takes or route.asks or route.takes_file else []
    if "{" in route.path:
        refused.append("404")
    operation: dict[str, object] = {
        "operationId": route.name,
        "tags": [_tag(route)],
        "summary": route.summary,
        "responses": {str(route.status): _answer(route, named), **_refused(refused, has_key=has_key)},
    }
    parameters = [*_in_path(route), *_in_query(route)]
    if route.streams:
        parameters.append(
            {
                "name": "Last-Event-ID",
                "in": "header",
                "description": "The id of the event that was seen last; stands for `after`",
                "schema": {"type": "string", "pattern": "^[0-9]+$"},
            }
        )
    if parameters:
        operation["parameters"] = parameters
    body = _body(route, named)
    if body:
        operation["requestBody"] = body
    return operation


def _body(route: Route, named: Mapping[str, dict[str, object]]) -> dict[str, object]:
    """Return what is told of a body, nothing where there is none."""
    if route.takes_file:
        text = {"schema": {"type": "string"}}
        return {"required": True, "content": {LINES_TYPE: text, "text/csv": text}}
    if route.takes is None:
        return {}
    content: dict[str, object] = {"schema": named[repr(route.takes)]}
    if route.name in BODIES:
        content["example"] = BODIES[route.name]
    return {"required": _is_needed(route.takes), "content": {JSON: content}}


def _answer(route: Route, named: Mapping[str, dict[str, object]]) -> dict[str, object]:
    if route.gives_file:
        content = {LINES_TYPE: {"schema": {"type": "string"}}}
        return {"description": "a file, a line of JSON for each thing", "content": content}
    schema = named[repr(route.gives)]
    if not route.streams:
        return {"description": "done", "content": {JSON: {"schema": schema}}}
    events = {
        "schema": {"type": "string"},
        "example": 'event: request\nid: 3\ndata: {"id":3}\n\n: nothing new\n\n',
        "x-event-data": schema,
    }
    description = "Server-sent events until the client leaves or the sandbox ends; the data of each is JSON"
    return {"description": description, "content": {"text/event-stream": events}}


def _document(path: str, summary: str, *, has_key: bool) -> dict[str, object]:
    return {
        "operationId": "describe_control" if path == OPENAPI_PATH else "describe_platform",
        "tags": ["openapi"],
        "summary": summary,
        "responses": {
            "200": {"description": "an OpenAPI document", "content": {JSON: {"schema": {"type": "object"}}}},
            **_refused([], has_key=has_key),
        },
    }


def _tag(route: Route) -> str:
    """Return the noun that a route is about: the module it stands in."""
    return (
        "sandbox" if route.path.count("/") == 1 and route.name in ("health", "reset_all") else _module(route)
    )


def _module(route: Route) -> str:
    return route.perform.__module__.rpartition(".")[2]


def _refusals(problem: dict[str, object]) -> dict[str, object]:
    return {
        name: {"description": words, "content": {JSON: {"schema": problem}}}
        for name, words in REFUSALS.items()
    }


def _refused(statuses: list[str], *, has_key: bool) -> dict[str, object]:
    names = [*statuses, *(["401"] if has_key else []), "403", "default"]
    return {name: {"$ref": f"#/components/responses/{name}"} for name in sorted(names)}


def _in_path(route: Route) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            "example": IN_PATH.get(name, name),
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]


def _in_query(route: Route) -> list[dict[str, object]]:
    if route.asks is None:
        return []
    parameters: list[dict[str, object]] = []
    for field in msgspec.structs.fields(route.asks):
        schema = _without_null(msgspec.json.schema(field.type))
        if field.default is not msgspec.NODEFAULT and field.default is not None:
            schema["default"] = field.default
        parameters.append({"name": field.encode_name, "in": "query", "schema": schema})
    return parameters


def _without_null(schema: dict[str, object]) -> dict[str, object]:
    """Return the schema of what a query can hold: nothing is said by leaving a parameter out."""
    options = schema.get("anyOf")
    if not isinstance(options, list):
        return schema
    left = [option for option in options if option != {"type": "null"}]
    return _mapping(left[0]) if len(left) == 1 else {**schema, "anyOf": left}


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return dict(value)


def _is_needed(kind: type[msgspec.Struct]) -> bool:
    """Tell whether a body has to be there: none is an empty object."""
    return any(field.required for field in msgspec.structs.fields(kind))

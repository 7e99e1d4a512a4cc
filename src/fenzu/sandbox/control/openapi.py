"""The control port described as OpenAPI, made from the same table that requests are answered by. Knows no handler."""

import re
from collections.abc import Iterable

import msgspec

from fenzu._version import __version__
from fenzu.sandbox.control.files import LINES_TYPE
from fenzu.sandbox.control.route import Route


class Problem(msgspec.Struct, frozen=True):
    """What every error answers: a word for programs, a sentence for people."""

    error: str
    message: str


def describe(routes: Iterable[Route], *, has_key: bool = False) -> bytes:
    """Return the OpenAPI document of `routes` as JSON; with a key, each of them asks for it."""
    table = list(routes)
    types: list[object] = [Problem]
    types += [kind for route in table for kind in (route.takes, route.gives) if kind is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    named = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, object]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, named)
    document: dict[str, object] = {
        "openapi": "3.1.0",
        "info": {"title": "fenzu sandbox: the control port", "version": __version__},
        "paths": paths,
        "components": {"schemas": components},
    }
    if has_key:
        schemes = {"key": {"type": "http", "scheme": "bearer"}}
        document["components"] = {"schemas": components, "securitySchemes": schemes}
        document["security"] = [{"key": []}]
    return msgspec.json.encode(document)


def _operation(route: Route, named: dict[str, dict[str, object]]) -> dict[str, object]:
    answer: dict[str, object] = {"description": "done"}
    if route.gives is not None:
        answer["content"] = {"application/json": {"schema": named[repr(route.gives)]}}
    if route.gives_file:
        answer["content"] = {LINES_TYPE: {"schema": {"type": "string"}}}
    problem = {"description": "an error", "content": {"application/json": {"schema": named[repr(Problem)]}}}
    operation: dict[str, object] = {
        "operationId": route.name,
        "summary": route.summary,
        "responses": {str(route.status): answer, "default": problem},
    }
    parameters: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.asks is not None:
        fields = msgspec.structs.fields(route.asks)
        parameters += [
            {"name": field.encode_name, "in": "query", "schema": msgspec.json.schema(field.type)}
            for field in fields
        ]
    if parameters:
        operation["parameters"] = parameters
    if route.takes is not None:
        body = {"application/json": {"schema": named[repr(route.takes)]}}
        operation["requestBody"] = {"required": True, "content": body}
    if route.takes_file:
        text = {"schema": {"type": "string"}}
        operation["requestBody"] = {"required": True, "content": {LINES_TYPE: text, "text/csv": text}}
    return operation

"""docs/reference/openapi-*.json: what the sandbox answers when it is asked to describe its two ports."""

import json

from fenzu.sandbox.control.openapi import describe
from fenzu.sandbox.control.openapi_platform import describe_platform
from fenzu.sandbox.control.table import ROUTES

OPENED = 3
"""How deep a document is opened up, a line for each value: an operation or a schema has one line."""


def control_document() -> str:
    """Return the document of the control port."""
    return _written(describe(ROUTES, server="http://127.0.0.1:8061"))


def platform_document() -> str:
    """Return the document of the platform's port."""
    return _written(describe_platform("http://127.0.0.1:8060"))


def _written(document: bytes) -> str:
    return _open(json.loads(document), 0) + "\n"


def _open(value: object, depth: int) -> str:
    if not isinstance(value, dict) or not value or depth == OPENED:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    margin = " " * (depth + 1)
    inside = (f"{margin}{json.dumps(name)}: {_open(one, depth + 1)}" for name, one in value.items())
    return "{\n" + ",\n".join(inside) + "\n" + " " * depth + "}"

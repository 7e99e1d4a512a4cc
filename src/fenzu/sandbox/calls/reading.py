"""Reading what clients send: queries, forms and JSON, as broken as SDKs in daily use make them. Judges no value.

Well-formed JSON goes the fast way. What that refuses is read once more with patience: a BOM is skipped, broken UTF-8
becomes U+FFFD, control characters are kept. The Content-Type is never asked.
"""

import json
from typing import NoReturn
from urllib.parse import parse_qsl

import msgspec

from fenzu.sandbox.refusal import refusal

BOM = b"\xef\xbb\xbf"
_TOKEN = b"access_token="
_decode = msgspec.json.Decoder().decode


def read_query(query: bytes) -> dict[str, str]:
    """Return the parameters of a query or form; of a repeated one the first counts."""
    fields: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"):
        fields.setdefault(name, value)
    return fields


def read_token(query: bytes) -> str:
    """Return the access token in a query, empty if there is none."""
    if query.startswith(_TOKEN):
        token = query[len(_TOKEN) :]
        if b"&" not in token and b"%" not in token and b"+" not in token:
            return token.decode("utf-8", "replace")
    return read_query(query).get("access_token", "")


def read_body(body: bytes) -> dict[str, object]:
    """Return the JSON object in a body; refuses an empty one with 44002, anything else with 47001."""
    try:
        fields = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        fields = _read_patiently(body)
    if not isinstance(fields, dict):
        raise refusal(47001)
    return fields


def _read_patiently(body: bytes) -> object:
    body = body.removeprefix(BOM)
    if not body:
        raise refusal(44002)
    try:
        return json.loads(body.decode("utf-8", "replace"), strict=False, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise refusal(47001) from None


def _no_json(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity, which Python's reader takes and JSON does not have


def read_text(value: object) -> str | None:
    """Return text that can be stored and sent again, None for what is no text; half characters become U+FFFD."""
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # "\ud800": half of a surrogate pair
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def read_number(value: object) -> int | None:
    """Return a whole number given as number or as text (SDKs in daily use send "108"), None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isdigit():
        return int(value)
    return None


def read_object(value: object) -> dict[str, object]:
    """Return an object inside a body, an empty one for what is none."""
    return value if isinstance(value, dict) else {}

"""The control port as an ASGI application: JSON in and out, real HTTP statuses, errors as `Problem` has them.

It finds the route, guards it against foreign web pages, decodes strictly and turns refusals into words. What a route
does stands in the modules of its noun; how the platform answers is not its business.
"""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from functools import partial
from hmac import compare_digest
from typing import TypeAlias
from urllib.parse import parse_qsl, quote

import msgspec
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from fenzu.errors import FenzuError, UsageError
from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.files import send_file
from fenzu.sandbox.control.openapi import OPENAPI_PATH, PLATFORM_PATH, Problem, describe
from fenzu.sandbox.control.openapi_platform import describe_platform
from fenzu.sandbox.control.route import Asked, Route
from fenzu.sandbox.control.sse import LAST_EVENT_ID, send_events
from fenzu.sandbox.control.table import ROUTES, find
from fenzu.sandbox.control_errors import Refused
from fenzu.sandbox.http.hosts import Hosts, hostname
from fenzu.sandbox.run.announce import say
from fenzu.wire.words import Words

JSON = (b"content-type", b"application/json")

Sending: TypeAlias = Callable[[ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]
"""What sends an answer that comes in pieces."""


class Refusal(Exception):
    """An answer other than success: its status, a word for programs, a sentence for people in both languages."""

    def __init__(self, status: int, error: str, message: Words, *more: tuple[bytes, bytes]) -> None:
        self.status = status
        self.body = msgspec.json.encode(Problem(error, message.en, message.zh))
        self.headers = more


def make_control_app(platform: Controlled, *, hosts: Hosts, key: bytes | None = None) -> ASGI3Application:
    """Return the application that controls `platform` for whoever asks it by one of `hosts`, and with `key` if set."""

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"  # the protocol speaks nothing else
        more: tuple[tuple[bytes, bytes], ...] = ()
        try:
            guard(scope["headers"], hosts, key)
            status, answer = await _answer(platform, scope, receive, has_key=key is not None)
        except Refusal as refusal:
            status, answer, more = refusal.status, refusal.body, refusal.headers
        if not isinstance(answer, bytes):
            await answer(receive, send)
            return
        headers = [JSON, (b"content-length", b"%d" % len(answer)), *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


def make_gate(hosts: Hosts, key: bytes | None = None) -> Callable[[HTTPScope], bool]:
    """Return what tells whether a request gets past `guard`; the body of any other is not worth keeping."""

    def gate(scope: HTTPScope) -> bool:
        try:
            guard(scope["headers"], hosts, key)
        except Refusal:
            return False
        return True

    return gate


def guard(headers: Iterable[tuple[bytes, bytes]], hosts: Hosts, key: bytes | None) -> None:
    """Refuse what a foreign web page makes a browser send, be it under a name of its own; then, who lacks the key.

    Of a header that comes twice, each has to pass.
    """
    given: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        given.setdefault(name, []).append(value)
    if not all(map(hosts.admits, given.get(b"host", [b""]))):
        raise Refusal(
            403,
            "forbidden_host",
            Words(
                "the Host header names another machine; use localhost or 127.0.0.1, "
                "or start the sandbox with --allow-host NAME",
                "Host 头指向另一台机器；请用 localhost 或 127.0.0.1，或启动沙箱时加 --allow-host 名称",
            ),
        )
    if not all(hosts.has(hostname(origin.decode("latin-1"))) for origin in given.get(b"origin", ())):
        raise Refusal(
            403,
            "forbidden_origin",
            Words("a web page of another site may not control the sandbox", "其他网站的网页不能操控沙箱"),
        )
    if key is not None and not all(_holds(one, key) for one in given.get(b"authorization", [b""])):
        raise Refusal(
            401,
            "unauthorized",
            Words(
                "this sandbox is controlled with a key: send Authorization: Bearer KEY, "
                "with the KEY of its --control-key-file",
                "操控此沙箱需要密钥：请发送 Authorization: Bearer KEY，KEY 见其 --control-key-file",
            ),
            (b"www-authenticate", b'Bearer realm="fenzu sandbox"'),
        )


def _holds(authorization: bytes, key: bytes) -> bool:
    scheme, _, given = authorization.partition(b" ")
    return scheme.lower() == b"bearer" and compare_digest(given.strip(), key)


async def _answer(
    platform: Controlled, scope: HTTPScope, receive: ASGIReceiveCallable, *, has_key: bool
) -> tuple[int, bytes | Sending]:
    method, path = scope["method"], scope["raw_path"].decode("ascii")
    if path == OPENAPI_PATH and method in ("GET", "HEAD"):
        return 200, describe(ROUTES, has_key=has_key)
    if path == PLATFORM_PATH and method in ("GET", "HEAD"):
        return 200, describe_platform(platform.request_log.base_url)
    route, names = choose(method, path)
    body = decode(route.takes, await _read(receive)) if route.takes else None
    query = read_query(route.asks, _query(route, scope)) if route.asks else None
    content = await _read(receive) if route.takes_file else b""
    value = await _perform(route, platform, Asked(names, query, body, content))
    if route.streams or route.gives_file:
        assert isinstance(value, AsyncIterator)
        return route.status, partial(send_events if route.streams else send_file, value)
    return route.status, msgspec.json.encode(value)


def _query(route: Route, scope: HTTPScope) -> bytes:
    """Return the query; a browser that connects again tells by a header which event it saw last."""
    last = dict(scope["headers"]).get(LAST_EVENT_ID) if route.streams else None
    return scope["query_string"] if not last else scope["query_string"] + b"&after=" + quote(last).encode()


async def _perform(route: Route, platform: Controlled, asked: Asked) -> object:
    try:
        await platform.catch_up()
        return await route.perform(platform, asked)
    except Refused as error:
        raise Refusal(error.status, error.code, _said(error)) from None
    except UsageError as error:
        raise Refusal(400, "invalid_request", _said(error)) from None
    except FenzuError as error:
        raise Refusal(500, "failed", _said(error)) from None
    except Exception:  # noqa: BLE001 - whatever is wrong with us, the client gets an answer and we the trace
        say(traceback.format_exc())
        failed = Words("the sandbox failed; its stderr says why", "沙箱出错，原因见其 stderr")
        raise Refusal(500, "internal", failed) from None


def _said(error: FenzuError) -> Words:
    """Return what happened with what to do next."""
    return Words(error.say("en"), error.say("zh"))


async def _read(receive: ASGIReceiveCallable) -> bytes:
    message = await receive()
    assert message["type"] == "http.request"  # an exchange begins with its whole body
    return message["body"]


def choose(method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    """Return the route that answers and the names in the path, or refuse: 404, 405."""
    there, names = find(path)
    wanted = "GET" if method == "HEAD" else method
    if wanted in there:
        return there[wanted], names
    if there:
        allowed = ", ".join(sorted(there))
        takes = Words(f"{path} takes {allowed}", f"{path} 只接受 {allowed}")
        raise Refusal(405, "method_not_allowed", takes, (b"allow", allowed.encode()))
    raise Refusal(
        404,
        "unknown_route",
        Words(
            f"there is no {path[:200]}; {OPENAPI_PATH} lists what there is",
            f"没有 {path[:200]}；{OPENAPI_PATH} 列出了所有路径",
        ),
    )


def read_query(kind: type[msgspec.Struct], query: bytes) -> msgspec.Struct:
    """Decode a query strictly; the refusal names the parameter."""
    given = dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(400, "invalid_query", Words(str(error), f"查询参数有误：{error}")) from None


def decode(kind: type[msgspec.Struct], body: bytes) -> msgspec.Struct:
    """Decode a body strictly; the refusal names the field. No body is an empty object."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(400, "invalid_body", Words(str(error), f"请求体有误：{error}")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        words = Words(f"the body is not JSON: {error}", f"请求体不是 JSON：{error}")
        raise Refusal(400, "invalid_json", words) from None

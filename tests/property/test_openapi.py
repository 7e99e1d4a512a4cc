"""Both ports do what their OpenAPI documents say: requests made from the documents get answers that fit them."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from tests.fixtures.world import ANA, BEN, CAT, World
from tests.property.json_schemas import made_from, whole

from fenzu.sandbox.control.app import make_control_app
from fenzu.sandbox.control.examples import BODIES
from fenzu.sandbox.control.openapi import describe
from fenzu.sandbox.control.openapi_platform import describe_platform
from fenzu.sandbox.control.table import ROUTES
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.http.limits import REFUSALS
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.rulebooks import RulebookName

CONTROL: dict[str, Any] = json.loads(describe(ROUTES))
PLATFORM: dict[str, Any] = json.loads(describe_platform("http://127.0.0.1:8060"))
Operation = tuple[str, str, dict[str, Any]]
bounded = settings(
    max_examples=min(100, settings().max_examples),  # of each of ninety requests
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def name_of(operation: Operation) -> str:
    return str(operation[2]["operationId"])


def query_of(operation: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    fields = {one["name"]: made_from(whole(one["schema"], document)) for one in asked}
    needed = [one["name"] for one in asked if one.get("required")]
    return st.fixed_dictionaries(
        {name: fields[name] for name in needed},
        optional={name: one for name, one in fields.items() if name not in needed},
    )


def body_of(operation: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "requestBody" not in operation:
        return st.just(b"")
    if "application/json" not in operation["requestBody"]["content"]:
        return st.sampled_from([b"", b"openid\n", f"openid,group\n{ANA},VIP\n".encode()])
    content = operation["requestBody"]["content"]["application/json"]
    return made_from(whole(content["schema"], document))


@pytest.mark.parametrize("has_key", [True, False])
def test_the_documents_are_valid(has_key: bool) -> None:
    """Both are OpenAPI by the standard's own schema, with and without a key to the control port."""
    document = json.loads(describe(ROUTES, has_key=has_key))
    validate(document)
    validate(PLATFORM)
    assert ("security" in document) is has_key


@pytest.mark.parametrize("operation", list(operations(PLATFORM)), ids=name_of)
def test_examples_fit_their_schemas(operation: Operation) -> None:
    """The examples of each call of the platform, good and bad, are what its schemas ask for."""
    _, _, told = operation
    answer = told["responses"]["200"]["content"]["application/json"]
    judge = OAS31Validator(whole(answer["schema"], PLATFORM))
    for example in whole(answer["examples"], PLATFORM).values():
        judge.validate(example["value"])
    if "requestBody" in told:
        body = told["requestBody"]["content"]["application/json"]
        fields = whole(body["schema"], PLATFORM)
        assert set(body["example"]) <= set(fields["properties"])
        assert set(fields["required"]) <= set(body["example"])


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.takes is not None], ids=lambda one: one.name
)
def test_every_body_has_an_example(route: Any) -> None:
    """Each route of the control port that takes a body shows one that it would take (`control/examples.py`)."""
    assert route.name in BODIES, "add an example of its body"
    msgspec.convert(BODIES[route.name], route.takes)


def test_every_refusal_is_described() -> None:
    """What the connection refuses by itself stands beside each answer of the platform's port."""
    for _, _, told in operations(PLATFORM):
        assert set(told["responses"]) == {"200", *map(str, REFUSALS)}


def test_every_call_is_described() -> None:
    """The platform's document has each call with its method, and the codes that it can answer."""
    described = {(method, path): told["x-errcodes"] for method, path, told in operations(PLATFORM)}
    assert described == {(row.method, row.path): sorted(row.codes) for row in ENDPOINTS.values()}


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[..., Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module", params=["2013", "2021"])
def place(request: pytest.FixtureRequest, run: Callable[..., Any]) -> Iterator[tuple[World, Any]]:
    """A world with an account that has followers, groups and tags."""
    rules: RulebookName = request.param
    world = World(rules)
    groups = [{"name": "VIP", "id": 100, "followers": [ANA]}]
    tenant = run(
        world.tenant(followers=[BEN], groups=groups, tags=[{"name": "t", "id": 101, "followers": [CAT]}])
    )
    yield world, tenant
    world.platform.close()


@pytest.mark.parametrize("operation", list(operations(PLATFORM)), ids=name_of)
def test_the_platforms_answers_fit(
    operation: Operation, place: tuple[World, Any], run: Callable[..., Any]
) -> None:
    """A request as its document allows it is answered as the document says, by a code that it names or by none."""
    method, path, told = operation
    world, tenant = place
    judge = OAS31Validator(whole(told["responses"]["200"]["content"]["application/json"]["schema"], PLATFORM))
    credentials = {"appid": tenant.appid, "secret": tenant.secret}

    @bounded
    @given(query_of(told, PLATFORM), body_of(told, PLATFORM), st.booleans(), st.booleans())
    def ask(query: dict[str, Any], body: Any, knows_token: bool, is_known: bool) -> None:
        if "security" not in told:
            query = {"access_token": tenant.token if knows_token else "x", **query}
        if is_known:
            known = {name: value for name, value in credentials.items() if name in {**query, **(body or {})}}
            query = {**query, **known} if method == "GET" else query
            body = {**body, **known} if method == "POST" else body
        answer = json.loads(run(world.send(method, path.removeprefix("/cgi-bin/"), urlencode(query), body)))
        judge.validate(answer)
        assert answer.get("errcode", 0) in {0, *told["x-errcodes"]}

    ask()


async def ask_control(
    world: World, method: str, path: str, query: str, body: object
) -> tuple[int, bytes, Any]:
    """Send one request to the control port; return status, content type and the answer, decoded where it is JSON."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    scope: Any = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost")],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        if sent:  # it is a file that is sent, and the client waits for the end
            await asyncio.Event().wait()
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await make_control_app(world.platform, hosts=Hosts())(scope, receive, send)
    kind, answer = dict(sent[0]["headers"])[b"content-type"], b"".join(piece["body"] for piece in sent[1:])
    return sent[0]["status"], kind, json.loads(answer) if kind == b"application/json" else answer.decode()


STREAMS = {"stream_requests"}
"""Answers without an end; what they send is looked at elsewhere."""


@pytest.mark.parametrize(
    "operation", [one for one in operations(CONTROL) if name_of(one) not in STREAMS], ids=name_of
)
def test_the_control_ports_answers_fit(operation: Operation, run: Callable[..., Any]) -> None:
    """A request as its document allows it is answered as the document says, with a status that it names."""
    method, path, told = operation
    world = World("2013")
    appid = run(world.tenant(followers=[ANA])).appid
    answers = whole(told["responses"], CONTROL)
    success = next(int(status) for status in answers if status.startswith("2"))

    @bounded
    @given(st.sampled_from([appid, "none", "a b", "%"]), query_of(told, CONTROL), body_of(told, CONTROL))
    def ask(name: str, query: dict[str, Any], body: Any) -> None:
        there = re.sub(r"{\w+}", quote(name), path)
        status, kind, answer = run(ask_control(world, method, there, urlencode(query), body))
        said = answers.get(str(status), answers["default"])
        assert status == success or 400 <= status < 500, answer
        OAS31Validator(said["content"][kind.decode()]["schema"]).validate(answer)

    ask()
    world.platform.close()

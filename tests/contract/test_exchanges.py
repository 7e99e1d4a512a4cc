"""The recorded exchanges, from the client's side: the bytes that are sent, and what is made of those that come back."""

import tomllib
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from tests.contract.colours import Colour
from tests.unit.client.scripted import Platform

from fenzu.client.transport import Request, Response
from fenzu.errors import ApiError
from fenzu.wire.endpoints import ENDPOINTS

FOLDER = Path(__file__).parent.parent / "wire"
FILES = sorted(FOLDER.glob("*/*.toml"))


class Recorded(Platform):
    """Gives the recorded answer, and keeps the request as it came."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer, tokens=[answer])
        self.request: Request | None = None

    def answer(self, request: Request) -> Response:
        self.request = request
        return super().answer(request)


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_a_recorded_exchange(colour: Colour, path: Path) -> None:
    """The client sends the recorded bytes, and returns or raises what the recorded answer means."""
    recorded = tomllib.loads(path.read_text("utf-8"))
    request, said, meant = recorded["request"], recorded["answer"]["body"], recorded["client"]
    platform = Recorded(said)
    if meant["call"] == "token":
        query = dict(parse_qsl(request["query"]))
        account = colour.client(platform, appid=query["appid"], secret=query["secret"], token_kind="plain")
    else:
        account = colour.client(platform, secret=None, token="ACCESS_TOKEN")
    method = account
    for name in meant["call"].split("."):
        method = getattr(method, name)

    if "raises" in meant:
        with pytest.raises(ApiError) as raised:
            method(**meant["arguments"])
        assert {"code": raised.value.code, "message": raised.value.message} == meant["raises"]
    elif "takes" in meant:
        values = method(**meant["arguments"])
        told(list(islice(values, meant["takes"])), meant["returns"])
        values.close()
    else:
        told(method(**meant["arguments"]), meant.get("returns"))

    assert platform.request is not None
    parts = urlsplit(platform.request.url)
    sent = (platform.request.method, parts.path, parts.query, platform.request.body or b"")
    assert sent == (request["method"], request["path"], request["query"], request["body"].encode())


def told(value: Any, meant: Any) -> None:
    """Compare what came with what is recorded; what the record leaves out has its default."""
    plain = msgspec.to_builtins(value)
    if isinstance(meant, list):
        assert len(plain) == len(meant)
        for one, other in zip(plain, meant, strict=True):
            told(one, other)
    elif isinstance(meant, dict):
        assert {name: plain[name] for name in meant} == meant
        assert not any(rest for name, rest in plain.items() if name not in meant)
    else:
        assert plain == meant


def test_each_call_is_recorded() -> None:
    """There is an exchange of every call of the contract but the stable token's, whose tests hold its bytes."""
    assert {path.parent.name for path in FILES} == set(ENDPOINTS) - {"token.stable"}

"""The platform's port without a socket: what the platform is asked, and what becomes of its answers."""

import re

import pytest
from tests.fixtures.world import ANA, World
from tests.unit.sandbox.http.wire_tap import Tap

from fenzu.errors import StoreError
from fenzu.wire.words import Words


async def test_the_platform_is_asked_with_all_that_counts() -> None:
    """Method, decoded path, raw query, body and the caller's address reach the platform."""
    tap = Tap()
    await tap.send(
        b"POST /cgi-bin/%67roups/getid?access_token=a%20b HTTP/1.1\r\nHost: x\r\n"
        b"CONTENT-TYPE: text/plain\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert tap.platform.asked == [
        ("POST", "/cgi-bin/groups/getid", b"access_token=a%20b", b"{}", "127.0.0.1")
    ]


@pytest.mark.parametrize(
    "content_type",
    [b"", b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"\xff", b"image/png"],
)
async def test_any_content_type_is_taken(world: World, content_type: bytes) -> None:
    """JSON is read under any Content-Type or none: two SDKs send it as a form."""
    tenant = await world.tenant(followers=[ANA])
    body = b'{"openid":"%b","unknown":{"field":[1]}}' % ANA.encode()
    header = b"Content-Type: %b\r\n" % content_type if content_type else b""
    head = b"POST /cgi-bin/groups/getid?access_token=%b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n"
    answer = await Tap(platform=world.platform).send(head % (tenant.token.encode(), header, len(body)) + body)
    assert answer.endswith(b'\r\n\r\n{"groupid":0}')


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
async def test_other_methods_are_the_platforms_to_judge(method: str) -> None:
    """No method is refused on the way: the platform has an answer of its own for each."""
    answer = await Tap().send(b"%s /a HTTP/1.1\r\nHost: x\r\n\r\n" % method.encode())
    assert answer.endswith(b"\r\n\r\n%s /a 0" % method.encode())


async def test_head_is_answered_without_the_body() -> None:
    """HEAD tells the length of the answer and leaves the answer out, as HTTP asks for."""
    answer = await Tap().send(b"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.endswith(b"content-length: 9\r\n\r\n")


async def test_a_body_of_a_get_is_passed_over() -> None:
    """A body that a GET brings along neither counts nor spoils the next request."""
    answer = await Tap().send(
        b"GET /a HTTP/1.1\r\nContent-Length: 90000\r\n\r\n" + b"x" * 90_000 + b"GET /b HTTP/1.1\r\n\r\n"
    )
    assert answer.endswith(b"GET /b 0")


async def test_a_fault_of_our_own_has_the_rulebooks_suffix(
    new_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the rulebook 2021 a mistake in the sandbox answers with a rid, as every refusal there does."""

    def fail(_call: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(new_world.platform, "answer", fail)
    answer = await Tap(platform=new_world.platform).send(b"GET /cgi-bin/groups/get HTTP/1.1\r\n\r\n")
    assert re.search(rb'\{"errcode":-1,"errmsg":"system error rid: [0-9a-f-]+"\}$', answer)


async def test_a_fault_of_our_own_answers_as_a_busy_platform(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in the sandbox never ends a connection; its trace is on stderr for us."""
    answer = await Tap().send(b"GET /fault HTTP/1.1\r\n\r\n")
    assert answer.endswith(b'\r\n\r\n{"errcode":-1,"errmsg":"system error"}')
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_a_store_that_fails_is_told_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the client hears of a busy platform, and stderr says why without a trace."""
    tap = Tap()

    def fail(*_: object) -> bytes:
        raise StoreError(Words("the disk is full", "磁盘已满"))

    monkeypatch.setattr(tap.platform, "answer", fail)
    answer = await tap.send(b"GET /a HTTP/1.1\r\n\r\n")
    assert answer.endswith(b'{"errcode":-1,"errmsg":"system error"}')
    assert capsys.readouterr().err == "fenzu sandbox: the disk is full\n"


async def test_a_client_that_leaves_in_a_large_body_asks_nothing() -> None:
    """A request that never became complete does not reach the platform."""
    tap = Tap()
    await tap.send(b"POST /a HTTP/1.1\r\nContent-Length: 500000\r\n\r\n" + b"x" * 100_000)
    tap.protocol.connection_lost(ConnectionResetError())
    await tap.read()
    assert tap.platform.asked == []

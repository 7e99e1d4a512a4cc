"""What nobody has foreseen, and who has gone: neither ends in a broken page without words."""

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenzu.console.web.mishaps import Mishaps

REQUEST = {"type": "http", "headers": []}


def app_that(error: Exception, *, begins: bool = False) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if begins:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    return app


async def answered(app: ASGIApp, scope: Scope) -> list[Message]:
    """Return what is sent where refusals are made as `sorry`."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await Mishaps(app, lambda request, error: PlainTextResponse("sorry", 500))(scope, receive, send)
    return sent


async def test_words_and_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    """An error that nobody has foreseen is answered with words, and its trace is logged."""
    sent = await answered(app_that(RuntimeError("a detail")), REQUEST)
    assert sent[-1]["body"] == b"sorry"
    assert "a detail" in caplog.text


async def test_half_an_answer_is_not_mended() -> None:
    """Where half an answer has gone out, the server breaks the connection, so that it does not pass for a whole one."""
    with pytest.raises(RuntimeError):
        await answered(app_that(RuntimeError(), begins=True), REQUEST)


async def test_who_has_gone_is_told_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A browser that leaves while it sends is no mistake, and nothing is logged."""
    assert await answered(app_that(ClientDisconnect()), REQUEST) == []
    assert not caplog.records


async def test_start_and_end_are_not_its_affair() -> None:
    """Errors at the start and the end of the console go to whoever runs it."""
    with pytest.raises(RuntimeError):
        await answered(app_that(RuntimeError()), {"type": "lifespan"})

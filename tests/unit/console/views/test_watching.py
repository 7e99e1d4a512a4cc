"""Server-sent events: how a job stands until it is over, or until the console ends."""

import asyncio
from collections.abc import AsyncIterator

import anyio
from starlette.applications import Starlette
from starlette.types import Message
from tests.unit.console.browsing import Browser

from fenzu.console.web.streaming import until


async def test_messages_end_with_the_console() -> None:
    """A page that watches what goes on for ever is let go when the console ends, and so is what it watched."""
    ending, is_closed = anyio.Event(), asyncio.Event()

    async def messages() -> AsyncIterator[dict[str, str]]:
        try:
            yield {"data": "1"}
            await asyncio.Event().wait()
        finally:
            is_closed.set()

    told = []
    async for message in until(ending, messages()):
        told.append(message)
        ending.set()
        await asyncio.sleep(0)
    assert told == [{"data": "1"}]

    ending, watching = anyio.Event(), messages()
    following = until(ending, watching)
    assert await anext(following) == {"data": "1"}
    asyncio.get_running_loop().call_soon(ending.set)
    assert [message async for message in following] == []
    assert is_closed.is_set()


async def test_messages_end_by_themselves() -> None:
    """Where nothing more is to be told, the page is let go though the console runs on."""

    async def messages() -> AsyncIterator[dict[str, str]]:
        yield {"data": "1"}

    assert [message async for message in until(anyio.Event(), messages())] == [{"data": "1"}]


async def test_a_job_is_watched_to_its_end(app: Starlette, browser: Browser) -> None:
    """Whoever watches a sync gets how it stands, and its end as the last word; it can be stopped from the page."""
    started = await browser.post("/a/shop/sync")
    assert (started.status, started.json["state"]) == (202, "running")
    told = await browser.get(f"/a/shop/jobs/{started.json['job']}/events")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert '"state":"done"' in told.text.split("data: ")[-1]
    stopped = await browser.post(f"/a/shop/jobs/{started.json['job']}/stop")
    assert stopped.json["state"] == "done"


async def test_the_console_closes_what_is_open(app: Starlette) -> None:
    """Where the console ends, the accounts' desks are closed by its lifespan."""
    desk = app.state.desks.get("shop")
    await desk.mirrors()
    coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert app.state.desks.get("shop") is not desk

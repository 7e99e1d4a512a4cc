"""A token that somebody else keeps, given as a function: both clients, on a scripted platform."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.contract.colours import Colour
from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    Answer,
    AsyncScriptedTransport,
    Platform,
    ScriptedTransport,
    Sent,
    coded,
    locals_in,
)

from fenzu import AsyncClient, Client
from fenzu.errors import InvalidCredential, TokenExpired, UsageError
from fenzu.tokens import TokenSource

LIST = '{"groups":[]}'


class Central:
    """The service of an agency: gives its tokens one after the other, the last for ever."""

    def __init__(self, *tokens: object) -> None:
        self.tokens = list(tokens)
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        if isinstance(token, Exception):
            raise token
        return token


def takes(token: str, code: int = 40001) -> Callable[[Sent], Answer]:
    """A platform that takes one token only."""
    return lambda sent: LIST if sent.token == token else coded(code)


def test_a_source_is_asked_when_a_token_is_needed(colour: Colour) -> None:
    """The source is asked at the first call and not again while its token works; no secret is needed."""
    central, platform = Central("T1", "T2"), Platform(LIST)
    account = colour.client(platform, secret=None, token=central)
    assert central.asked == 0
    for _ in range(3):
        account.groups.list()
    assert account.token() == "T1"
    assert central.asked == 1
    assert platform.token_calls == []


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_source_is_asked_again_once(colour: Colour, code: int) -> None:
    """After 40001, 40014 and 42001 the source is asked again, and the call repeated with what it gives."""
    central, platform = Central("T1", "T2"), Platform(takes("T2", code))
    account = colour.client(platform, secret=None, token=central)
    assert account.groups.list() == []
    assert [sent.token for sent in platform.sent] == ["T1", "T2"]
    assert central.asked == 2


def test_a_source_that_has_no_other_token(colour: Colour) -> None:
    """Where the source gives the same token again, what the platform said is raised, and nothing is sent again."""
    central, platform = Central("T1"), Platform(coded(42001))
    account = colour.client(platform, secret=None, token=central)
    with pytest.raises(TokenExpired):
        account.groups.list()
    assert (central.asked, len(platform.sent)) == (2, 1)


def test_a_source_whose_tokens_are_all_refused(colour: Colour) -> None:
    """A second refusal is raised: the source is asked once more for a call, not for ever."""
    central, platform = Central("T1", "T2", "T3"), Platform(coded(40001))
    with pytest.raises(InvalidCredential):
        colour.client(platform, secret=None, token=central).groups.list()
    assert (central.asked, len(platform.sent)) == (2, 2)


def test_force_asks_the_source(colour: Colour) -> None:
    """`force_refresh` asks the source anew and the platform for nothing: the token is its owner's."""
    central, platform = Central("T1", "T2"), Platform(LIST)
    account = colour.client(platform, secret=None, token=central)
    assert [account.token(), account.token(force_refresh=True), account.token()] == ["T1", "T2", "T2"]
    assert platform.token_calls == []


@pytest.mark.parametrize("odd", [None, 5, b"CANARY", "", "CANARY TOKEN\n"])
def test_a_source_that_gives_no_token(colour: Colour, odd: object) -> None:
    """What is no token is refused with words that do not show it, and never sent."""
    platform = Platform(LIST)
    with pytest.raises(UsageError, match="token") as told:
        colour.client(platform, secret=None, token=Central(odd)).groups.list()
    assert platform.sent == []
    assert "CANARY" not in str(told.value)


def test_no_traceback_shows_what_a_source_gave() -> None:
    """An odd token, too, may be somebody's secret."""
    with pytest.raises(UsageError) as told:
        Client(
            APPID, base_url=BASE_URL, token=Central("CANARY TOKEN\n"), transport=ScriptedTransport(Platform())
        ).token()
    assert "CANARY" not in locals_in(told.value)


def test_a_source_that_fails(colour: Colour) -> None:
    """What the source raises comes out as it is, and the next call asks it again."""
    central, platform = Central(LookupError("the service is asleep"), "T1"), Platform(LIST)
    account = colour.client(platform, secret=None, token=central)
    with pytest.raises(LookupError, match="asleep"):
        account.groups.list()
    assert account.groups.list() == []


def test_threads_ask_a_source_once() -> None:
    """Many threads with one refused token ask the source once."""
    central, platform, together = Central("T1", "T2", "T3"), Platform(takes("T2")), threading.Barrier(16)
    with (
        Client(APPID, base_url=BASE_URL, token=central, transport=ScriptedTransport(platform)) as account,
        ThreadPoolExecutor(16) as pool,
    ):

        def ask(_: int) -> object:
            together.wait()
            return account.groups.list()

        assert list(pool.map(ask, range(16))) == [[]] * 16
    assert central.asked == 2


async def test_a_source_that_is_awaited() -> None:
    """`AsyncClient` awaits a source that is a coroutine function, or that returns an awaitable; many tasks ask once."""
    central, where = Central("T1", "T2"), set()

    async def ask() -> str:
        where.add(threading.current_thread())
        await asyncio.sleep(0)
        token: str = central()
        return token

    def promise() -> Awaitable[str]:
        return ask()

    sources: list[TokenSource] = [ask, promise]
    for source in sources:
        platform = Platform(LIST)
        async with AsyncClient(
            APPID, base_url=BASE_URL, token=source, transport=AsyncScriptedTransport(platform)
        ) as account:
            await asyncio.gather(*(account.groups.list() for _ in range(50)))
    assert central.asked == 2
    assert where == {threading.current_thread()}


async def test_a_source_that_waits_does_not_stop_the_loop() -> None:
    """A plain function is called in a thread, so that other tasks go on meanwhile."""
    goes_on, is_asked, where = threading.Event(), asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def ask() -> str:
        where.append(threading.current_thread())
        loop.call_soon_threadsafe(is_asked.set)
        assert goes_on.wait(10)
        return "T1"

    async with AsyncClient(
        APPID, base_url=BASE_URL, token=ask, transport=AsyncScriptedTransport(Platform(LIST))
    ) as account:
        call = asyncio.create_task(account.groups.list())
        await is_asked.wait()
        goes_on.set()
        assert await call == []
    assert where != [threading.current_thread()]


def test_an_awaited_source_is_for_the_other_client() -> None:
    """`Client` cannot await: it says so, and leaves no coroutine behind that nobody awaited."""

    async def ask() -> str:
        return "T1"

    class Later:
        def __await__(self) -> Generator[None, None, str]:
            yield from ()
            return "T1"

    sources: list[TokenSource] = [ask, Later]
    for source in sources:
        with (
            Client(
                APPID, base_url=BASE_URL, token=source, transport=ScriptedTransport(Platform())
            ) as account,
            pytest.raises(UsageError, match="no text") as told,
        ):
            account.groups.list()
        assert "AsyncClient" in told.value.advice.en

"""A platform that is away: nobody waits for the tries of others."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from tests.unit.client.scripted import APPID, BASE_URL, SECRET

from fenzu import AsyncClient, Client
from fenzu.client.transport import Request, Response
from fenzu.errors import TransportError
from fenzu.wire.words import Words


class Away:
    """A transport that counts what it is asked, and never gets an answer."""

    def __init__(self) -> None:
        self.asked = 0

    def fail(self) -> TransportError:
        self.asked += 1
        return TransportError(Words("nobody answers", "无应答"))


class SyncAway(Away):
    def send(self, request: Request) -> Response:
        raise self.fail()

    def close(self) -> None: ...


class AsyncAway(Away):
    async def send(self, request: Request) -> Response:
        await asyncio.sleep(0)
        raise self.fail()

    async def aclose(self) -> None: ...


def test_tasks_share_one_failure() -> None:
    """A thousand tasks without a token fail together after one caller's tries, and cost the platform no more calls."""
    away = AsyncAway()

    async def crowd() -> list[object]:
        async with AsyncClient(APPID, SECRET, base_url=BASE_URL, transport=away, deadline=0.3) as account:
            return list(
                await asyncio.gather(*(account.groups.list() for _ in range(1000)), return_exceptions=True)
            )

    errors = asyncio.run(crowd())
    assert {type(error) for error in errors} == {TransportError}
    assert len({id(error) for error in errors}) == 1000
    assert away.asked <= 5


def test_threads_share_one_failure() -> None:
    """Threads that wait while another one's token call fails get that failure and do not begin tries of their own."""
    away = SyncAway()

    def call(account: Client) -> type[BaseException] | None:
        try:
            account.groups.list()
        except TransportError as error:
            return type(error)
        return None

    with (
        Client(APPID, SECRET, base_url=BASE_URL, transport=away, deadline=1) as account,
        ThreadPoolExecutor(16) as pool,
    ):
        assert set(pool.map(call, [account] * 16)) == {TransportError}
    assert away.asked <= 10


def test_the_next_call_tries_anew() -> None:
    """A failure is shared with those who waited, not with whoever comes later."""
    away = SyncAway()
    with Client(APPID, SECRET, base_url=BASE_URL, transport=away, deadline=0.01) as account:
        for asked in (1, 2):
            try:
                account.groups.list()
            except TransportError:
                assert away.asked == asked

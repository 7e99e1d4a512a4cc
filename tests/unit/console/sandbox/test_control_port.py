"""Asking the control port: what keeps it from answering is told with the next step that helps at the console."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from tests.unit.console.browsing import PretendedAccounts

from fenzu.console.account.desk import Desk
from fenzu.console.sandbox.control_port import CHANGED, GONE, KEY, ask_control
from fenzu.control import Control, ControlError
from fenzu.errors import FenzuError, TransportError, UsageError
from fenzu.wire.words import Words

AWAY = TransportError(Words("no answer", "没有应答"))


@pytest.fixture
def sandboxed(accounts: PretendedAccounts) -> Desk:
    """An account that lives in a sandbox."""
    return Desk(accounts.account("play", control_url="http://127.0.0.1:9"), accounts)


def failing(error: FenzuError) -> Callable[[Control], None]:
    def work(_: Control) -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (AWAY, GONE),
        (ControlError(401, "no_key", "give the key"), KEY),
        (ControlError(404, "unknown_snapshot", "there is none"), CHANGED),
    ],
    ids=["away", "key", "refused"],
)
def test_trouble_comes_with_the_next_step(sandboxed: Desk, error: FenzuError, advice: Words) -> None:
    """A port that is away, wants a key or refuses says what to do in the console's terms."""
    with pytest.raises(type(error)) as raised:
        asyncio.run(ask_control(sandboxed, failing(error)))
    assert raised.value.advice == advice
    assert raised.value.words == error.words


def test_an_account_without_a_control_port(accounts: PretendedAccounts) -> None:
    """Where no control port is known it is said how to keep one with the account."""
    desk = Desk(accounts.account("play"), accounts)
    with pytest.raises(UsageError, match="--control-url"):
        asyncio.run(ask_control(desk, failing(AWAY)))


async def test_a_port_that_hangs_holds_up_nothing_else(sandboxed: Desk) -> None:
    """However many pages ask a sandbox that hangs, each is told so in time, and other work has its own threads."""
    hangs = threading.Event()
    try:
        asked = [ask_control(sandboxed, lambda _: hangs.wait(30), patience=0.01) for _ in range(40)]
        for told in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(told, TransportError)
            assert told.advice == GONE
        assert await asyncio.to_thread(lambda: "done") == "done"
        assert await sandboxed.scans.run(lambda: "counted") == "counted"
    finally:
        hangs.set()
        await sandboxed.close()

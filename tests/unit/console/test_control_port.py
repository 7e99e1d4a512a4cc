"""Asking the control port: what keeps it from answering is told with the next step that helps at the console."""

import asyncio
from collections.abc import Callable

import pytest
from tests.unit.console.browsing import PretendedAccounts

from fenzu.console.control_port import CHANGED, GONE, KEY, ask_control
from fenzu.console.desk import Desk
from fenzu.control import Control, ControlError
from fenzu.errors import FenzuError, TransportError, UsageError
from fenzu.wire.words import Words

AWAY = TransportError(Words("no answer", "没有应答"))


@pytest.fixture
def desk(accounts: PretendedAccounts) -> Desk:
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
def test_trouble_comes_with_the_next_step(desk: Desk, error: FenzuError, advice: Words) -> None:
    """A port that is away, wants a key or refuses says what to do in the console's terms."""
    with pytest.raises(type(error)) as raised:
        asyncio.run(ask_control(desk, failing(error)))
    assert raised.value.advice == advice
    assert raised.value.words == error.words


def test_an_account_without_a_control_port(accounts: PretendedAccounts) -> None:
    """Where no control port is known it is said how to keep one with the account."""
    desk = Desk(accounts.account("play"), accounts)
    with pytest.raises(UsageError, match="--control-url"):
        asyncio.run(ask_control(desk, failing(AWAY)))

"""A console without a port, on an account in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import Browser, PretendedAccounts, make_console


@pytest.fixture
def platform() -> Pretended:
    """What answers the account's calls."""
    return Pretended()


@pytest.fixture
def accounts(platform: Pretended, tmp_path: Path) -> PretendedAccounts:
    """The accounts of the console: one, called shop."""
    return PretendedAccounts(platform, tmp_path)


@pytest.fixture
async def app(accounts: PretendedAccounts) -> AsyncIterator[Starlette]:
    """The console."""
    made = make_console(accounts)
    yield made
    await made.state.desks.close()


@pytest.fixture
def stranger(app: Starlette) -> Browser:
    """A browser that has not come in."""
    return Browser(app)


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    """A browser that has come in."""
    return stranger.enter()

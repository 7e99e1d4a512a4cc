"""A console without a port, on an account in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.cli.pretended import Pretended
from tests.pretended_account import PretendedAccount
from tests.unit.console.browsing import Browser, PretendedAccounts, make_console
from tests.unit.console.pretended_desk import a_desk, put_away

from fenzu.console.account.desk import Desk


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


@pytest.fixture
async def desk(platform: PretendedAccount, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the account that a test pretends by its own `platform`; mirror and list of groups know it."""
    opened = await a_desk(platform, tmp_path)
    await opened.groups.list()
    platform.calls.clear()
    yield opened
    await put_away(opened)

"""A desk of the account that a test pretends, by its own `platform`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.pretended_account import PretendedAccount
from tests.unit.console.pretended_desk import a_desk, put_away

from fenzu.console.account.desk import Desk


@pytest.fixture
async def desk(platform: PretendedAccount, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of that account."""
    opened = await a_desk(platform, tmp_path)
    yield opened
    await put_away(opened)

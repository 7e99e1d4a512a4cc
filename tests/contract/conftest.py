"""What the contract's suites share: the colour of the client, which no test asks for."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from tests.contract.colours import Colour


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """One client after the other."""
    colour = Colour(request.param)
    yield colour
    colour.end()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect the pauses instead of sleeping."""
    slept: list[float] = []

    async def nap(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(asyncio, "sleep", nap)
    return slept

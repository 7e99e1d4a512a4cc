"""What the contract's suites share: the colour of the client, which no test asks for."""

from collections.abc import Iterator

import pytest
from tests.contract.colours import Colour


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """One client after the other."""
    colour = Colour(request.param)
    yield colour
    colour.end()

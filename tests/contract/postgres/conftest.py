"""The sandbox's own suites once more, on a store on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def new_store(new_postgres: Callable[[], str]) -> Callable[[], str | None]:
    """Where a platform keeps its data: on a PostgreSQL server."""
    return new_postgres


@pytest.fixture(autouse=True)
def _sweeping_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is left behind be swept without a pause: no other sandbox reads it."""
    monkeypatch.setattr("fenzu.sandbox.store.writer.SHARED_SWEEP_PAUSE", 0.001)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what tells of a file, or knows no store at all."""
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        here = item.path.is_relative_to(HERE)
        fixtures = getattr(item, "fixturenames", ())
        fits = (
            "new_store" in fixtures
            and "tmp_path" not in fixtures
            and not item.get_closest_marker("file_store")
        )
        (left if here and not fits else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept

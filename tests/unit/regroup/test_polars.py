"""What is said where the library that plans is not installed."""

import sys

import pytest

from fenzu.errors import UsageError


def test_without_polars_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever plans without the extra is told which one to install; it is looked for again at the next try."""
    monkeypatch.delitem(sys.modules, "fenzu.regroup._polars")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match=r"needs the library polars.*\[bulk\]"):
        __import__("fenzu.regroup._polars")
    assert "fenzu.regroup._polars" not in sys.modules

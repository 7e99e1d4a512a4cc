"""The examples for frameworks and the pages about them are one and the same; running them is for tests/recipes."""

from pathlib import Path

import pytest

from tests.docs.reading import PAGES, ROOT, blocks, name_of

EXAMPLES = ROOT / "examples"
SHOWN = sorted(path for path in EXAMPLES.rglob("*.py") if path.parent != EXAMPLES / "sdks")
"""Those of SDKs have tests of their own, in tests/conformance."""


@pytest.mark.parametrize("example", SHOWN, ids=name_of)
def test_a_page_shows_the_example_whole(example: Path) -> None:
    """Each example stands in a page of docs/howto, under its name, whole and unchanged."""
    text = example.read_text(encoding="utf-8")
    showing = [page for page in PAGES if any(block.text.rstrip() == text.rstrip() for block in blocks(page))]
    assert len(showing) == 1
    assert f"`{example.name}`" in showing[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("example", SHOWN, ids=name_of)
def test_an_example_is_short(example: Path) -> None:
    """An example can be read at a glance: up to 60 lines of code."""
    lines = example.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip() and not line.lstrip().startswith("#")]) <= 60

"""The examples for frameworks and the pages about them are one and the same; they are run by tests/packaging."""

from pathlib import Path

import pytest

from tests.docs.reading import PAGES, ROOT, blocks, name_of

EXAMPLES = ROOT / "examples"
SHOWN = sorted(
    path for path in EXAMPLES.rglob("*.py") if path.parent != EXAMPLES / "sdks" and path.name != "__init__.py"
)
"""Those of SDKs have tests of their own, in tests/conformance."""
RECIPES = sorted({path.relative_to(EXAMPLES).parts[0] for path in SHOWN})


@pytest.mark.parametrize("example", SHOWN, ids=name_of)
def test_a_page_shows_the_example_whole(example: Path) -> None:
    """Each example stands in a page of docs/howto, under its name, whole and unchanged."""
    text = example.read_text(encoding="utf-8")
    showing = [page for page in PAGES if any(block.text.rstrip() == text.rstrip() for block in blocks(page))]
    assert len(showing) == 1
    assert f"{example.name}`" in showing[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_is_short(recipe: str) -> None:
    """A recipe can be read at a glance: up to 60 lines of code, its tests not counted."""
    texts = [path.read_text(encoding="utf-8") for path in (EXAMPLES / recipe).rglob("*.py") if path in SHOWN]
    lines = [line for text in texts if "def test_" not in text for line in text.splitlines()]
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(code) <= 60

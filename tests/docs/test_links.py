"""Links between the pages."""

from pathlib import Path

import pytest

from tests.docs.reading import PAGES, ROOT, anchors, links, name_of, pictures


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a page, a file or a heading of this repository leads to one that exists."""
    broken = [link for link in links(page) if "://" not in link and not leads_somewhere(page, link)]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pictures_are_there(page: Path) -> None:
    """Every picture that a page shows is in this repository, and small."""
    for picture in pictures(page):
        file = (page.parent / picture).resolve()
        assert file.is_relative_to(ROOT)
        assert file.stat().st_size < 300 * 1024


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    inside = target.is_relative_to(ROOT) and target.exists()
    return inside and (not heading or heading in anchors(target))


def test_every_page_is_reached_from_the_index() -> None:
    """Whoever follows links from the index comes to every page of docs/."""
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [
            (page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link
        ]
    lost = [name_of(page) for page in PAGES if page not in reached]
    assert not lost

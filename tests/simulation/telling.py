"""Telling one seed's story, in a folder that is gone afterwards, and judging it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fenzu.regroup._book import Book
from tests.simulation.laws import breaches
from tests.simulation.story import Story


def tell(seed: int, book: type[Book] = Book) -> tuple[Story, list[str]]:
    """Tell the story of a seed, and find what is wrong with it."""
    with TemporaryDirectory(prefix="fenzu-story-") as folder:
        story = Story(seed, Path(folder), book)
        try:
            story.tell()
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is a breach too
            return story, [f"raised {error!r}"]
        return story, breaches(story)

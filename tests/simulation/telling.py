"""Telling one seed's story, in a folder that is gone afterwards, and judging it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fenzu.regroup._books.book import Book
from tests.simulation.laws import breaches, is_where_it_began
from tests.simulation.story import Story


def tell(seed: int, book: type[Book] = Book) -> tuple[Story, list[str]]:
    """Tell the story of a seed, and find what is wrong with it.

    Four in ten turn back, some of them in the middle, and have to come to where they began.
    """
    with TemporaryDirectory(prefix="fenzu-story-") as folder:
        story = Story(seed, Path(folder), book)
        before = story.world
        turns_back, early = story.chance.random() < 0.4, story.chance.random() < 0.5
        try:
            if not (turns_back and early):
                story.tell()
                found = breaches(story)
            else:
                story.tell(lives=2)
                found = breaches(story, is_over=False)
            if turns_back and not found and not story.is_spoiled:
                story.turn_back()
                story.tell()
                found = breaches(story)
                found += () if story.is_spoiled else is_where_it_began(story, before)
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is a breach too
            return story, [f"raised {error!r}"]
        return story, found

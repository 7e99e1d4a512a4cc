"""Every page of the console and every dialog opened, with something on them, for tests that look at all of them."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

from tests.console.stage import Stage


def _as_it_comes(_: Page) -> None:
    """Nothing is done on the page."""


class Scene(NamedTuple):
    """A page, by its address below the account's, and what is done on it before it is looked at."""

    name: str
    at: str = "/"
    prepare: Callable[[Page], None] = _as_it_comes


SCENES = (
    Scene("followers"),
    Scene("nowhere", "/nowhere"),
    Scene("locked", "/../../login?key=used"),
)


class Gallery:
    """A console whose pages are full. Each reader's browser is kept: most of the time would go into opening it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._pages: dict[tuple[str, bool, int], Page] = {}

    def show(self, scene: Scene, language: str = "en", *, dark: bool = False, width: int = 1280) -> Page:
        """Return the scene as a reader of that language, light and width sees it."""
        reader = (language, dark, width)
        if reader not in self._pages:
            self._pages[reader] = self.stage.page(language=language, dark=dark, width=width)
        page = self._pages[reader]
        page.goto(self.stage.here + scene.at)
        scene.prepare(page)
        return page

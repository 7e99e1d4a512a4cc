"""The pages of the console with something on them, one scene after another, for tests that look at all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fenzu.console.account import accounts as console_accounts
from fenzu.testing import SandboxAccount
from tests.console.lists import as_csv, choose
from tests.console.scenes import RUNS, SNAPSHOT, Accounts, Scene, as_it_comes
from tests.console.stage import IN_WORDS, Console, Stage

TROUBLE = {401, 404}
"""The answers of the scenes that are refusals."""


def _fill(stage: Stage, openids: list[str]) -> None:
    """Let there be plans: carried out with a row left out, taken back, waiting for moves, and stopped by a guard."""
    page = stage.page(at="/regroup")
    choose(page, as_csv([*openids[:60], "nonsense"], "VIP"), "applied.csv")
    _press_on(page, "Apply the plan", "What became of it")
    page.goto(stage.here + "/regroup")
    choose(page, as_csv(openids[100:160], "2"), "undone.csv")
    _press_on(page, "Apply the plan", "What became of it")
    _press_on(page, "Undo…", "What an undo does")
    _press_on(page, "Undo it now", "What became of the undo")
    for name, wanted in (("waiting.csv", openids[160:200]), ("planned.csv", openids)):
        page.goto(stage.here + "/regroup")
        choose(page, as_csv(wanted, "2"), name)
        page.wait_for_url(RUNS)


def _press_on(page: Page, button: str, heading: str) -> None:
    page.get_by_role("button", name=button).click()
    page.get_by_role("heading", name=heading).wait_for()


class Gallery:
    """A console whose pages are full. Each reader's browser is kept: most of the time would go into opening it."""

    def __init__(self, stage: Stage, accounts: Accounts) -> None:
        self.stage, self.accounts = stage, accounts
        self._leave: Callable[[], None] = lambda: None
        self._pages: dict[tuple[str, bool, int], Page] = {}

    def show(self, scene: Scene, language: str = "en", dark: bool = False, *, width: int = 1280) -> Page:
        """Return the scene as a reader of that language, light and width sees it."""
        reader = (language, dark, width)
        if reader not in self._pages:
            self._pages[reader] = self.stage.page(language=language, dark=dark, width=width)
        page = self._pages[reader]
        self._leave()
        self._leave = lambda: scene.leave(page)
        self._put_right()
        scene.given(self.stage, self.accounts)
        page.evaluate("sessionStorage.clear()")  # who was selected in the last scene is so no more
        page.goto(self.stage.here + scene.at)
        if scene.follow:
            page.get_by_role("link", name=scene.follow).click()
            page.wait_for_url(RUNS)
        expect(page.locator("[data-awaited], [data-fetch], [aria-busy=true]")).to_have_count(0)
        folded = page.locator(".fold[aria-expanded=false]:visible")
        if scene.prepare is not as_it_comes and folded.count():
            folded.click()
        scene.prepare(page)
        return page

    def _put_right(self) -> None:
        """Let nothing of the last scene be left."""
        self.accounts.are_real = self.accounts.are_more = False
        self.accounts.held.close()
        self.stage.forgiven = {*IN_WORDS, *TROUBLE}
        self.stage.account.faults()
        self.stage.account.set_quota(minute={"groups.move_many": None})


@contextmanager
def open_gallery(browser: Browser, account: SandboxAccount, folder: Path) -> Iterator[Gallery]:
    """Open a gallery of an account, to which it adds followers, plans and runs; none of its pages may complain."""
    openids = account.add_followers(400)
    accounts, snapshots = Accounts(account, folder), account.control.snapshots
    snapshots.create(SNAPSHOT)
    with Console(accounts) as console, pytest.MonkeyPatch.context() as patch:
        patch.setattr(console_accounts, "is_production", lambda _: accounts.are_real)
        stage = Stage(browser, console, account)
        _fill(stage, openids)
        yield Gallery(stage, accounts)
        for context in browser.contexts:
            context.close()
    snapshots.delete(SNAPSHOT)
    assert not stage.complaints

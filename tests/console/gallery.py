"""Every page of the console and every dialog opened, with something on them, for tests that look at all of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect

from fenzu.cli.console.demo import DemoAccounts
from fenzu.testing import SandboxAccount
from tests.console.lists import as_csv, choose, table
from tests.console.stage import Console, Stage

RUNS = re.compile(r"/runs/")


def _as_it_comes(_: Page) -> None:
    """Nothing is done on the page."""


class Scene(NamedTuple):
    """A page, by its address below the account's or by a link, and what is done on it before it is looked at."""

    name: str
    at: str = "/"
    follow: str = ""
    """The link on that page that leads to this one."""
    prepare: Callable[[Page], None] = _as_it_comes


def _press(*names: str) -> Callable[[Page], None]:
    """Return what presses the buttons of these English or Chinese names (`New group|新建分组`), one after the other."""

    def press(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=re.compile(name)).first.click()
        page.locator("dialog[open], :popover-open").first.wait_for()

    return press


def _wait_for_pictures(page: Page) -> None:
    page.locator("#pictures figure").first.wait_for()


def _open_request(page: Page) -> None:
    page.locator(".log tbody a").first.click()
    page.locator("dialog[open]").wait_for()


def _select_and_move(page: Page) -> None:
    page.locator("#tick-all").check()
    page.locator("#move").click()
    page.locator("#targets [role=option]").first.wait_for()


def _into_the_blacklist(page: Page) -> None:
    _select_and_move(page)
    page.locator("#targets [data-to='1']").click()


def _open_card(page: Page) -> None:
    page.locator("#table .openid a").first.click()
    page.locator("#live dl").wait_for()


def _edit_remark(page: Page) -> None:
    page.locator("#table tbody tr").first.press("e")


def _open_keys(page: Page) -> None:
    page.locator("#table tbody tr").first.press("?")


def _select_all(page: Page) -> None:
    page.locator("#tick-all").check()
    page.locator("#every").click()


def _drop_list(page: Page) -> None:
    """A list with rows that have to be settled first."""
    rows = [(f"o{n:027}", f"no such group {n}") for n in range(30)]
    choose(page, table(rows), "refused.csv")
    page.locator(".odd").wait_for()


def _drop_unclear_list(page: Page) -> None:
    """A list that does not tell which column is which."""
    rows = [(str(n), f"o{n:027}", "2") for n in range(30)]
    choose(page, table(rows, ("number", "who", "where")), "unclear.csv")
    page.locator("#openid_column").wait_for()


SCENES = (
    Scene("followers"),
    Scene("followers-none", "/?q=nobody"),
    Scene("followers-selected", prepare=_select_all),
    Scene("followers-keys", prepare=_open_keys),
    Scene("move-dialog", prepare=_select_and_move),
    Scene("blacklist-dialog", prepare=_into_the_blacklist),
    Scene("card", prepare=_open_card),
    Scene("remark-dialog", prepare=_edit_remark),
    Scene("group-new", "/groups/new"),
    Scene("group-menu", prepare=_press("Change VIP|管理 VIP")),
    Scene("group-new-dialog", prepare=_press("New group|新建分组")),
    Scene("group-rename-dialog", prepare=_press("Change VIP|管理 VIP", "Rename|改名")),
    Scene("group-delete-dialog", prepare=_press("Change VIP|管理 VIP", "Delete|删除")),
    Scene("group-merge-dialog", prepare=_press("Change VIP|管理 VIP", "Merge|合并")),
    Scene("groups", "/groups", prepare=_wait_for_pictures),
    Scene("group-pictures", "/groups/pictures"),
    Scene("regroup", "/regroup"),
    Scene("regroup-list", "/regroup", prepare=_drop_list),
    Scene("regroup-columns", "/regroup", prepare=_drop_unclear_list),
    Scene("plan", "/regroup", "planned.csv"),
    Scene("run", "/regroup", "applied.csv"),
    Scene("run-undone", "/regroup", "undone.csv"),
    Scene("account", "/account"),
    Scene("quotas-clear-dialog", "/account", prepare=_press("Clear the quotas|清零额度")),
    Scene("sandbox", "/sandbox"),
    Scene("faults", "/sandbox/faults"),
    Scene("clock", "/sandbox/clock"),
    Scene("quota-dialog", "/sandbox/clock", prepare=_press("(Set|设置) groups.move$")),
    Scene("snapshots", "/sandbox/snapshots"),
    Scene("reset-dialog", "/sandbox/snapshots", prepare=_press("Empty the account|清空账号")),
    Scene("sandbox-request", "/sandbox", prepare=_open_request),
    Scene("nowhere", "/nowhere"),
    Scene("locked", "/../../login?key=used"),
)
PAGES = tuple(scene for scene in SCENES if scene.prepare is _as_it_comes)


def _fill(stage: Stage, openids: list[str]) -> None:
    """Let there be a plan that was carried out, one that was taken back, and one that a guard stops."""
    page = stage.page(at="/regroup")
    choose(page, as_csv([*openids[:60], "nonsense"], "VIP"), "applied.csv")
    _press_on(page, "Apply the plan", "What became of it")
    page.goto(stage.here + "/regroup")
    choose(page, as_csv(openids[100:160], "2"), "undone.csv")
    _press_on(page, "Apply the plan", "What became of it")
    _press_on(page, "Undo…", "What an undo does")
    _press_on(page, "Undo it now", "What became of the undo")
    page.goto(stage.here + "/regroup")
    choose(page, as_csv(openids, "2"), "planned.csv")
    page.wait_for_url(RUNS)


def _press_on(page: Page, button: str, heading: str) -> None:
    page.get_by_role("button", name=button).click()
    page.get_by_role("heading", name=heading).wait_for()


class Gallery:
    """A console whose pages are full. Each reader's browser is kept: most of the time would go into opening it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._pages: dict[tuple[str, bool, int], Page] = {}

    def show(self, scene: Scene, language: str = "en", dark: bool = False, *, width: int = 1280) -> Page:
        """Return the scene as a reader of that language, light and width sees it."""
        reader = (language, dark, width)
        if reader not in self._pages:
            self._pages[reader] = self.stage.page(language=language, dark=dark, width=width)
        page = self._pages[reader]
        page.goto(self.stage.here + scene.at)
        if scene.follow:
            page.get_by_role("link", name=scene.follow).click()
            page.wait_for_url(RUNS)
        expect(page.locator("[data-awaited], [aria-busy=true]")).to_have_count(0)
        folded = page.locator(".fold[aria-expanded=false]:visible")
        if scene.prepare is not _as_it_comes and folded.count():
            folded.click()
        scene.prepare(page)
        return page


@contextmanager
def open_gallery(browser: Browser, account: SandboxAccount, folder: Path) -> Iterator[Gallery]:
    """Open a gallery of an account, to which it adds followers, plans and runs; none of its pages may complain."""
    openids = account.add_followers(400)
    with Console(DemoAccounts(account, folder, is_read_only=False)) as console:
        stage = Stage(browser, console, account)
        stage.forgiven |= {401, 404}  # two scenes are refusals
        _fill(stage, openids)
        yield Gallery(stage)
        for context in browser.contexts:
            context.close()
    assert not stage.complaints

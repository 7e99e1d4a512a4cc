"""Every page of the console and every dialog opened, with something on them, for tests that look at all of them."""

import re
from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import FilePayload, Page

from tests.console.stage import Stage


def _as_it_comes(_: Page) -> None:
    """Nothing is done on the page."""


class Scene(NamedTuple):
    """A page, by its address below the account's, and what is done on it before it is looked at."""

    name: str
    at: str = "/"
    prepare: Callable[[Page], None] = _as_it_comes


def _press(*names: str) -> Callable[[Page], None]:
    """Return what presses the buttons of these English or Chinese names (`New group|新建分组`), one after the other."""

    def press(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=re.compile(name)).first.click()
        page.locator("dialog[open], :popover-open").first.wait_for()

    return press


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
    rows = "openid,group\nnonsense,VIP\n" + "".join(f"o{n:027},no such group {n}\n" for n in range(30))
    list_of_rows: FilePayload = {"name": "crm.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("input[type=file]").set_input_files(list_of_rows)
    page.locator(".odd").wait_for()


def _plan_all(page: Page) -> None:
    """A plan that a guard refuses: everybody into one group."""
    planned = """async () => {
      const wish = { query: { text: "" }, to: 2 };
      const headers = { accept: "application/json", "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(wish) };
      const answer = await fetch(`${document.body.dataset.here}/moves`, init);
      return (await answer.json()).go;
    }"""
    page.goto(page.url.partition("/a/")[0] + page.evaluate(planned))


def _run_there_and_back(page: Page) -> None:
    """A plan that was carried out and taken back."""
    past = page.get_by_role("row", name=re.compile("undone|已撤销"))
    if past.count():
        past.first.get_by_role("link").click()
        return
    page.goto(page.url.removesuffix("/regroup"))
    _plan_all(page)
    page.locator("[name=accept]").check()
    for name in ("Apply the plan|执行计划", "Undo…|撤销……", "Undo it now|立即撤销"):
        page.get_by_role("button", name=re.compile(name)).click()
    page.get_by_role("heading", name=re.compile("became of the undo|撤销结果")).wait_for()


SCENES = (
    Scene("followers"),
    Scene("followers-none", "/?q=nobody"),
    Scene("followers-selected", "/", _select_all),
    Scene("followers-keys", "/", _open_keys),
    Scene("move-dialog", "/", _select_and_move),
    Scene("blacklist-dialog", "/", _into_the_blacklist),
    Scene("card", "/", _open_card),
    Scene("remark-dialog", "/", _edit_remark),
    Scene("group-new", "/groups/new"),
    Scene("group-menu", "/", _press("Change VIP|管理 VIP")),
    Scene("group-new-dialog", "/", _press("New group|新建分组")),
    Scene("group-rename-dialog", "/", _press("Change VIP|管理 VIP", "Rename|改名")),
    Scene("group-delete-dialog", "/", _press("Change VIP|管理 VIP", "Delete|删除")),
    Scene("groups", "/groups"),
    Scene("group-pictures", "/groups/pictures"),
    Scene("sandbox", "/sandbox"),
    Scene("sandbox-request", "/sandbox", _open_request),
    Scene("regroup", "/regroup"),
    Scene("regroup-list", "/regroup", _drop_list),
    Scene("run", "/", _plan_all),
    Scene("run-undone", "/regroup", _run_there_and_back),
    Scene("nowhere", "/nowhere"),
    Scene("locked", "/../../login?key=used"),
)
PAGES = tuple(scene for scene in SCENES if scene.prepare is _as_it_comes)


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
        folded = page.locator(".fold[aria-expanded=false]:visible")
        if scene.prepare is not _as_it_comes and folded.count():
            folded.click()
        scene.prepare(page)
        return page

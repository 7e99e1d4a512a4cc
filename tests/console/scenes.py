"""Every page of the console and every dialog opened: where it is, and what is done on it before it is looked at."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec
from playwright.sync_api import Page, expect

from fenzu.console.account.accounts import Account
from fenzu.control import Fault
from fenzu.testing import SandboxAccount
from tests.console.gate import Gate, GatedAccounts
from tests.console.lists import choose, table
from tests.console.stage import Stage

RUNS, PLANS = re.compile(r"/runs/"), re.compile(r"/moves/plans/")
SNAPSHOT = "before-move"
BROKEN = "broken"


class Accounts(GatedAccounts):
    """An account that may pass for a real one, and another one that cannot be opened."""

    are_real = False
    are_more = False

    def __init__(self, held: SandboxAccount, folder: Path) -> None:
        self.gate, self.held = Gate(), ExitStack()
        """The gate of the calls, and what keeps it shut for a scene."""
        super().__init__(held, folder, self.gate, is_read_only=False)

    def list(self) -> list[Account]:
        """Return the account, and the other one where it is wanted."""
        mirror = str(Path(self.account.mirror) / "below-a-file.db")
        other = msgspec.structs.replace(self.account, name=BROKEN, mirror=mirror)
        return [self.account, other] if self.are_more else [self.account]


def as_it_comes(_: Page) -> None:
    """Nothing is done on the page."""


def _as_it_is(_: Stage, __: Accounts) -> None:
    """The account is as it was left."""


class Scene(NamedTuple):
    """A page, by its address below the account's or by a link, and what is done on it before it is looked at."""

    name: str
    at: str = "/"
    follow: str = ""
    """The link on that page that leads to this one."""
    prepare: Callable[[Page], None] = as_it_comes
    given: Callable[[Stage, Accounts], None] = _as_it_is
    """What the account is like meanwhile."""
    leave: Callable[[Page], None] = as_it_comes
    """What is done on the page when the next scene comes."""


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


def _move_one(page: Page) -> None:
    page.locator("#table tbody input").first.check()
    page.locator("#move").click()
    page.locator("#targets [data-to='2']").click()


def _wait_for_undo(page: Page) -> None:
    """A move that can be taken back: pointed at, the message stays. The groups' counts come after it."""
    ungrouped = page.locator("#groups [data-group='0']")
    before = ungrouped.inner_text()
    _move_one(page)
    page.locator("#toasts button").first.hover()
    expect(ungrouped).not_to_have_text(before, use_inner_text=True)
    expect(page.locator("[data-awaited], [aria-busy=true]")).to_have_count(0)


def _wait_for_alarm(page: Page) -> None:
    _move_one(page)
    page.locator("#alerts .toast").wait_for()


def _refuse_moves(stage: Stage, _: Accounts) -> None:
    stage.account.faults(Fault.answer("groups.move_many", 45009))


def _let_moves_wait(stage: Stage, _: Accounts) -> None:
    stage.account.set_quota(minute={"groups.move_many": 0})


def _apply_and_wait(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Apply the plan|Go on|执行计划|继续执行")).click()
    expect(page.locator("[data-told=waiting]")).to_contain_text(re.compile("minute|分钟"))


def _stop(page: Page) -> None:
    page.locator("[data-stop]").click()
    page.get_by_role("button", name=re.compile("Go on|继续执行")).wait_for()


def _be_real(_: Stage, accounts: Accounts) -> None:
    accounts.are_real = True


def _ask_before_applying(page: Page) -> None:
    for finding in page.locator("[name=accept]").all():
        finding.check()
    page.get_by_role("button", name=re.compile("Apply the plan|执行计划")).click()
    page.locator("dialog[open]").wait_for()


def _come_from_elsewhere(page: Page) -> None:
    """A link of another site leads here."""
    here = page.url
    page.goto(f"data:text/html,<a href='{here}'>here</a>")
    page.get_by_role("link").click()
    page.locator(".notice").wait_for()


def _add_broken(stage: Stage, accounts: Accounts) -> None:
    """The folder of another account's mirror is a file."""
    accounts.are_more = True
    stage.forgiven.add(500)


def _open_card(page: Page) -> None:
    page.locator("#table .openid a").first.click()
    page.locator("#live dl").wait_for()


def _edit_remark(page: Page) -> None:
    page.locator("#table tbody tr").first.press("e")


def _open_keys(page: Page) -> None:
    page.locator("#table tbody tr").first.press("?")


def _select_all(page: Page) -> None:
    clear = page.locator("#clear")
    if clear.is_visible():  # who was selected in another scene stays so
        clear.click()
    page.locator("#tick-all").check()
    page.locator("#every").click()


def _hold_plans(_: Stage, accounts: Accounts) -> None:
    """A plan is not made while it asks what it would cost."""
    accounts.held.enter_context(accounts.gate.shut("quota/get"))


def _plan_a_move(page: Page) -> None:
    """A move of all becomes a plan that is waited for."""
    _select_all(page)
    page.locator("#move").click()
    page.locator("#targets [data-to='2']").click()
    page.wait_for_url(PLANS)
    page.locator("[data-stop]").wait_for()


def _stop_the_plan(page: Page) -> None:
    page.locator("[data-stop]").click()
    page.get_by_role("heading", name=re.compile("No plan was made|没有制定计划")).wait_for()


def _plan_and_stop(page: Page) -> None:
    _plan_a_move(page)
    _stop_the_plan(page)


def _drop_list(page: Page) -> None:
    """A list with rows that have to be settled first."""
    rows = [(f"o{n:027}", f"no such group {n}") for n in range(30)]
    choose(page, table(rows), "refused.csv")
    page.locator(".problems").wait_for()


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
    Scene("move-undo", "/?group=0", prepare=_wait_for_undo),
    Scene("move-refused", "/?group=0", prepare=_wait_for_alarm, given=_refuse_moves),
    Scene("planning", "/?group=0", "", _plan_a_move, _hold_plans, _stop_the_plan),
    Scene("planning-stopped", "/?group=0", "", _plan_and_stop, _hold_plans),
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
    Scene("plan-of-real-account", "/regroup", "planned.csv", given=_be_real),
    Scene("apply-dialog", "/regroup", "planned.csv", _ask_before_applying, _be_real),
    Scene("run-at-work", "/regroup", "waiting.csv", _apply_and_wait, _let_moves_wait, _stop),
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
    Scene("restore-dialog", "/sandbox/snapshots", prepare=_press(f"(Put back|恢复) {SNAPSHOT}")),
    Scene("snapshot-delete-dialog", "/sandbox/snapshots", prepare=_press(f"(Delete|删除) {SNAPSHOT}")),
    Scene("sandbox-request", "/sandbox", prepare=_open_request),
    Scene("nowhere", "/nowhere"),
    Scene("refused", prepare=_come_from_elsewhere),
    Scene("broken-account", f"/../{BROKEN}/", given=_add_broken),
    Scene("locked", "/../../login?key=used"),
)
PAGES = tuple(scene for scene in SCENES if scene.prepare is as_it_comes)

"""Looking into the sandbox's log: what a program asks appears at once, explained, and can be sent again."""

import re
import threading
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from fenzu import Client
from fenzu.cli.console.demo import DemoAccounts
from fenzu.control import Control
from fenzu.errors import ApiError
from fenzu.testing import SandboxAccount, SandboxProcess
from tests.console.conftest import Open, Say, in_both_languages
from tests.console.hands import Hand, by_both_hands
from tests.console.stage import PATIENCE, Console, Stage

NOBODY = "oNobody____________________1"


def ask_for_nobody(account: SandboxAccount) -> None:
    """A call from outside the console that fails with 40003."""
    with (
        Client(account.appid, account.secret, base_url=account.base_url) as client,
        pytest.raises(ApiError, match="40003"),
    ):
        client.groups.of(NOBODY)


def live(page: Page, told: str) -> Page:
    """The page, once it follows the log."""
    expect(page.locator("#state")).to_have_text(told)
    return page


@by_both_hands
@in_both_languages
def test_a_call_appears_is_explained_and_copied_as_curl(
    stage: Stage, language: str, say: Say, hand: Hand
) -> None:
    """A call from outside stands on top at once; opened, it shows what was said, what 40003 means, what to do, and a
    line for a shell that leaves the token to a variable."""
    page = live(stage.page(language=language, at="/sandbox"), say("live", "实时"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask_for_nobody(stage.account)
    rows = page.locator(".log tbody tr")
    expect(rows.first).to_contain_text("40003")
    row = rows.filter(has_text="40003")
    expect(row).to_contain_text("groups.of")
    expect(row).to_contain_text(say("no follower has this openid", "不合法的 openid"))
    hand.press(row.get_by_role("link"))
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".explained")).to_contain_text(say("What to do: ", "下一步："))
    expect(dialog.locator("pre").nth(0)).to_contain_text(f'"openid": "{NOBODY}"')
    expect(dialog.locator("pre").nth(1)).to_contain_text('"errcode": 40003')
    hand.press(dialog.get_by_role("button", name=say("Copy as curl", "复制为 curl")))
    expect(page.locator("#toasts")).to_contain_text(say("Copied", "已复制"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl '{stage.account.base_url}/cgi-bin/groups/getid")
    assert '"$FENZU_TOKEN"' in copied
    hand.press(dialog.get_by_role("button", name=say("Close", "关闭")).first)
    expect(dialog).to_be_hidden()
    expect(row.get_by_role("link")).to_be_focused()


def test_a_row_is_opened_anywhere(stage: Stage) -> None:
    """A click beside the link of a row opens the request too, and Escape goes back to the row."""
    page = live(stage.page(at="/sandbox"), "live")
    ask_for_nobody(stage.account)
    row, dialog = page.locator(".log tbody tr").filter(has_text="40003"), page.get_by_role("dialog")
    row.locator("[data-told=took]").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_only_what_changes_something_is_shown(stage: Stage) -> None:
    """Reading can be left out, of what was asked before as of what comes; a row tells the platform's own path."""
    page = live(stage.page(at="/sandbox"), "live")
    page.get_by_label("Only what changes something").check()
    page.get_by_role("button", name="Show", exact=True).click()
    live(page, "live")
    ask_for_nobody(stage.account)
    with Client(stage.account.appid, stage.account.secret, base_url=stage.account.base_url) as client:
        client.groups.create("VIP")
    rows = page.locator(".log tbody tr")
    expect(rows.first).to_contain_text("groups/create")
    expect(rows.filter(has_text="groups.of")).to_have_count(0)
    page.reload()
    expect(rows.first).to_contain_text("groups/create")
    expect(rows.filter(has_text="groups.of")).to_have_count(0)


def test_without_a_clipboard_the_line_is_selected(stage: Stage) -> None:
    """Where the browser gives no clipboard, the line is selected, and it is said how to copy it."""
    page = live(stage.page(at="/sandbox"), "live")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); }")
    ask_for_nobody(stage.account)
    page.locator(".log tbody tr").filter(has_text="40003").get_by_role("link").click()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.locator("#toasts")).to_contain_text("Ctrl-C")
    assert page.evaluate("getSelection().toString()").startswith("curl '")


def test_the_log_is_narrowed_by_keyboard(stage: Stage) -> None:
    """What is looked for stands in the address, holds for what comes later as well, and can be taken away."""
    page = live(stage.page(at="/sandbox"), "live")
    page.get_by_label("Code").fill("40003")
    page.get_by_label("Code").press("Enter")
    expect(page).to_have_url(re.compile("errcode=40003"))
    expect(page.get_by_role("heading", name="Nothing here matches")).to_be_visible()
    live(page, "live")
    ask_for_nobody(stage.account)
    expect(page.locator(".log tbody tr")).to_have_count(1)
    expect(page.get_by_role("heading", name="Nothing here matches")).to_be_hidden()
    page.get_by_role("link", name="Show all").press("Enter")
    expect(page.locator(".log tbody tr").filter(has_text="token.stable").first).to_be_visible()


def test_a_code_that_is_no_number_is_told(stage: Stage) -> None:
    """What cannot be a code is told in words with the next step, and the page stays."""
    page = stage.page(at="/sandbox?errcode=busy")
    expect(page.get_by_role("alert").first).to_contain_text("a code is a number")
    expect(page.get_by_role("link", name="Faults")).to_be_visible()


def test_a_paused_log_stands_still(stage: Stage) -> None:
    """While the log is paused nothing moves and what comes is counted; going on shows it."""
    page = live(stage.page(at="/sandbox"), "live")
    page.get_by_role("button", name="Pause").press("Enter")
    ask_for_nobody(stage.account)
    expect(page.get_by_role("button", name=re.compile(r"Go on \(\d+ new\)"))).to_be_visible()
    expect(page.locator(".log tbody tr").filter(has_text="40003")).to_have_count(0)
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.locator(".log tbody tr").filter(has_text="40003")).to_have_count(1)


def test_a_page_that_comes_back_shows_each_request_once(stage: Stage) -> None:
    """A browser that shows a page again as it was leaves one connection to the log, not two."""
    page = live(stage.page(at="/sandbox?whose=own"), "live")
    with page.expect_response("**/log/events**"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    ask_for_nobody(stage.account)
    expect(page.locator(".log tbody tr").filter(has_text="40003")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    ask_for_nobody(stage.account)
    expect(page.get_by_role("button", name=re.compile(r"Go on \(\d+ new\)"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".log tbody tr").filter(has_text="40003")).to_have_count(2)


def test_whose_requests_are_shown_is_chosen_by_keys(stage: Stage) -> None:
    """A menu that is gone through by arrows sends nothing by itself; the button does."""
    page = live(stage.page(at="/sandbox"), "live")
    page.get_by_label("Of which account").press("ArrowDown")
    expect(page.get_by_label("Of which account")).to_be_focused()
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("whose=all"))
    expect(page.get_by_label("Of which account")).to_have_value("all")


def test_a_log_keeps_a_thousand(stage: Stage) -> None:
    """However much is asked, a page keeps the newest thousand."""
    page = live(stage.page(at="/sandbox?call=groups.of"), "live")
    openids = stage.account.add_followers(1)
    with Client(stage.account.appid, stage.account.secret, base_url=stage.account.base_url) as client:
        for _ in range(3):
            for _ in range(400):  # fewer than are held for a page that is slower than they come
                client.groups.of(openids[0])
            newest = stage.account.requests(call="groups.of")[-1].id
            expect(page.locator(f".log tr[data-id='{newest}']")).to_be_visible()
    expect(page.locator(".log tbody tr")).to_have_count(1000)


def test_the_log_of_a_read_only_account(open_stage: Open) -> None:
    """Whoever may only look sees the log, and is offered nothing that changes the sandbox."""
    page = open_stage(is_read_only=True).page(at="/sandbox")
    live(page, "live")
    expect(page.get_by_role("button", name="Clear the log")).to_have_count(0)
    headers = {"accept": "application/json", "origin": page.url.partition("/a/")[0]}
    answer = page.context.request.delete(page.url + "/log", headers=headers)
    assert (answer.status, answer.json()["error"]) == (403, "ReadOnly")


def test_the_log_ends_with_the_console(browser: Browser, account: SandboxAccount, tmp_path: Path) -> None:
    """A console ends at once although a page follows the log; the page says so, and no thread is left behind."""
    with Console(DemoAccounts(account, tmp_path, is_read_only=False)) as console:
        page = live(Stage(browser, console, account).page(at="/sandbox"), "live")
    expect(page.locator("#state")).to_have_text("not connected")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#state")).to_have_text("not connected")
    readers = [thread for thread in threading.enumerate() if thread.name == "fenzu-console-log"]
    for reader in readers:
        reader.join(PATIENCE / 1000)
    assert not any(reader.is_alive() for reader in readers)
    page.context.close()


def test_a_sandbox_that_goes_is_told(browser: Browser, tmp_path: Path) -> None:
    """When the sandbox ends each page says so with the next step and stays, and works once there is one again."""
    with SandboxProcess() as sandbox, Control(sandbox.ready.control_url) as control:
        account = SandboxAccount(sandbox.ready, control, sandbox.ready.appid, sandbox.ready.secret)
        accounts = DemoAccounts(account, tmp_path, is_read_only=False)
        with Console(accounts) as console:
            stage = Stage(browser, console, account)
            page = live(stage.page(at="/sandbox"), "live")
            sandbox.stop()
            expect(page.locator("#broken")).to_contain_text("look whether the sandbox still runs")
            for name in ("Faults", "Clock and quota", "Snapshots and reset", "Requests"):
                page.get_by_role("link", name=name).click()
                expect(page.get_by_role("alert").first).to_contain_text("look whether the sandbox still runs")
            with SandboxProcess() as other:
                accounts.account = msgspec.structs.replace(
                    accounts.account, control_url=other.ready.control_url
                )
                page.get_by_role("link", name="Try again").press("Enter")
                live(page, "live")
                page.context.close()

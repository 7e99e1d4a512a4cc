"""Looking at an account: its quotas and the state of its token, and choosing another."""

import msgspec
import pytest
from playwright.sync_api import expect

from tests.console.conftest import Open
from tests.console.stage import Stage


def test_what_is_left_of_today(stage: Stage) -> None:
    """The page tells appid and host, the age of the mirror, when the token ends, and what is left of each call."""
    account = stage.account
    account.set_quota(enforced=False, used={"groups.move": 990}, limits={"groups.move": 1000})
    page = stage.page(at="/account")
    expect(page.locator("main")).to_contain_text(account.appid)
    row = page.get_by_role("row", name="Move one follower")
    expect(row).to_contain_text("990")
    expect(row).to_contain_text("few")
    expect(page.locator("#now")).to_contain_text("held for")
    expect(page.locator("#now")).to_contain_text("ago")
    assert account.secret not in page.content()


def test_the_quotas_are_cleared_after_a_question(stage: Stage) -> None:
    """In Chinese, by keyboard: a clear wants a box to be checked, and spends nothing when it is cancelled."""
    account = stage.account
    account.set_quota(enforced=False, used={"groups.move": 40})
    page = stage.page(language="zh", at="/account")
    page.get_by_role("button", name="清零额度…").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("每月只允许清零 10 次")
    dialog.get_by_role("button", name="清零额度").press("Enter")
    expect(dialog).to_be_visible()  # the box is not checked
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert account.control.quota.get(account.appid).used["groups.move"] == 40
    page.get_by_role("button", name="清零额度…").press("Enter")
    dialog.get_by_label("确认使用一次").press("Space")
    dialog.get_by_role("button", name="清零额度").press("Enter")
    expect(page.get_by_role("row", name="移动单个粉丝").locator(".used")).to_have_text("0")
    assert account.requests(call="quota.clear")


def test_a_platform_that_refuses_is_told(stage: Stage) -> None:
    """Where the platform refuses, each call says so with the advice, and the page stays."""
    page = stage.page()
    stage.account.set_state("frozen")
    page.goto(f"{stage.here}/account")
    expect(page.locator("#now")).to_contain_text("not told")
    expect(page.get_by_role("heading", name="All accounts")).to_be_visible()


def test_another_account_is_chosen(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    """Where there are several accounts a menu in the header leads to each, by keyboard, and goes with Escape."""
    accounts = stage.console.accounts
    other = msgspec.structs.replace(
        accounts.account, name="另一个", mirror=f"{accounts.account.mirror}.other"
    )
    # Asked for first, `monkeypatch` ends last: the page still asks for the other account until it is closed.
    monkeypatch.setattr(accounts, "list", lambda: [accounts.account, other])
    page = stage.page()
    menu = page.locator("header summary")
    menu.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="另一个")).to_be_hidden()
    expect(menu).to_be_focused()
    menu.press("Enter")
    page.locator("header").get_by_role("link", name="另一个").press("Enter")
    expect(menu).to_contain_text("另一个")
    page.get_by_role("link", name="Account", exact=True).click()
    expect(page.get_by_role("heading", name="Account 另一个")).to_be_visible()


def test_how_an_account_is_added(stage: Stage) -> None:
    """The line that adds an account is copied by a button, and no field of the page takes a secret."""
    page = stage.page(at="/account")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("fenzu account add ")
    expect(page.locator("input[type=password]")).to_have_count(0)


def test_a_read_only_account_clears_nothing(open_stage: Open) -> None:
    """Whoever may only look sees the quotas, and no button that clears them."""
    page = open_stage(is_read_only=True).page(at="/account")
    expect(page.get_by_role("row", name="Move one follower")).to_be_visible()
    expect(page.get_by_role("button", name="Clear the quotas")).to_have_count(0)

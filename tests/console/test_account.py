"""Looking at an account: its quotas and the state of its token, and choosing another."""

import msgspec
import pytest
from playwright.sync_api import expect

from tests.console.conftest import Open, Say, in_both_languages
from tests.console.hands import Hand, either_way
from tests.console.stage import Stage


@in_both_languages
def test_what_is_left_of_today(stage: Stage, language: str, say: Say) -> None:
    """The page tells appid and host, the age of the mirror, when the token ends, and what is left of each call."""
    account = stage.account
    account.set_quota(enforced=False, used={"groups.move": 990}, limits={"groups.move": 1000})
    page = stage.page(language=language, at="/account")
    expect(page.locator("main")).to_contain_text(account.appid)
    row = page.get_by_role("row", name=say("Move one follower", "移动单个粉丝"))
    expect(row).to_contain_text("990")
    expect(row).to_contain_text(say("few", "不足"))
    expect(page.locator("#now")).to_contain_text(say("held for", "已持有"))
    expect(page.locator("#now")).to_contain_text(say("ago", "前"))
    assert account.secret not in page.content()


@either_way
def test_the_quotas_are_cleared_after_a_question(stage: Stage, language: str, say: Say, hand: Hand) -> None:
    """A clear wants a box to be checked, and spends nothing when it is cancelled."""
    account = stage.account
    account.set_quota(enforced=False, used={"groups.move": 40})
    page = stage.page(language=language, at="/account")
    clear = page.get_by_role("button", name=say("Clear the quotas…", "清零额度…"))
    dialog = page.get_by_role("dialog")
    sure = dialog.get_by_role("button", name=say("Clear the quotas", "清零额度"))
    hand.press(clear)
    expect(dialog).to_contain_text(say("10 clears a month", "每月只允许清零 10 次"))
    hand.press(sure)
    expect(dialog).to_be_visible()  # the box is not checked
    hand.press(dialog.get_by_role("button", name=say("Cancel", "取消")))
    expect(dialog).to_be_hidden()
    assert account.control.quota.get(account.appid).used["groups.move"] == 40
    hand.press(clear)
    hand.press(dialog.get_by_label(say("Spend one of them", "确认使用一次")))
    hand.press(sure)
    row = page.get_by_role("row", name=say("Move one follower", "移动单个粉丝"))
    expect(row.locator(".used")).to_have_text("0")
    assert account.requests(call="quota.clear")


def test_a_platform_that_refuses_is_told(stage: Stage) -> None:
    """Where the platform refuses, each call says so with the advice, and the page stays."""
    page = stage.page()
    stage.account.set_state("frozen")
    page.goto(f"{stage.here}/account")
    expect(page.locator("#now")).to_contain_text("not told")
    expect(page.get_by_role("heading", name="All accounts")).to_be_visible()


@either_way
def test_another_account_is_chosen(
    monkeypatch: pytest.MonkeyPatch, stage: Stage, language: str, say: Say, hand: Hand
) -> None:
    """Where there are several accounts a menu in the header leads to each, and goes with Escape."""
    accounts = stage.console.accounts
    other = msgspec.structs.replace(
        accounts.account, name="另一个", mirror=f"{accounts.account.mirror}.other"
    )
    # Asked for first, `monkeypatch` ends last: the page still asks for the other account until it is closed.
    monkeypatch.setattr(accounts, "list", lambda: [accounts.account, other])
    page = stage.page(language=language)
    menu, link = page.locator("header summary"), page.locator("header").get_by_role("link", name="另一个")
    hand.press(menu)
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu).to_be_focused()
    hand.press(menu)
    hand.press(link)
    expect(menu).to_contain_text("另一个")
    hand.press(page.get_by_role("link", name=say("Account", "账号"), exact=True))
    expect(page.get_by_role("heading", name=say("Account 另一个", "账号 另一个"))).to_be_visible()


@either_way
def test_how_an_account_is_added(stage: Stage, language: str, say: Say, hand: Hand) -> None:
    """The line that adds an account is copied by a button, and no field of the page takes a secret."""
    page = stage.page(language=language, at="/account")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hand.press(page.get_by_role("button", name=say("Copy", "复制")))
    expect(page.locator("#toasts")).to_contain_text(say("Copied", "已复制"))
    assert page.evaluate("navigator.clipboard.readText()").startswith("fenzu account add ")
    expect(page.locator("input[type=password]")).to_have_count(0)


def test_a_read_only_account_clears_nothing(open_stage: Open) -> None:
    """Whoever may only look sees the quotas, and no button that clears them."""
    page = open_stage(is_read_only=True).page(at="/account")
    expect(page.get_by_role("row", name="Move one follower")).to_be_visible()
    expect(page.get_by_role("button", name="Clear the quotas")).to_have_count(0)

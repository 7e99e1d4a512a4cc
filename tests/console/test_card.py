"""A follower's card and remark."""

import pytest
from playwright.sync_api import expect

from fenzu import Client
from fenzu.control import Fault
from tests.console.followers import row_of, rows
from tests.console.stage import Stage


def test_a_remark_is_changed_by_keys(stage: Stage, client: Client) -> None:
    """`e` opens the remark, Enter saves it at the platform, and it can be searched for at once."""
    openids = stage.account.add_followers(3)
    page = stage.page()
    row = row_of(page, openids[1])
    row.focus()
    page.keyboard.press("e")
    field = page.get_by_role("dialog", name="Remark").get_by_role("textbox")
    expect(field).to_be_focused()
    page.keyboard.type("VIP 张三")
    expect(page.locator("#remark-used")).to_have_text("10")
    page.keyboard.press("Enter")
    expect(row.locator(".remark")).to_have_text("VIP 张三")
    expect(row).to_be_focused()
    assert client.followers.get(openids[1]).remark == "VIP 张三"
    page.get_by_role("searchbox").fill("张三")
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_remark_that_is_too_long_is_refused_and_not_lost(stage: Stage, language: str) -> None:
    """The dialog counts the bytes; what the platform refuses is told with its advice and stays in the field."""
    [openid] = stage.account.add_followers(1)
    page = stage.page(language=language)
    row_of(page, openid).hover()
    page.get_by_role("button", name="Edit remark" if language == "en" else "修改备注").click()
    dialog = page.locator("#remark-dialog")
    field = dialog.get_by_role("textbox")
    field.fill("超" * 10)
    expect(field).to_have_attribute("aria-invalid", "true")
    dialog.get_by_role("button", name="Save" if language == "en" else "保存").click()
    expect(page.get_by_role("alert")).to_contain_text("40092")
    expect(field).to_have_value("超" * 10)
    stage.complaints.clear()  # the browser's own word that an answer was an error
    dialog.get_by_role("button", name="Cancel" if language == "en" else "取消").click()
    expect(dialog).not_to_be_visible()
    expect(row_of(page, openid).locator(".remark")).to_have_text("")


def test_a_card_tells_all_of_somebody(stage: Stage, client: Client) -> None:
    """Enter opens the card: what the mirror knows, what the platform says now, and the moves that fenzu made."""
    openids = stage.account.add_followers(2)
    client.groups.create("VIP")
    page = stage.page()
    row_of(page, openids[0]).focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog", name=openids[0])
    expect(card).to_contain_text("None since they follow.")
    expect(card.locator("#live")).to_contain_text("by search")
    card.get_by_role("button", name="Move to …").click()
    page.get_by_role("dialog", name="Move 1 to …").get_by_role("option", name="VIP").click()
    expect(row_of(page, openids[0]).locator(".of")).to_have_text("VIP")
    row_of(page, openids[0]).get_by_role("link").click()
    expect(card.locator(".history")).to_contain_text("未分组 → VIP")
    card.get_by_role("button", name="Edit remark").click()
    page.get_by_role("dialog", name="Remark").get_by_role("textbox").fill("friend")
    page.keyboard.press("Enter")
    expect(row_of(page, openids[0]).locator(".remark")).to_have_text("friend")


def test_a_card_has_an_address_and_says_when_the_platform_is_away(stage: Stage) -> None:
    """The card is a page of its own too; an error of the platform stands in it beside what the mirror knows."""
    [openid] = stage.account.add_followers(1)
    stage.page()
    stage.account.faults(Fault.answer("followers.get", 48001))
    page = stage.page(language="zh", at=f"/followers/{openid}")
    expect(page.locator("#live")).to_contain_text("48001")
    expect(page.locator("#card")).to_contain_text("未分组")
    page.get_by_role("link", name="在表格中显示").click()
    expect(rows(page)).to_have_count(1)


def test_who_has_left_is_told_by_the_card(stage: Stage) -> None:
    """Somebody who has left since is told so by the platform's word, and the mirror learns it."""
    openids = stage.account.add_followers(2)
    page = stage.page()
    stage.account.remove_followers(openids[:1])
    row_of(page, openids[0]).get_by_role("link").click()
    expect(page.locator("#live")).to_contain_text("does not follow any more")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.reload()
    expect(rows(page)).to_have_count(1)

"""A follower's card and remark."""

import pytest
from playwright.sync_api import expect

from fenzu import Client
from fenzu.control import Fault
from tests.console.conftest import Say
from tests.console.followers import row_of, rows
from tests.console.hands import Hand, either_way
from tests.console.stage import Stage


@either_way
def test_a_remark_is_changed(stage: Stage, client: Client, language: str, say: Say, hand: Hand) -> None:
    """The button beside a remark opens it, it is saved at the platform, and can be searched for at once."""
    openids = stage.account.add_followers(3)
    page = stage.page(language=language)
    row = row_of(page, openids[1])
    hand.come_to(row)
    hand.press(row.get_by_role("button", name=say("Edit remark", "修改备注")))
    dialog = page.get_by_role("dialog", name=say("Remark", "备注"))
    field = dialog.get_by_role("textbox")
    expect(field).to_be_focused()
    hand.write(field, "VIP 张三")
    expect(page.locator("#remark-used")).to_have_text("10")
    hand.press(dialog.get_by_role("button", name=say("Save", "保存")))
    expect(row.locator(".remark")).to_have_text("VIP 张三")
    expect(dialog).to_be_hidden()
    assert client.followers.get(openids[1]).remark == "VIP 张三"
    hand.write(page.get_by_role("searchbox"), "张三")
    expect(rows(page)).to_have_count(1)


def test_a_remark_is_changed_in_its_row(stage: Stage) -> None:
    """`e` opens the remark of the row, Enter saves it, and the keyboard is in the row again."""
    [openid] = stage.account.add_followers(1)
    page = stage.page()
    row = row_of(page, openid)
    row.press("e")
    expect(page.get_by_role("dialog", name="Remark").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("friend")
    page.keyboard.press("Enter")
    expect(row.locator(".remark")).to_have_text("friend")
    expect(row).to_be_focused()


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
    dialog.get_by_role("button", name="Cancel" if language == "en" else "取消").click()
    expect(dialog).not_to_be_visible()
    expect(row_of(page, openid).locator(".remark")).to_have_text("")


@either_way
def test_a_card_tells_all_of_somebody(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """A card tells what the mirror knows, what the platform says now, and the moves that fenzu made; it moves, too."""
    openids = stage.account.add_followers(2)
    client.groups.create("VIP")
    page = stage.page(language=language)
    row = row_of(page, openids[0])
    hand.press(row.get_by_role("link"))
    card = page.get_by_role("dialog", name=openids[0])
    expect(card).to_contain_text(say("None since they follow.", "关注以来没有移动过。"))
    expect(card.locator("#live")).to_contain_text(say("by search", "搜索"))
    hand.press(card.get_by_role("button", name=say("Move to …", "移动到…")))
    expect(page.get_by_role("dialog", name=say("Move 1 to …", "移动 1 人到…"))).to_be_visible()
    hand.choose(page, "VIP")
    expect(row.locator(".of")).to_have_text("VIP")
    hand.press(row.get_by_role("link"))
    expect(card.locator(".history")).to_contain_text("未分组 → VIP")
    hand.press(card.get_by_role("button", name=say("Edit remark", "修改备注")))
    dialog = page.get_by_role("dialog", name=say("Remark", "备注"))
    hand.write(dialog.get_by_role("textbox"), "friend")
    hand.press(dialog.get_by_role("button", name=say("Save", "保存")))
    expect(row.locator(".remark")).to_have_text("friend")


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
    """Enter on a row opens the card, which says by the platform's word that somebody has left; the mirror learns it."""
    openids = stage.account.add_followers(2)
    page = stage.page()
    stage.account.remove_followers(openids[:1])
    row_of(page, openids[0]).press("Enter")
    expect(page.locator("#live")).to_contain_text("does not follow any more")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.reload()
    expect(rows(page)).to_have_count(1)

"""The keyboard stays where somebody works, also where what it was at is taken away."""

from playwright.sync_api import expect

from fenzu import Client
from tests.console.followers import row_of
from tests.console.gate import Gate
from tests.console.stage import Stage


def test_the_keyboard_goes_on_where_something_is_gone(stage: Stage, client: Client, gate: Gate) -> None:
    """After a group is deleted, a list is renewed, a message is closed or a reading begins, the focus is beside it."""
    openids = stage.account.add_followers(2)
    for name in ("VIP", "Other"):
        client.groups.create(name)
    page = stage.page()
    more = page.get_by_role("button", name="Change VIP")
    more.press("Enter")
    page.get_by_role("button", name="Delete…").press("Enter")
    page.get_by_role("button", name="Delete the group").press("Enter")
    expect(more).to_have_count(0)
    expect(page.get_by_role("button", name="Change Other")).to_be_focused()

    new = page.get_by_role("button", name="New group")
    new.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.evaluate("document.querySelector('#groups').dataset.isOld = ''")
    page.evaluate("document.dispatchEvent(new CustomEvent('fenzu:counts'))")
    expect(page.locator("#groups[data-is-old]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(new).to_be_focused()

    again = page.get_by_role("button", name="Read again")
    with gate.shut("user/"):
        again.press("Enter")
        expect(page.locator("#age").get_by_role("button", name="Stop")).to_be_focused()
    expect(again).to_be_focused()

    row = row_of(page, openids[0])
    row.press("m")
    page.get_by_role("dialog").get_by_role("option", name="Other").click()
    expect(row.locator(".of")).to_have_text("Other")
    row.focus()
    page.locator("#toasts").get_by_role("button", name="Close").last.click()
    expect(row).to_be_focused()


def test_the_groups_stay_unfolded_on_a_phone(stage: Stage) -> None:
    """On a phone the groups are folded away by choosing one, and by nothing that happens beside them."""
    stage.account.add_followers(1)
    page = stage.page(width=320, language="zh")
    fold, new = page.locator(".fold"), page.get_by_role("button", name="新建分组")
    fold.press("Enter")
    new.press("Enter")
    page.get_by_label("名称").fill("VIP")
    page.keyboard.press("Enter")
    expect(page.locator("#groups").get_by_text("VIP")).to_be_visible()
    expect(new).to_be_focused()
    page.locator("#groups").get_by_role("link", name="VIP").press("Enter")
    expect(page.locator("#groups")).not_to_be_visible()
    expect(fold).to_be_focused()

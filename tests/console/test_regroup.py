"""Regroup in the browser: a list becomes a plan, the plan is carried out and watched, and taken back."""

import re

from playwright.sync_api import Page, expect

from tests.console.stage import Stage

PLAN = re.compile(r"/runs/")


def drop(page: Page, text: str, name: str = "crm.csv") -> None:
    """Give the page a list."""
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a payload as it is documented


def as_csv(openids: list[str], group: str) -> str:
    """Return a list that wants all these in one group."""
    return "openid,group\n" + "".join(f"{openid},{group}\n" for openid in openids)


def test_a_list_with_odd_rows_becomes_a_plan_and_is_applied(stage: Stage) -> None:
    """Odd rows are told by line and left out, the others are moved, and the report says what became of them."""
    openids = stage.account.add_followers(400)
    page = stage.page(at="/regroup")
    odd = "nonsense,2\noTest001_9999999999999999999,2\n"
    drop(page, as_csv(openids[:60], "2") + odd)
    expect(page).to_have_url(PLAN)
    row = page.get_by_role("row", name="62 nonsense")
    expect(row).to_contain_text("left out")

    page.get_by_role("button", name="Apply the plan").click()
    expect(page.get_by_role("heading", name="What became of it")).to_be_visible()

    page.get_by_role("button", name="Check a sample").click()
    expect(page.get_by_text("all 60 who were asked for")).to_be_visible()
    page.get_by_role("button", name="Undo…").click()
    expect(page.get_by_text("Followers who go back: 60")).to_be_visible()

    page.get_by_role("button", name="Undo it now").click()
    expect(page.get_by_role("heading", name="What became of the undo")).to_be_visible()

    page.goto(stage.here + "/regroup")

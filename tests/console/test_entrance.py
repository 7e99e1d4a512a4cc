"""Coming in, and what everybody sees first."""

from playwright.sync_api import expect

from tests.console.stage import Stage


def test_a_link_lets_one_browser_in(stage: Stage) -> None:
    """The link of the terminal opens the followers, and a second browser learns that it is used up."""
    stage.account.add_followers(120)
    page = stage.page()
    expect(page.get_by_role("heading", name="Followers")).to_contain_text("120")
    other = stage._browser.new_page()
    answer = other.goto(stage.console.link)
    assert answer is not None
    assert answer.status == 403
    expect(other.get_by_role("heading")).to_have_text("This link lets nobody in any more")


def test_the_page_speaks_the_browsers_language_and_can_be_switched(stage: Stage) -> None:
    """A Chinese browser gets Chinese pages, and whoever chooses English keeps it."""
    page = stage.page(language="zh")
    expect(page.get_by_role("heading", name="粉丝", level=1)).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Followers")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Followers")).to_be_visible()

"""Followers: their rows on a page, and the groups that the platform has them in."""

from collections.abc import Iterable

from playwright.sync_api import Locator, Page

from fenzu import Client


def rows(page: Page) -> Locator:
    """The rows of the table."""
    return page.locator("#table tbody tr")


def row_of(page: Page, openid: str) -> Locator:
    """The row of somebody."""
    return page.locator(f"#table tr[data-id='{openid}']")


def groups_of(client: Client, openids: Iterable[str]) -> set[int | None]:
    """The groups that the platform has somebody in."""
    return {profile.group_id for profile in client.followers.get_many([*openids])}

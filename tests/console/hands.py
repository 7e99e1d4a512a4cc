"""How somebody works a page: with a mouse, or by keys alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect


class Hand(Protocol):
    """Presses what is on a page, and chooses the group that is moved to."""

    def press(self, control: Locator) -> None:
        """Press a button, follow a link, check a box."""
        ...

    def choose(self, page: Page, group: str) -> None:
        """Choose a group in the dialog that asks where to move."""
        ...


class Mouse:
    """Clicks."""

    def press(self, control: Locator) -> None:
        control.click()

    def choose(self, page: Page, group: str) -> None:
        page.get_by_role("dialog").get_by_role("option", name=group).click()


class Keys:
    """Presses Enter, and Space on a box; types what a group is called."""

    def press(self, control: Locator) -> None:
        control.press("Space" if control.get_attribute("type") == "checkbox" else "Enter")

    def choose(self, page: Page, group: str) -> None:
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("combobox")).to_be_focused()
        page.keyboard.type(group)
        expect(dialog.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")

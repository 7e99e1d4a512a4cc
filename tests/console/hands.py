"""How somebody works a page: with a mouse, or by keys alone."""

from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console import lists


class Hand(Protocol):
    """Presses, picks and writes what is on a page, and gives it what it asks for."""

    def come_to(self, row: Locator) -> None:
        """Come to a row of the table, which then shows what can be done with it."""
        ...

    def press(self, control: Locator) -> None:
        """Press a button, follow a link, check a box."""
        ...

    def pick(self, menu: Locator, option: str) -> None:
        """Pick an option of a menu."""
        ...

    def write(self, field: Locator, text: str) -> None:
        """Write into a field, in place of what is in it."""
        ...

    def choose(self, page: Page, group: str) -> None:
        """Choose a group in the dialog that asks where to move."""
        ...

    def give(self, page: Page, text: str) -> None:
        """Give the page a list of who belongs where."""
        ...


class Mouse:
    """Points and clicks; what cannot be pointed at is typed where it was clicked. Drops a list."""

    def come_to(self, row: Locator) -> None:
        row.hover()

    def press(self, control: Locator) -> None:
        control.click()

    def pick(self, menu: Locator, option: str) -> None:
        menu.select_option(option)

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)

    def choose(self, page: Page, group: str) -> None:
        page.get_by_role("dialog").get_by_role("option", name=group).click()

    def give(self, page: Page, text: str) -> None:
        lists.drop(page, text)


class Keys:
    """Presses Enter, and Space on a box; goes through menus by arrows, and types. Chooses the file of a list.

    A key reaches only what has the focus, and a page only once its scripts work: then it is painted.
    """

    def come_to(self, row: Locator) -> None:
        row.scroll_into_view_if_needed()  # waits until it is painted
        row.focus()
        expect(row).to_be_focused()

    def press(self, control: Locator) -> None:
        expect(control).to_be_enabled()
        self.come_to(control)
        control.page.keyboard.press("Space" if control.get_attribute("type") == "checkbox" else "Enter")

    def pick(self, menu: Locator, option: str) -> None:
        self.come_to(menu)
        options = [text.strip() for text in menu.locator("option").all_text_contents()]
        for key in ["Home", *["ArrowDown"] * options.index(option)]:
            menu.page.keyboard.press(key)
        expect(menu.locator("option:checked")).to_have_text(option)

    def write(self, field: Locator, text: str) -> None:
        self.come_to(field)
        for key in ("ControlOrMeta+a", "Delete"):
            field.page.keyboard.press(key)
        field.page.keyboard.type(text)

    def choose(self, page: Page, group: str) -> None:
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("combobox")).to_be_focused()
        page.keyboard.type(group)
        expect(dialog.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")

    def give(self, page: Page, text: str) -> None:
        with page.expect_file_chooser() as chooser:
            self.press(page.locator("[data-choose]"))
        chooser.value.set_files(lists.payload(text))


by_both_hands = pytest.mark.parametrize("hand", [Mouse(), Keys()], ids=["mouse", "keys"])
either_way = pytest.mark.parametrize(
    ("language", "hand"), [("en", Mouse()), ("zh", Keys())], ids=["en-mouse", "zh-keys"]
)
"""Each language and each hand once: enough where the words of a page do not change its controls."""

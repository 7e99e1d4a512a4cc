"""What everybody can use: read by a machine, by keyboard, enlarged, on a phone, in either light and language."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from fenzu.control import GroupSeed
from fenzu.testing import AccountMaker
from tests.console.axe import objections
from tests.console.gallery import Gallery, open_gallery
from tests.console.scenes import PAGES, SCENES, Scene

WEIGHT = 150 * 1024
READERS = [("en", False), ("zh", True), ("en", True), ("zh", False)]
DIALOGS = [scene for scene in SCENES if scene.name in {"card", "sandbox-request"} or "dialog" in scene.name]
scenes = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)


@pytest.fixture(scope="module")
def gallery(
    browser: Browser, make_account: AccountMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gallery]:
    """A console on an account with followers and groups, for all of this module."""
    groups = [
        GroupSeed("VIP", followers=40),
        GroupSeed("华东媒体", followers=25),
        GroupSeed("a group that nobody is in"),
    ]
    with open_gallery(browser, make_account(groups=groups), tmp_path_factory.mktemp("console")) as opened:
        yield opened


@scenes
def test_axe_finds_nothing(gallery: Gallery, scene: Scene, full: bool) -> None:
    """No page and no dialog breaks a rule of WCAG 2.2 AA that a machine can check, in either light and language."""
    found = {
        reader: objections(gallery.show(scene, *reader)) for reader in (READERS if full else READERS[:2])
    }
    assert not any(found.values()), found


@scenes
def test_a_narrow_page_is_whole(gallery: Gallery, scene: Scene) -> None:
    """At 200 % and 400 % zoom (640 and 320 px are left) and on a phone nothing is cut off or too small."""
    page = gallery.show(scene, width=375)
    assert objections(page) == []
    for width in (320, 375, 640):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT_OFF) == []
    page.set_viewport_size({"width": 375, "height": 700})


@scenes
def test_the_keyboard_reaches_everything_in_order(gallery: Gallery, scene: Scene) -> None:
    """Tab goes through all controls from the first to the last, shows where it is, and is held nowhere."""
    page = gallery.show(scene)
    wanted: int = page.evaluate(NUMBER_CONTROLS)
    walked: list[int] = []
    for _ in range(2 * wanted):
        page.keyboard.press("Tab")
        at: int | None = page.evaluate(FOCUSED)
        if (
            at is not None and at not in walked
        ):  # the browser's own controls come between the last and the first
            walked.append(at)
    assert sorted(walked) == list(range(wanted))
    leaps = sum(after < before for before, after in pairwise(walked))
    assert leaps <= (2 if page.locator(":popover-open").count() else 1)  # a menu is beside its button


@pytest.mark.parametrize("scene", DIALOGS, ids=lambda scene: scene.name)
def test_escape_gives_the_focus_back(gallery: Gallery, scene: Scene) -> None:
    """Escape closes a dialog, and whoever goes by keyboard is in the page again, not at its beginning."""
    page = gallery.show(scene)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("main :focus")).to_have_count(1)


@pytest.mark.parametrize("scene", PAGES, ids=lambda scene: scene.name)
def test_a_page_is_small(gallery: Gallery, scene: Scene) -> None:
    """A page with all that it loads takes at most 150 KiB."""
    page = gallery.show(scene)
    assert page.evaluate(LOADED) <= WEIGHT


def test_the_first_tab_leads_to_the_content(gallery: Gallery) -> None:
    """Who goes by keyboard need not walk through the head of each page."""
    page = gallery.show(SCENES[0])
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="To the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_phone_has_the_preferences_in_a_menu(gallery: Gallery) -> None:
    """Language and light are behind one button on a phone; Escape closes it and gives the focus back."""
    page = gallery.show(SCENES[0], width=375)
    button, language = page.get_by_role("button", name="Settings"), page.get_by_role("button", name="中文")
    expect(language).to_be_hidden()
    button.press("Enter")
    expect(language).to_be_visible()
    page.keyboard.press("Tab")
    expect(language).to_be_focused()
    page.keyboard.press("Escape")
    expect(language).to_be_hidden()
    expect(button).to_be_focused()


def test_a_phone_shows_where_one_is(gallery: Gallery) -> None:
    """Where a phone has no room for the names of all pages, the name of the page that is shown is in sight."""
    page = gallery.show(Scene("account", "/account"), width=375)
    here = page.get_by_role("navigation", name="Pages").locator("[aria-current]")
    expect(here).to_have_text("Account")
    expect(here).to_be_in_viewport(ratio=0.95)


def test_a_phone_has_the_groups_behind_a_button(gallery: Gallery) -> None:
    """On a phone the followers come first: the groups unfold at a button, which says so."""
    page = gallery.show(SCENES[0], width=375)
    button, group = page.get_by_role("button", name="Groups"), page.get_by_role("link", name="VIP")
    expect(group).to_be_hidden()
    button.press("Enter")
    expect(group).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    group.click()
    expect(group).to_be_hidden()
    expect(button).to_contain_text("VIP")


def test_nothing_moves_for_who_wants_less_motion(gallery: Gallery) -> None:
    """With reduced motion a page comes without any animation."""
    page = gallery.show(SCENES[0])
    assert page.evaluate("document.getAnimations().length") == 0


CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]"
NUMBER_CONTROLS = f"""() => {{
  const root = document.querySelector("dialog:modal") ?? document;
  const found = [...root.querySelectorAll({CONTROLS!r})].filter((element) =>
    element.tabIndex >= 0 && !element.disabled && element.checkVisibility({{ visibilityProperty: true }})
    && !(element.type === "radio" && !element.checked && element.name));
  found.forEach((element, index) => (element.dataset.numbered = index));
  document.activeElement.blur();
  return found.length;
}}"""
FOCUSED = """() => {
  const element = document.activeElement;
  const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
  const scrolls = !element.dataset.numbered && (scrollHeight > clientHeight || scrollWidth > clientWidth);
  if (element === document.body || scrolls) return null;
  const style = getComputedStyle(element);
  return style.outlineStyle !== "none" || element.matches("iframe") ? Number(element.dataset.numbered ?? -1) : -2;
}"""
LOADED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""
CUT_OFF = """() => [...document.querySelectorAll("a, button, input, select, summary, h1, h2")].filter((element) => {
  if (!element.checkVisibility() || element.closest(".scroll, .tabs, pre, .skip, .hidden")) return false;
  const { left, right, width } = element.getBoundingClientRect();
  return width > 0 && (left < 0 || right > innerWidth + 0.5) && !element.closest("nav");
}).map((element) => element.outerHTML.slice(0, 120))"""

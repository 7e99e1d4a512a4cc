"""A hundred hostile names in every field, in a real browser: shown as text; nothing acts, nothing bursts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from fenzu import Client
from fenzu.control import GroupSeed
from fenzu.regroup._render.escape import printable
from fenzu.testing import AccountMaker
from fenzu.wire.limits import REMARK_BYTES
from tests.console.gallery import Gallery, open_gallery
from tests.console.lists import choose, table
from tests.console.scenes import SCENES, Scene
from tests.hostile import NAMES

REMARKS = [name.encode()[: REMARK_BYTES - 1].decode(errors="ignore").strip() for name in NAMES]
FILE = '<img src=x onerror=alert(1)>"{{7*7}}\u202e.csv'
WIDTH = 1280


@pytest.fixture(scope="module")
def gallery(
    browser: Browser, make_account: AccountMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gallery]:
    """A console on an account all of whose groups and followers have such names."""
    groups = [GroupSeed(name, followers=1) for name in dict.fromkeys(map(str.strip, NAMES))]
    account = make_account(groups=[GroupSeed("VIP", followers=2), *groups])
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        for openid, remark in zip(client.followers.list(), REMARKS, strict=False):
            client.followers.remark(openid, remark)
    with open_gallery(browser, account, tmp_path_factory.mktemp("console")) as opened:
        yield opened


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_acts_and_nothing_bursts(gallery: Gallery, scene: Scene) -> None:
    """On no page and in no dialog a name runs, is refused by the policy, opens a dialog, or widens the page."""
    page = gallery.show(scene)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert page.locator("script:not([src]), iframe, [onload], [onerror], [style]").count() == 0
    page.set_viewport_size({"width": 375, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.set_viewport_size({"width": WIDTH, "height": 800})


def test_every_name_can_be_read(gallery: Gallery) -> None:
    """Groups and remarks are read letter for letter, but for a sign in the place of what cannot be printed."""
    page = gallery.show(Scene("followers", "/?rows=200&sort=oldest"))
    shown = set(page.locator("#groups bdi").all_text_contents())
    assert {printable(name.strip()) for name in NAMES} <= shown
    remarks = set(page.locator("#table .remark bdi").all_text_contents())
    assert {printable(remark) for remark in REMARKS if remark} <= remarks


def test_a_hostile_list(gallery: Gallery) -> None:
    """A list whose name and cells are hostile becomes a plan that shows all of it as text, in its picture too."""
    page = gallery.show(Scene("regroup", "/regroup"))
    openids = list(page.request.get(f"{gallery.stage.here}/?rows=200").text().split('data-id="'))[1:]
    rows = [(text.partition('"')[0], name) for text, name in zip(openids, NAMES, strict=False)]
    choose(page, table([*rows, *((name, "VIP") for name in NAMES)]), FILE)
    expect(page).to_have_url(re.compile(r"/runs/|/lists/"))
    # No page that only waits has a table.
    expect(page.get_by_role("main").get_by_role("table").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("[data-job]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert page.locator("main img, main script, main iframe").count() == 0

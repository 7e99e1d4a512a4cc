"""Whatever somebody has called a group or a follower: in a page it is text, and nothing else."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from tests.cli.pretended import Pretended
from tests.hostile import HUGE, NAMES
from tests.unit.console.browsing import Browser, PretendedAccounts, make_console

from fenzu.console.account.desk import Desk
from fenzu.console.account.sync import start_sync
from fenzu.console.app import ACCOUNT_ROUTES
from fenzu.regroup._render.escape import printable

NUMBERS = range(len(NAMES) + len(HUGE) - 1)
HOSTILE = [*NAMES, *(name for name in HUGE if "\ud800" not in name)]  # JSON cannot hold half a character
PLAIN = [f"name {number}" for number in NUMBERS]
OPENIDS = [f"o{number:027}" for number in NUMBERS]
PAGES = {
    "/": "groups and remarks",
    "/?rows=200&sort=remark": "remarks",
    f"/followers/{OPENIDS[1]}": "",
    "/groups": "groups",
    "/groups/list": "groups",
    "/groups/pictures": "",
    "/moves/targets": "groups",
    "/groups/new": "",
    "/groups/101/rename": "",
    "/groups/101/delete": "",
    "/groups/101/merge": "groups",
    "/account": "",
    "/account?now": "",
    "/regroup": "",
}
"""The pages that are looked at, and of what all names stand in them."""


ACTIVE = {"base", "embed", "iframe", "math", "object", "plaintext", "style", "video", "xmp"}


class Built(HTMLParser):
    """What a page is built of: its elements with their attributes' names; and what can be read in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.read: list[str] = []
        self.leads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.read += [value for _, value in attrs if value]
        self.leads += [
            value for name, value in attrs if value and name in {"action", "formaction", "href", "src"}
        ]

    def active(self) -> list[object]:
        """List what could act, or reach another host: nothing of that stands in any page of the console."""
        return [
            (tag, attributes)
            for tag, attributes in self.elements
            if tag in ACTIVE
            or (tag == "script" and "src" not in attributes)
            or any(name.startswith("on") or name in {"style", "srcdoc"} for name in attributes)
        ] + [
            value for value in self.leads if value.lower().startswith(("javascript:", "data:", "//", "http"))
        ]

    def handle_data(self, data: str) -> None:
        self.read.append(data)


def name_groups(names: list[str]) -> Pretended:
    """Return an account whose groups and whose followers' remarks have these names."""
    groups = {100 + number: name for number, name in enumerate(names)}
    platform = Pretended(groups, {openid: 100 + number for number, openid in enumerate(OPENIDS)})
    platform.remarks = dict(zip(OPENIDS, names, strict=True))
    platform.page = 10_000
    return platform


async def filled(names: list[str], folder: Path) -> Starlette:
    """Return a console on such an account, its mirror filled."""
    app = make_console(PretendedAccounts(name_groups(names), folder))
    desk: Desk = app.state.desks.get("shop")
    job = await start_sync(desk)
    async for _ in job.watch("en"):
        assert job.error is None
    return app


async def test_names_are_text(tmp_path: Path) -> None:
    """A page is built of the same elements with hostile names as with plain ones, and each can be read in it."""
    hostile, plain = await filled(HOSTILE, tmp_path / "1"), await filled(PLAIN, tmp_path / "2")
    for path, shows in PAGES.items():
        answer = await Browser(hostile).enter().get(f"/a/shop{path}")
        beside = await Browser(plain).enter().get(f"/a/shop{path}")
        assert (answer.status, beside.status) == (200, 200), path
        built = Built(answer.text)
        assert built.elements == Built(beside.text).elements, path
        read = "\n".join(built.read)
        assert not shows or not [name for name in HOSTILE if printable(name) not in read], path
    for app in (hostile, plain):
        await app.state.desks.close()


async def test_a_hostile_search(browser: Browser) -> None:
    """Whatever is searched for, as text or in the place of a number, is shown as text or refused in words."""
    for name in (*NAMES, *HUGE):
        wanted = quote(name, errors="replace")[:4000]
        for path in (
            f"/?q={wanted}",
            f"/?group={wanted}&sort={wanted}&rows={wanted}&from={wanted}&age={wanted}",
        ):
            answer = await browser.get(f"/a/shop{path}")
            assert answer.status in {200, 400, 404}, path
            assert not Built(answer.text).active(), path


NUMBERS_OF_SORTS = ("9" * 5000, "-1", "0", "1e9", "٣", "NaN", "2147483648", "9223372036854775808", "")
QUERIES = (
    "q",
    "group",
    "age",
    "from",
    "to",
    "sort",
    "rows",
    "cursor",
    "at",
    "job",
    "name",
    "after",
    "errcode",
    "text",
)


async def test_no_address_breaks_a_page(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever stands in the place of a name or a number in an address: a page or words, never a mistake of ours."""
    for path in reading():
        values = [*NUMBERS_OF_SORTS, *NAMES[:: len(NAMES) // 20], *HUGE] if "{" in path else [""]
        for value in values:
            filled = re.sub(r"\{\w+(:\w+)?\}", quote(value, safe="", errors="replace")[:6000], path)
            answer = await browser.get(f"/a/shop{filled}")
            assert answer.status != 500, (filled[:200], caplog.text)
        for value in (*NUMBERS_OF_SORTS, *HUGE):
            wanted = quote(value, errors="replace")[:6000]
            filled = re.sub(r"\{\w+(:\w+)?\}", "1", path)
            answer = await browser.get(f"/a/shop{filled}?" + "&".join(f"{name}={wanted}" for name in QUERIES))
            assert answer.status != 500, (filled, value[:100], caplog.text)


def reading() -> list[str]:
    """List the addresses below an account that can be read."""
    return [
        route.path for route in ACCOUNT_ROUTES if isinstance(route, Route) and "GET" in (route.methods or ())
    ]

"""The page of an account and the reader's preferences, asked without a browser."""

from collections.abc import Callable

import pytest
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import Browser, PretendedAccounts

from fenzu import AsyncClient
from fenzu.client._events import Listener
from fenzu.console.account.accounts import Account
from fenzu.console.account.desk import Desk
from fenzu.control import Control
from fenzu.errors import StoreError, UsageError
from fenzu.wire.words import Words

NOW = "/a/shop/account?now"


async def test_what_the_platform_tells_comes_with_the_mirror(browser: Browser) -> None:
    """Calls, token and mirror stand on one page; a mirror that was never read says so."""
    assert "Asking the platform" in (await browser.get("/a/shop/account")).text
    page = (await browser.get(NOW)).text
    assert "never to the end" in page
    assert "held for" in page


async def test_troubles_stand_where_the_answer_would(
    accounts: PretendedAccounts, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account whose secret is gone and a mirror that cannot be read are told with their advice, on the same page."""

    def forgotten(_: Account, __: Listener) -> AsyncClient:
        raise UsageError(Words("no such account is kept", "没有保存该账号"))

    async def fail(_: Desk) -> None:
        raise StoreError(Words("the disk is gone", "磁盘不可用"))

    monkeypatch.setattr(accounts, "open_client", forgotten)
    monkeypatch.setattr(Desk, "mirrors", fail)
    page = (await browser.get(NOW)).text
    assert "no such account is kept" in page
    assert "the disk is gone" in page
    assert "move it away" in page


async def test_the_days_calls_are_had_again(browser: Browser, platform: Pretended) -> None:
    """Clearing the quotas asks the platform for it once."""
    answer = await browser.post("/a/shop/account/quota/clear")
    assert answer.json["message"] == "All calls of today are to be had again."
    assert sum("clear_quota" in path for _, path, _ in platform.seen) == 1


async def test_what_was_chosen_is_kept_in_the_browser(browser: Browser) -> None:
    """Language and light are kept for a year, each by itself."""
    answer = await browser.post("/preferences", {"language": "zh"})
    assert answer.headers["set-cookie"].startswith("fenzu_language=zh; ")
    assert "Max-Age=31536000" in answer.headers["set-cookie"]


async def test_an_account_without_a_sandbox_has_no_pages_of_one(browser: Browser) -> None:
    """Where no control port is known, the sandbox's pages are not there."""
    assert (await browser.get("/a/shop/sandbox")).status == 404


async def test_a_sandbox_that_is_away_keeps_its_pages(
    accounts: PretendedAccounts, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control port that does not answer is told on the page, which can be tried again."""
    monkeypatch.setattr("fenzu.console.views.sandbox.ask_control", _away)
    accounts.accounts = [accounts.account("shop", control_url="http://127.0.0.1:9")]
    page = await browser.get("/a/shop/sandbox/snapshots")
    assert (page.status, "the disk is gone" in page.text, "Try again" in page.text) == (200, True, True)


async def _away(desk: Desk, work: Callable[[Control], object]) -> None:
    raise StoreError(Words("the disk is gone", "磁盘不可用"))

"""A console in this process, in front of an account of the tests' sandbox, and browsers that come in by its links."""

import asyncio
import re
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect

from fenzu.cli.console.demo import NAME, DemoAccounts
from fenzu.console.serve import serve
from fenzu.testing import SandboxAccount

PATIENCE = 60_000
"""Milliseconds that a page may take on a machine that is slow, or busy with other tests."""
UNHURRIED = """{
  const wait = window.setTimeout;
  window.setTimeout = (run, milliseconds, ...more) => wait(run, milliseconds >= 5_000 ? 1e9 : milliseconds, ...more);
}"""
"""What a page does by itself after seconds (a message goes, groups are asked for again) it does not do in a test:
a slow machine may be looking still. A test that means it winds `page.clock` on, which knows nothing of this."""
VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""

REFUSED = re.compile(r"the server responded with a status of (\d+)")
"""What Chromium says of an answer that tells an error in words."""
IN_WORDS = frozenset({400, 403, 409, 502, 504})
"""Such answers are told in the page, and a test that gets one looks at the words."""


class Console:
    """The console, in a thread of its own, while a `with` block runs."""

    def __init__(self, accounts: DemoAccounts) -> None:
        self.accounts = accounts
        self._links: list[str] = []
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._end: Callable[[], object] = lambda: None

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(PATIENCE / 1000)
        assert self._links
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._thread.join(PATIENCE / 1000)
        assert not self._thread.is_alive()

    @property
    def link(self) -> str:
        """The one-time link."""
        return self._links[0]

    @property
    def url(self) -> str:
        """Where it is."""
        return self.link.partition("/login")[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._up.set()

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        self._end = lambda: loop.call_soon_threadsafe(stop.set)

        def ready(link: str) -> None:
            self._links.append(link)
            self._up.set()

        await serve(self.accounts, 0, stop, ready)


class Stage:
    """A console and a browser that is logged in. What the pages complain about is kept in `complaints`.

    `forgiven` are the statuses of answers that are no complaint; a test adds the one that it brings about.
    """

    def __init__(self, browser: Browser, console: Console, account: SandboxAccount) -> None:
        self.console, self.account = console, account
        self.complaints: list[str] = []
        self.forgiven = set(IN_WORDS)
        self._browser = browser
        self._first: BrowserContext | None = None

    @property
    def here(self) -> str:
        """Where the account's pages begin."""
        return f"{self.console.url}/a/{NAME}"

    def page(
        self,
        *,
        language: str = "en",
        dark: bool = False,
        width: int = 1280,
        height: int = 800,
        at: str = "/",
    ) -> Page:
        """Return a page of the account in a browser of that language and light; `at` is its address below `here`."""
        context = self._browser.new_context(
            locale="zh-CN" if language == "zh" else "en-US",
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.add_init_script(UNHURRIED)
        page.add_init_script(VIOLATIONS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._asked)
        if self._first is None:
            page.goto(self.console.link)
            page.wait_for_url("**/a/**")
            expect(page.locator("[data-job]")).to_have_count(0)  # the mirror is filled first
            self._first = context
        else:
            context.add_cookies(self._first.cookies())  # type: ignore[arg-type]  # the same, read and written
        page.goto(self.here + at)
        return page

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        refused = REFUSED.search(message.text)
        is_forgiven = refused is not None and int(refused[1]) in self.forgiven
        if message.type in {"error", "warning"} and not is_forgiven:
            self.complaints.append(message.text)

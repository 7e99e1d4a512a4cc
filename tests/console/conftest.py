"""The browser and the console of the journeys. The browser is the machine's own Chromium; nothing is downloaded."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from fenzu import Client
from fenzu.control import Control
from fenzu.testing import AccountMaker, SandboxAccount, SandboxProcess
from tests.console.gate import Gate, GatedAccounts
from tests.console.stage import PATIENCE, Console, Stage

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
Open = Callable[..., Stage]
Say = Callable[[str, str], str]
HERE = Path(__file__).parent
LONGEST_SECONDS = 300
"""So long a journey may take; what does not come in the end is told by what waits for it, much sooner."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let journeys take longer than other tests: a browser is what a busy machine slows down most."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium for all journeys; it ends before tests on an event loop of their own begin."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("needs chromium, which is not installed here")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, chromium_sandbox=False)
        yield started
        started.close()


@pytest.fixture(scope="module")
def make_account(sandbox: SandboxProcess, control: Control) -> Iterator[AccountMaker]:
    """Makes accounts that live as long as the tests of a module."""
    maker = AccountMaker(sandbox.ready, control)
    yield maker
    maker.delete_all()


@pytest.fixture
def client(account: SandboxAccount) -> Iterator[Client]:
    """Another program that works on the same account."""
    with Client(account.appid, account.secret, base_url=account.base_url) as opened:
        yield opened


in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def say(language: str) -> Say:
    """Says something in the `language` that a test is given: `say("Undo", "撤销")`."""
    return lambda english, chinese: english if language == "en" else chinese


@pytest.fixture
def gate() -> Gate:
    """The gate that the console's calls pass on their way to the platform: `with gate.shut("batchupdate"):`."""
    return Gate()


@pytest.fixture
def open_stage(browser: Browser, account: SandboxAccount, gate: Gate, tmp_path: Path) -> Iterator[Open]:
    """Opens a console on the test's account: `open_stage(is_read_only=True)`.

    The test fails where a page complained: an error of a script, something that the content policy refused, a dialog.
    """
    stages: list[Stage] = []
    with ExitStack() as stack:

        def start(*, is_read_only: bool = False) -> Stage:
            accounts = GatedAccounts(account, tmp_path, gate, is_read_only=is_read_only)
            console = stack.enter_context(Console(accounts))
            stages.append(Stage(browser, console, account))
            return stages[-1]

        yield start
        for context in browser.contexts:
            context.close()
    for stage in stages:
        assert not stage.complaints


@pytest.fixture
def stage(open_stage: Open) -> Stage:
    """A console on the test's account."""
    return open_stage()

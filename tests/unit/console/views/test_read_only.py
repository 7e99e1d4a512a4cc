"""An account that is open for reading only: no route changes anything of it."""

import re
from collections.abc import Iterable

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import JSON, OWN, Browser, PretendedAccounts

from fenzu.console.account.desk import ReadOnly
from fenzu.console.app import ACCOUNT_ROUTES

HARMLESS = {
    ("POST", "/sync"): "reads the account into the mirror",
    ("POST", "/regroup/lists"): "keeps a list on this machine, and plans it",
    ("POST", "/regroup/lists/{list}/plan"): "makes a plan, which changes nothing before it is applied",
    ("POST", "/runs/{stem}/look"): "asks where followers are",
    ("POST", "/runs/{stem}/keep"): "forgets what an undo would do",
    ("POST", "/runs/{stem}/check"): "asks where followers are",
    ("POST", "/jobs/{job}/stop"): "ends what only reads: nothing that writes has begun",
}
"""What may be asked for all the same, and why it changes nothing of an account."""


def below_an_account(routes: Iterable[BaseRoute], before: str = "") -> list[tuple[str, str]]:
    """List each route that is asked by another method than GET, with its method."""
    found = []
    for route in routes:
        if isinstance(route, Mount):
            found += below_an_account(route.routes, before + route.path)
        elif isinstance(route, Route):
            methods = (route.methods or set()) - {"GET", "HEAD", "OPTIONS"}
            found += [(method, before + route.path) for method in sorted(methods)]
    return found


WRITING = [route for route in below_an_account(ACCOUNT_ROUTES) if route not in HARMLESS]


@pytest.fixture
def accounts(accounts: PretendedAccounts) -> PretendedAccounts:
    """One account, for reading only."""
    accounts.accounts = [accounts.account("shop", is_read_only=True)]
    return accounts


async def test_no_route_writes(app: Starlette, browser: Browser, platform: Pretended) -> None:
    """Every route that writes refuses before it looks at what it is asked for, and the platform hears of nothing."""
    for method, path in WRITING:
        filled = "/a/shop" + re.sub(r"\{\w+(:\w+)?\}", "1", path)
        answer = await browser.send(method, filled, {**OWN, **JSON}, b"{}")
        assert (answer.status, answer.json["error"]) == (403, "ReadOnly"), (
            f"{method} {path}: call desk.check_may_write() first, or give a reason in HARMLESS"
        )
    assert platform.seen == []


def test_what_is_called_harmless_is_there() -> None:
    """The list of exceptions holds no route that there is not any more."""
    assert HARMLESS.keys() <= set(below_an_account(ACCOUNT_ROUTES))


async def test_the_refusal_says_what_to_do(app: Starlette, accounts: PretendedAccounts) -> None:
    """Who may only read is told why, and how to begin so that they may write."""
    desk = app.state.desks.get("shop")
    with pytest.raises(ReadOnly, match="open for reading only") as refusal:
        desk.check_may_write()
    assert "--read-only" in refusal.value.say("zh")

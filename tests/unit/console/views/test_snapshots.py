"""Putting a sandbox back and emptying an account: the mirrors that it makes untrue are in doubt, and no others."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.unit.console.browsing import Browser, PretendedAccounts

from fenzu.console.account.desk import Desk
from fenzu.console.sandbox import control_port
from fenzu.console.views import snapshots
from fenzu.control import Control, ControlError, Snapshot
from fenzu.errors import FenzuError, TransportError
from fenzu.wire.words import Words

NOT_KEPT = ControlError(400, "not_supported", "no snapshots in PostgreSQL")
PORT, OTHER = "http://127.0.0.1:8", "http://127.0.0.1:7"
AWAY = TransportError(Words("no answer", "没有应答"))
REFUSED = ControlError(404, "unknown_snapshot", "there is none")
RESET, RESTORE = "sandbox/reset", "sandbox/snapshots/restore"


@pytest.fixture
def accounts(accounts: PretendedAccounts) -> PretendedAccounts:
    """Two accounts in one sandbox, one in another, and two of which no control port is known."""
    ports = {"play": PORT, "more": PORT, "far": OTHER, "shop": None, "real": None}
    accounts.accounts = [accounts.account(name, control_url=url) for name, url in ports.items()]
    return accounts


async def doubted(app: Starlette, accounts: PretendedAccounts) -> set[str]:
    """Return the names of the accounts that are doubted."""
    desks = {account.name: app.state.desks.get(account.name) for account in accounts.list()}
    return {name for name, desk in desks.items() if await desk.doubt.words() is not None}


def answers(monkeypatch: pytest.MonkeyPatch, error: FenzuError | None) -> None:
    """Let the control port do what it is asked for, or fail."""

    async def ask(desk: Desk, work: Callable[[Control], object], *, patience: float | None = None) -> None:
        control_port.control_of(desk)
        if error is not None:
            raise error

    monkeypatch.setattr("fenzu.console.views.snapshots.ask_control", ask)


@pytest.mark.parametrize(
    ("path", "error", "status", "names"),
    [
        (f"/a/play/{RESET}", None, 200, {"play"}),
        (f"/a/play/{RESET}", AWAY, 504, {"play"}),
        (f"/a/play/{RESET}", REFUSED, 502, set()),
        (f"/a/play/{RESTORE}", None, 200, {"play", "more"}),
        (f"/a/play/{RESTORE}", AWAY, 504, {"play", "more"}),
        (f"/a/play/{RESTORE}", REFUSED, 502, set()),
        (f"/a/shop/{RESTORE}", None, 400, set()),
    ],
)
async def test_doubt_follows_what_was_or_may_have_been_done(
    app: Starlette,
    accounts: PretendedAccounts,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    error: FenzuError | None,
    status: int,
    names: set[str],
) -> None:
    """What was emptied or put back is doubted, also where the answer is lost; what was refused is not.

    A restore touches every account of its sandbox, and none where no control port is known.
    """
    answers(monkeypatch, error)
    answer = await browser.post(path, {"name": "before"} if path.endswith(RESTORE) else {})
    assert (answer.status, await doubted(app, accounts)) == (status, names)


def test_a_sandbox_that_takes_no_snapshots() -> None:
    """Where snapshots are not to be had there is no list of them; any other refusal is one."""

    def of(error: ControlError) -> Any:
        def refuse() -> list[Snapshot]:
            raise error

        return SimpleNamespace(snapshots=SimpleNamespace(list=refuse))

    assert snapshots._list(of(NOT_KEPT)) is None
    with pytest.raises(ControlError):
        snapshots._list(of(REFUSED))

"""What is done behind a mirror's back: the mirrors that it makes untrue are in doubt, and no others."""

import asyncio

import pytest
from tests.unit.console.browsing import Browser, PretendedAccounts

from fenzu.control import Control, ControlError
from fenzu.errors import FenzuError, TransportError
from fenzu.wire.words import Words

PORT = "http://127.0.0.1:8061"


class Snapshots:
    """Snapshots of a sandbox that puts back, refuses, or goes."""

    def __init__(self, error: FenzuError | None) -> None:
        self._error = error

    def restore(self, _: str) -> None:
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize(
    ("error", "status", "doubted"),
    [
        (None, 200, ["shop", "beside"]),
        (TransportError(Words("lost", "丢失")), 504, ["shop", "beside"]),
        (ControlError(404, "unknown_snapshot", "there is none"), 502, []),
    ],
    ids=["done", "answer lost", "refused"],
)
async def test_a_restore_touches_the_accounts_of_its_sandbox(
    accounts: PretendedAccounts,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    error: FenzuError | None,
    status: int,
    doubted: list[str],
) -> None:
    """A restore casts doubt on every account of that sandbox, also where its answer is lost, but not when refused."""
    accounts.accounts = [
        accounts.account("shop", control_url=PORT),
        accounts.account("beside", control_url=PORT),
        accounts.account("elsewhere", control_url="http://127.0.0.1:8071"),
        accounts.account("without"),
    ]
    control = Control(PORT)
    monkeypatch.setattr(control, "snapshots", Snapshots(error))
    monkeypatch.setattr(accounts, "open_control", lambda _: control)
    answer = await browser.post("/a/shop/sandbox/snapshots/restore", {"name": "before"})
    assert answer.status == status
    desks = browser.app.state.desks
    assert [each.name for each in accounts.accounts if await desks.get(each.name).doubt.words()] == doubted
    await asyncio.to_thread(control.close)

"""The desks of a console: what they open, and what becomes of one whose account has changed."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import PretendedAccounts

from fenzu import AsyncClient
from fenzu.client._events import Answered, Listener, Sending
from fenzu.console.account.desk import Desk, Desks
from fenzu.console.account.jobs import Board
from fenzu.console.account.refused import DOES, Refused
from fenzu.errors import StoreError
from fenzu.mirror import Mirror
from fenzu.wire.words import Language, Words


async def work() -> AsyncGenerator[object, None]:
    """Work on and on."""
    await asyncio.Event().wait()
    yield tell


def tell(board: Board, language: Language) -> dict[str, object]:
    """Tell nothing."""
    return {}


async def test_a_folder_that_cannot_be_made_is_told(accounts: PretendedAccounts, tmp_path: Path) -> None:
    """Where the mirror's folder is a file, that is said in words."""
    (tmp_path / "file").touch()
    mirror = str(tmp_path / "file" / "mirror.db")
    accounts.accounts = [msgspec.structs.replace(accounts.accounts[0], mirror=mirror)]
    desk = Desks(accounts).get("shop")
    assert desk is not None
    with pytest.raises(StoreError, match="cannot be written"):
        await desk.mirrors()


async def test_what_is_at_work_hears_of_refused_calls_alone(
    accounts: PretendedAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who watches is told that a call is tried again, and when one is answered, also in work that began late."""
    heard: list[Listener] = []
    monkeypatch.setattr(PretendedAccounts, "open_client", lambda _, __, on_event: heard.append(on_event))
    desk = Desks(accounts).get("shop")
    assert desk is not None
    assert desk.client is None
    job = desk.jobs.start("run", "plan", work(), tell)
    call = {"appid": "wx1", "base_url": "http://127.0.0.1", "endpoint": "groups.move", "number": 1}
    heard[0](Sending(**call))
    heard[0](Answered(**call, started_at=0, seconds=1))
    assert job.heard(Refused) is None
    heard[0](Answered(**call, started_at=0, seconds=1, errcode=-1))
    assert job.heard(Refused) == Refused(-1)
    later = desk.jobs.start("run", "later", work(), tell)
    heard[0](Answered(**call, started_at=0, seconds=1, errcode=-1))
    assert later.heard(Refused) == Refused(-1)
    heard[0](Answered(**call, started_at=0, seconds=1))
    assert job.heard(Refused) == later.heard(Refused) == DOES
    await asyncio.gather(job.stop(), later.stop())


@pytest.mark.parametrize("is_removed", [False, True])
async def test_a_desk_whose_account_has_changed_is_closed(
    accounts: PretendedAccounts, monkeypatch: pytest.MonkeyPatch, is_removed: bool
) -> None:
    """Where an account is kept anew or removed, what was at work for it ends, and all that was open is closed."""
    desks = Desks(accounts)
    old = desks.get("shop")
    assert old is not None
    mirrors, client = await old.mirrors(), old.client
    closed: list[AsyncClient] = []

    async def close(one: AsyncClient) -> None:
        closed.append(one)

    monkeypatch.setattr(AsyncClient, "aclose", close)
    job = old.jobs.start("run", "plan", work(), tell)
    before = accounts.accounts[0]
    accounts.accounts = [] if is_removed else [msgspec.structs.replace(before, is_read_only=True)]
    new = desks.get("shop")
    assert (new is None) if is_removed else (new is not None and new is not old)
    await desks.close()
    assert job.state == "stopped"
    with pytest.raises(StoreError):
        mirrors.read.groups()
    assert closed == [client]


async def test_a_desk_that_cannot_be_closed_keeps_none_open(
    accounts: PretendedAccounts, platform: Pretended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end all desks are closed, also behind one whose mirror fails at that."""
    accounts.accounts = [accounts.account("first"), accounts.account("second")]
    desks = Desks(accounts)
    first, second = desks.get("first"), desks.get("second")
    assert first is not None
    assert second is not None
    first.client, second.client  # noqa: B018 - opened
    await first.mirrors()
    mirrors = await second.mirrors()

    def fail() -> None:
        raise StoreError(Words("the disk is gone", "磁盘不可用"))

    monkeypatch.setattr((await first.mirrors()).write, "close", fail)
    await desks.close()
    with pytest.raises(StoreError):
        mirrors.read.groups()


async def test_a_mirror_in_postgresql_needs_no_folder(
    accounts: PretendedAccounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the mirror is in a database of somebody else, no folder is made for it."""
    real, opened = Mirror.open, []

    def open_mirror(place: str, base_url: str, appid: str, *, read_only: bool = False) -> Mirror:
        opened.append((place, read_only))
        return real(str(tmp_path / "mirror.db"), base_url, appid)

    place = "postgresql://db.test/fenzu"
    desk = Desk(msgspec.structs.replace(accounts.accounts[0], mirror=place), accounts)
    monkeypatch.setattr(Mirror, "open", open_mirror)
    await desk.mirrors()
    await desk.close()
    assert opened == [(place, False), (place, True), (place, True)]

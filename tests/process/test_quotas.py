"""Our own client at the end of its quota: it stops where it should, tells what is left, and goes on the next day."""

import asyncio
import time
from pathlib import Path

import pytest

from fenzu import AsyncClient, Client
from fenzu.control import Control
from fenzu.errors import ClearsUsedUp, DailyQuotaExceeded
from fenzu.testing import SandboxAccount, SandboxProcess

OPENIDS = [f"oQuota{number:022}" for number in range(250)]


@pytest.fixture
def own(own_wechat_sandbox: SandboxAccount) -> SandboxAccount:
    """An account in a sandbox of its own, whose clock may be turned."""
    own_wechat_sandbox.add_followers(OPENIDS)
    return own_wechat_sandbox


def test_a_job_of_two_days(own: SandboxAccount) -> None:
    """It stops at 45009, tells whom it refused and who was not tried, and does the rest on the next day."""
    own.set_quota(limits={"groups.move_many": 3})
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        first = account.groups.move_many(OPENIDS, to=2)
        assert (first.moved, list(first.failed), first.not_tried) == (
            OPENIDS[:150],
            OPENIDS[150:200],
            OPENIDS[200:],
        )
        assert isinstance(first.stopped_by, DailyQuotaExceeded)
        assert first.stopped_by.renews_at is not None
        rest = [*first.failed, *first.not_tried]
        again = account.groups.move_many(rest, to=2)
        assert (again.moved, len(again.failed), again.not_tried) == ([], 50, OPENIDS[200:])
        own.control.clock.advance_to_midnight()
        last = account.groups.move_many(rest, to=2)
        assert (last.moved, last.stopped_by) == (OPENIDS[150:], None)
        assert account.quota.get("groups/members/batchupdate").used == 2


def test_a_job_of_two_days_on_an_event_loop(own: SandboxAccount) -> None:
    """The same with the asynchronous client: whatever was in flight, nobody is lost and nobody told twice."""
    own.set_quota(limits={"groups.move_many": 3})

    async def work() -> None:
        async with AsyncClient(own.appid, own.secret, base_url=own.base_url) as account:
            first = await account.groups.move_many(OPENIDS, to=2)
            assert isinstance(first.stopped_by, DailyQuotaExceeded)
            assert len(first.moved) == 150
            assert sorted([*first.moved, *first.failed, *first.not_tried]) == OPENIDS
            own.control.clock.advance_to_midnight()
            last = await account.groups.move_many([*first.failed, *first.not_tried], to=2)
            assert (len(last.moved), last.stopped_by) == (100, None)

    asyncio.run(work())


def test_a_token_that_ends_in_mid_job(own: SandboxAccount) -> None:
    """Two hours of the sandbox's end the token; the client fetches one, and nobody notices."""
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        assert not account.groups.move_many(OPENIDS[:100], to=2).not_tried
        own.control.clock.advance(7200)
        assert not account.groups.move_many(OPENIDS[100:], to=2).not_tried
    assert own.control.accounts.get(own.appid).calls["token.stable"] == 2


def test_a_full_minute_is_waited_for(own: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 45011 the client waits for the next minute, as long as it takes, and the job is done."""
    own.set_quota(minute={"groups.move_many": 2})
    own.control.clock.freeze()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        own.control.clock.advance(seconds)

    monkeypatch.setattr(time, "sleep", nap)
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        result = account.groups.move_many(OPENIDS[:150], to=2)
    assert (len(result.moved), result.stopped_by) == (150, None)
    assert naps
    assert sum(naps) <= 61 * len(naps)


def test_clears_run_out(own: SandboxAccount) -> None:
    """Clearing opens a used-up day, ten times a month."""
    own.set_quota(limits={"groups.list": 1})
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        for _ in range(10):
            account.groups.list()
            with pytest.raises(DailyQuotaExceeded):
                account.groups.list()
            account.quota.clear()
        with pytest.raises(ClearsUsedUp):
            account.quota.clear()
        own.control.clock.advance(31 * 86_400)
        account.quota.clear()


@pytest.mark.parametrize(("kind", "limit"), [("ordinary", 1000), ("test", 100), ("large", 5000)])
def test_the_option_gives_the_kind(kind: str, limit: int, tmp_path: Path) -> None:
    """`--quota` refuses beyond the limits of such an account; what was used outlives a restart."""
    process = SandboxProcess("--store", str(tmp_path / "store"), "--quota", kind)
    ready = process.start()
    with Client(ready.appid, ready.secret, base_url=ready.base_url) as account:
        account.groups.list()
        assert account.quota.get("groups/get").remain == limit - 1
    process.stop()
    with process, Control(process.ready.control_url) as control:
        quota = control.quota.get(ready.appid)
        assert (quota.kind, quota.enforced, quota.used["groups.list"]) == (kind, True, 1)
        assert control.quota.mode() == kind
        control.quota.set_mode("off")
        assert not control.quota.get(ready.appid).enforced

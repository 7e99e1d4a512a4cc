"""A sync through both faces, with both clients, against a sandbox, into SQLite and PostgreSQL."""

import asyncio
from collections.abc import Iterator

import pytest

from fenzu import AsyncClient, Client
from fenzu.errors import MirrorInUse, UsageError
from fenzu.mirror import Event, Finished, Mirror, ProfilesRead, Started, Stopped, aio, sync
from fenzu.testing import SandboxAccount

OPENIDS = [f"oSync{number:023}" for number in range(1_234)]


@pytest.fixture
def mirror(account: SandboxAccount, new_database_place: str) -> Iterator[Mirror]:
    """The mirror of a fresh account with some followers."""
    account.add_followers(OPENIDS)
    with Mirror.open(new_database_place, account.base_url, account.appid) as opened:
        yield opened


def groups_in(mirror: Mirror) -> list[str]:
    """Return openid and group of each, as lines."""
    return b"".join(mirror.dump(["openid", "group_id"])).decode().splitlines()


def finished(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def test_a_sync_of_a_client_that_waits(account: SandboxAccount, mirror: Mirror) -> None:
    """`fenzu.mirror.sync` fills a mirror, then finds who is new, gone and moved by others."""
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        vip = client.groups.create("VIP")
        client.groups.move_many(OPENIDS[:60], to=vip)
        first = finished(list(sync(client, mirror)))
        assert first.calls == {"followers.get_many": 13, "followers.list": 1, "groups.list": 1}
        assert groups_in(mirror) == [
            f"{openid},{vip.id if number < 60 else 0}" for number, openid in enumerate(OPENIDS)
        ]
        account.remove_followers(OPENIDS[:2])
        account.add_followers(["oSync" + "n" * 23, OPENIDS[0]])
        second = finished(list(sync(client, mirror)))
        assert second.calls == {"followers.get_many": 1, "followers.list": 1, "groups.list": 1}
        assert groups_in(mirror)[-2:] == [f"{'oSync' + 'n' * 23},0", f"{OPENIDS[0]},0"]
        assert (mirror.followers, second.followers) == (1_234, 1_234)
        status = mirror.status()
        assert [(group.name, group.platform, group.mirror) for group in status.groups][-1] == ("VIP", 58, 58)
        assert (status.gone, status.unknown) == (1, 0)
        assert status.last_sync is not None
        assert status.last_sync.calls == second.calls


async def test_a_sync_of_a_client_on_a_loop(account: SandboxAccount, mirror: Mirror) -> None:
    """`fenzu.mirror.aio.sync` does the same on an event loop."""
    async with AsyncClient(account.appid, account.secret, base_url=account.base_url) as client:
        events = [event async for event in aio.sync(client, mirror, in_flight=3)]
        assert finished(events).calls["followers.get_many"] == 13
    assert len(groups_in(mirror)) == 1_234


def test_a_sync_over_two_days(own_wechat_sandbox: SandboxAccount, new_database_place: str) -> None:
    """A sync stops at the end of the day's quota and tells when it goes on; the next day it makes the calls left."""
    account = own_wechat_sandbox
    account.add_followers(OPENIDS)
    account.set_quota(limits={"followers.get_many": 5})
    with (
        Mirror.open(new_database_place, account.base_url, account.appid) as mirror,
        Client(account.appid, account.secret, base_url=account.base_url) as client,
    ):
        stopped = list(sync(client, mirror))[-1]
        assert isinstance(stopped, Stopped)
        assert (stopped.reason, mirror.unknown) == ("45009", 734)
        assert stopped.renews_at is not None
        account.control.clock.advance_to_midnight()
        account.set_quota(limits={"followers.get_many": 8})
        again = list(sync(client, mirror))
        assert again[0] == Started(True, 1_234)
        assert isinstance(again[-1], Finished)
        assert client.quota.get("user/info/batchget").used == 8
        assert len(groups_in(mirror)) == 1_234


def test_a_sync_that_is_left_early(account: SandboxAccount, mirror: Mirror) -> None:
    """Who stops asking for events ends the sync, and it can go on later."""
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        events = sync(client, mirror)
        next(events)
        next(events)
        events.close()
        assert mirror.followers == 1_234
        assert finished(list(sync(client, mirror))).calls["followers.list"] == 1


def test_another_account_s_mirror_is_refused(account: SandboxAccount, new_database_place: str) -> None:
    """A client cannot fill the mirror of another account."""
    with (
        Mirror.open(new_database_place, account.base_url, "wxother") as mirror,
        Client(account.appid, account.secret, base_url=account.base_url) as client,
        pytest.raises(UsageError, match="wxother"),
    ):
        list(sync(client, mirror))


def test_a_killed_sync_is_one_that_was_stopped(account: SandboxAccount, mirror: Mirror) -> None:
    """A sync whose task is cancelled in the midst leaves nothing running, and the next one ends it."""
    account.add_followers([f"oMore{number:023}" for number in range(2_000)])  # more than one writing takes

    async def program() -> None:
        async with AsyncClient(account.appid, account.secret, base_url=account.base_url) as client:
            in_the_midst = asyncio.Event()

            async def work() -> None:
                async for event in aio.sync(client, mirror, in_flight=2):
                    if isinstance(event, ProfilesRead):
                        in_the_midst.set()

            task = asyncio.ensure_future(work())
            await in_the_midst.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert 0 < mirror.unknown < 3_234
            assert isinstance([event async for event in aio.sync(client, mirror)][-1], Finished)

    asyncio.run(program())
    assert len(groups_in(mirror)) == 3_234


def test_a_second_sync_waits_for_the_first(
    account: SandboxAccount, mirror: Mirror, new_database_place: str
) -> None:
    """While a sync is at work another one of the same mirror is refused before it asks; a mirror beside it is not."""
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        first = sync(client, mirror)
        next(first)
        with (
            Mirror.open(new_database_place, account.base_url, account.appid) as same,
            pytest.raises(MirrorInUse, match="another sync"),
        ):
            list(sync(client, same))
        assert finished(list(first)).calls == {
            "followers.get_many": 13,
            "followers.list": 1,
            "groups.list": 1,
        }
        with Mirror.open(new_database_place, account.base_url, account.appid) as same:
            assert finished(list(sync(client, same))).followers == 1_234


def test_syncs_of_two_accounts_in_one_database(
    account: SandboxAccount, own_wechat_sandbox: SandboxAccount, mirror: Mirror, new_database_place: str
) -> None:
    """The mirrors of several accounts in one place are filled side by side."""
    other = own_wechat_sandbox
    with (
        Client(account.appid, account.secret, base_url=account.base_url) as client,
        Client(other.appid, other.secret, base_url=other.base_url) as second,
        Mirror.open(new_database_place, other.base_url, other.appid) as beside,
    ):
        first = sync(client, mirror)
        next(first)
        finished(list(sync(second, beside)))
        finished(list(first))

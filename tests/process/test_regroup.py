"""The engine as a library against a sandbox in a process of its own, through both clients, the whole way and back."""

from pathlib import Path

import polars as pl
import pytest

from fenzu import AsyncClient, Client, regroup
from fenzu.control import Fault
from fenzu.mirror import Mirror, sync
from fenzu.mirror import aio as mirror_aio
from fenzu.regroup import aio
from fenzu.testing import SandboxAccount

State = tuple[dict[int, str], dict[str, int | None]]


@pytest.fixture
def openids(account: SandboxAccount) -> list[str]:
    """Seven hundred followers, a third of them blacklisted or starred."""
    found = account.add_followers(500)
    for group in (1, 2):
        found += account.add_followers(100, group=group)
    return found


def state_of(client: Client, openids: list[str]) -> State:
    """Return the names of all groups, and the group of each follower."""
    names: dict[int, str] = {group.id: group.name for group in client.groups.list()}
    return names, {one.openid: one.group_id for one in client.followers.get_many(openids)}


def test_the_whole_way_and_back(
    account: SandboxAccount, wechat_client: Client, openids: list[str], tmp_path: Path
) -> None:
    """A frame is planned, applied, verified and undone; calls are exactly what the plan said."""
    friends = wechat_client.groups.create("朋友")
    wechat_client.groups.move_many(openids[:120], to=friends)
    before = state_of(wechat_client, openids)
    frame = pl.DataFrame(
        {"openid": openids[:180], "group": [("VIP", "朋友", "=Gold")[n % 3] for n in range(180)]}
    )
    with Mirror.open(str(tmp_path / "mirror.db"), wechat_client.directory.base_url, account.appid) as mirror:
        for _ in sync(wechat_client, mirror):
            pass
        planned = regroup.plan(wechat_client, mirror, frame, create=True)
        with regroup.save(planned.plan, str(tmp_path / "crm.plan")) as run:
            report = regroup.finish(run, wechat_client, mirror=mirror)
            assert (report.state, report.moved, report.failed) == ("done", planned.plan.moves, 0)
            assert sum(report.calls.values()) == planned.plan.calls
            assert regroup.verify(run, wechat_client, mirror=mirror).is_right
            assert regroup.verify(run, wechat_client, sample=50).asked == 50
            assert regroup.plan(wechat_client, mirror, frame).plan.is_empty
            assert {group.name for group in wechat_client.groups.list()} >= {"VIP", "=Gold", "朋友"}
            *_, last = regroup.undo(run, wechat_client, mirror=mirror)
            assert isinstance(last, regroup.Finished)
    assert state_of(wechat_client, openids) == before


async def test_in_bad_weather(
    account: SandboxAccount,
    wechat_client: Client,
    wechat_async_client: AsyncClient,
    openids: list[str],
    tmp_path: Path,
) -> None:
    """Over lost answers, resets and a busy platform the wish is reached, no group made twice, and undone."""
    before = state_of(wechat_client, openids)
    wish = {openid: ("VIP", "Gold")[number % 2] for number, openid in enumerate(openids[:200])}
    url = wechat_async_client.directory.base_url
    with Mirror.open(str(tmp_path / "mirror.db"), url, account.appid) as mirror:
        async for _ in mirror_aio.sync(wechat_async_client, mirror):
            pass
        planned = await aio.plan(wechat_async_client, mirror, wish, create=True)
        account.faults(
            Fault(call="groups/*", effect="lost_answer", chance=0.15),
            Fault(call="groups/*", effect="reset", chance=0.1),
            Fault(call="groups/*", errcode=-1, chance=0.1),
            seed=7,
        )
        with await aio.save(planned.plan, str(tmp_path / "crm.plan")) as run:
            report = await aio.finish(run, wechat_async_client, mirror=mirror)
            assert (report.state, report.moved) == ("done", 200)
            assert (await aio.verify(run, wechat_async_client)).is_right
            names = [group.name for group in await wechat_async_client.groups.list()]
            assert names.count("VIP") == names.count("Gold") == 1
            events = [event async for event in aio.undo(run, wechat_async_client, mirror=mirror)]
            assert isinstance(events[-1], regroup.Finished)
    account.faults()
    assert state_of(wechat_client, openids) == before

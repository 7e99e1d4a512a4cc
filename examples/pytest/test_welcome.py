"""Tests of a program that sorts followers. Run: `pytest test_welcome.py`, or `pytest -n 2` with pytest-xdist."""

import asyncio

import pytest

from fenzu import AsyncClient, Client
from fenzu.errors import InvalidOpenid
from fenzu.testing import SandboxAccount


def welcome(account: Client, openids: list[str]) -> int:
    """Put followers into the group 新粉丝, which is made where it is missing; return how many were moved."""
    groups = {group.name: group for group in account.groups.list()}
    group = groups.get("新粉丝") or account.groups.create("新粉丝")
    return len(account.groups.move_many(openids, to=group).moved)


def test_new_followers_are_sorted(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    openids = wechat_sandbox.add_followers(60)
    assert welcome(wechat_client, openids) == 60
    assert wechat_client.groups.of(openids[0]) == 100


def test_somebody_has_gone(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    stays, goes = wechat_sandbox.add_followers(2)
    wechat_sandbox.remove_followers([goes])
    assert welcome(wechat_client, [stays, goes]) == 1
    with pytest.raises(InvalidOpenid):
        wechat_client.groups.of(goes)


def test_async(wechat_async_client: AsyncClient) -> None:
    group = asyncio.run(wechat_async_client.groups.create("VIP"))
    assert group.id == 100

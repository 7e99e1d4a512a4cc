"""What the page of an account tells, and what it never does."""

import asyncio
from pathlib import Path

import pytest

from fenzu.console.account.accounts import Account
from fenzu.console.account.used_quota import USED, Left, left_of
from fenzu.errors import PlatformBusy
from fenzu.model import CallQuota
from fenzu.wire.endpoints import ENDPOINTS


def account(mirror: str) -> Account:
    return Account(name="shop", appid="wx1", base_url="http://127.0.0.1:9", mirror=mirror, runs=Path("runs"))


@pytest.mark.parametrize(
    ("mirror", "shown"),
    [
        ("/data/mirror.db", "/data/mirror.db"),
        ("postgresql://me:s3cret@db.test:5432/fenzu", "postgresql://me@db.test:5432/fenzu"),
        ("postgres://db.test/fenzu?password=s3cret", "postgresql://db.test/fenzu"),
        ("postgresql://me:s3cret@[", "postgresql://…"),
    ],
)
def test_a_mirror_is_told_without_its_password(mirror: str, shown: str) -> None:
    """Where a mirror is can be read on a page; a password in its address cannot."""
    assert account(mirror).mirror_shown == shown


def test_the_trouble_of_one_call_is_its_own() -> None:
    """Each call that the console makes is asked for by its path, and an error of one leaves the others told."""

    async def ask(path: str) -> CallQuota:
        if path == ENDPOINTS["groups.move"].path:
            raise PlatformBusy(-1, "system error")
        return CallQuota(path, 1000, 950, 50)

    found = asyncio.run(left_of(ask))
    assert [left.call for left in found] == list(USED)
    refused = [left for left in found if left.quota is None]
    assert [left.call for left in refused] == ["groups.move"]
    assert isinstance(refused[0].trouble, PlatformBusy)
    assert not refused[0].is_low
    assert all(left.is_low for left in found if left.quota)


def test_a_day_that_has_just_begun() -> None:
    """A call of which much is left is not told to be low."""
    assert not Left("x", USED["groups.list"], CallQuota("/x", 1000, 900, 100)).is_low

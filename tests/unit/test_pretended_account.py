"""The account in memory that mirror and engine are tested against behaves as the platform does."""

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of, refusal

from fenzu.errors import (
    DailyQuotaExceeded,
    InvalidOpenid,
    ReservedGroup,
    SystemBusy,
    TransportError,
    UnknownGroup,
)
from fenzu.wire.words import Words

ANA, BEN, CAT = map(openid_of, range(3))


@pytest.fixture
def account() -> PretendedAccount:
    """Three followers, one of them in group 100."""
    return PretendedAccount({ANA: 0, BEN: 0, CAT: 100}, {100: "VIP"})


async def test_it_keeps_groups_and_members(account: PretendedAccount) -> None:
    """Groups are made, renamed and deleted, followers moved; who was in a deleted group is in group 0."""
    made = await account.create_group("VIP")
    await account.rename_group(100, "贵宾")
    await account.move([ANA, BEN], to=made.id)
    assert [(group.id, group.count) for group in await account.groups()] == [
        (0, 0),
        (1, 0),
        (2, 0),
        (100, 1),
        (101, 2),
    ]
    await account.delete_group(101)
    assert account.state() == (
        {0: "未分组", 1: "黑名单", 2: "星标组", 100: "贵宾"},
        {ANA: 0, BEN: 0, CAT: 100},
    )
    assert account.ids("贵宾") == [100]
    assert account.changes()[2] == Made("groups.move_many", 101, (ANA, BEN))


async def test_it_pages_in_the_order_of_following(account: PretendedAccount) -> None:
    """A page holds who followed next, and the last page is empty; a profile tells who does not follow."""
    account.page_size = 2
    first = await account.page(None)
    second = await account.page(first.next)
    assert (first.openids, second.openids, first.total) == ((ANA, BEN), (CAT,), 3)
    assert (await account.page(second.next)).next is None
    found = await account.profiles([CAT, openid_of(9)])
    assert [(one.subscribe, one.group_id) for one in found] == [(True, 100), (False, None)]


async def test_it_refuses_as_the_platform_does(account: PretendedAccount) -> None:
    """Unknown groups and openids and reserved groups are refused, and a batch with a bad openid moves nobody."""
    account.bad.add(BEN)
    for openids in ([ANA, BEN], [ANA, openid_of(9)]):
        with pytest.raises(InvalidOpenid):
            await account.move(openids, to=100)
    with pytest.raises(UnknownGroup):
        await account.move([ANA], to=555)
    with pytest.raises(ReservedGroup):
        await account.delete_group(2)
    with pytest.raises(InvalidOpenid):
        await account.page(openid_of(9))  # type: ignore[arg-type]  # any text will do
    assert account.members[ANA] == 0


async def test_a_call_can_fail_before_and_after(account: PretendedAccount) -> None:
    """What fails before changes nothing; what fails after is done, and its answer lost."""

    async def busy(made: Made) -> None:
        raise refusal(-1, made.call)

    def lost(made: Made) -> None:
        raise TransportError(Words("lost", "丢失"))

    account.before = busy
    with pytest.raises(SystemBusy):
        await account.move([ANA], to=100)
    account.before, account.after = None, lost
    with pytest.raises(TransportError):
        await account.move([BEN], to=100)
    assert (account.members[ANA], account.members[BEN]) == (0, 100)


async def test_a_day_has_an_end(account: PretendedAccount) -> None:
    """The call behind the day's last one is refused with 45009, until the count is cleared."""
    account.daily["groups.move_many"] = 1
    await account.move([ANA], to=100)
    assert (await account.quota("groups.move_many")).remain == 0
    with pytest.raises(DailyQuotaExceeded):
        await account.move([BEN], to=100)
    account.calls_today.clear()
    await account.move([BEN], to=100)
    assert (await account.quota("groups.of")).remain == 1_000_000
    assert account.directory is account
    assert repr(account) == "PretendedAccount('wx1', 3 followers)"

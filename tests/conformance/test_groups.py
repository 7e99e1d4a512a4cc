"""Every SDK drives all seven group calls; what it did is read back by another call and by a second pair of eyes."""

from collections.abc import Callable

import pytest

from tests.conformance.referee import Account
from tests.conformance.sdks import STRANGER, STRAY, VIPS, Connect, Sdk, SdkError

# weixin-python leaves the file of its token to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

OK = {"errcode": 0, "errmsg": "ok"}


def shown(sdk: Sdk) -> dict[int, tuple[str, int]]:
    """Return the groups as the SDK lists them."""
    return {row["id"]: (row["name"], row["count"]) for row in sdk.list()}


def test_list_shows_each_group_with_its_count(sdk: Sdk) -> None:
    """An SDK reads number, name and count of the reserved and of the account's own groups."""
    assert sdk.list() == [
        {"id": 0, "name": "未分组", "count": 60},
        {"id": 1, "name": "黑名单", "count": 0},
        {"id": 2, "name": "星标组", "count": 0},
        {"id": 104, "name": "VIP", "count": 3},
        {"id": 106, "name": "★不测试组★", "count": 0},
    ]


@pytest.mark.parametrize(
    "name", ["test", "华东媒", "★ 贵宾 ★", "🎈 \U0001f468‍\U0001f469‍\U0001f467", "a\"b'c/d&e=f+g%20", "é" * 30]
)
def test_create_gives_a_number_and_keeps_the_name(sdk: Sdk, account: Account, name: str) -> None:
    """A created group has the next number, and its name comes back as it was sent, escaped on the way or not."""
    made = sdk.create(name)
    assert (made["id"], made["name"]) == (107, name)
    assert shown(sdk)[107] == account.groups()[107] == (name, 0)
    assert sdk.create(name)["id"] == 108


def test_of_tells_the_group_of_a_follower(sdk: Sdk) -> None:
    """An SDK reads the number of the group a follower is in, 0 for one who is in none."""
    assert sdk.of(VIPS[0]) == 104
    assert sdk.of(STRAY[0]) == 0


def test_rename_changes_the_name_only(sdk: Sdk, account: Account) -> None:
    """A renamed group keeps number and members."""
    assert sdk.rename(104, "贵宾") == OK
    assert shown(sdk)[104] == account.groups()[104] == ("贵宾", 3)
    assert sdk.of(VIPS[0]) == 104


def test_move_takes_one_follower_along(sdk: Sdk, account: Account) -> None:
    """A moved follower is in the new group, both counts follow, and nobody else has moved."""
    assert sdk.move(STRAY[7], 106) == OK
    assert sdk.of(STRAY[7]) == account.group_of(STRAY[7]) == 106
    assert sdk.of(STRAY[8]) == 0
    assert [shown(sdk)[number][1] for number in (0, 104, 106)] == [59, 3, 1]


def test_move_many_takes_fifty_followers_along(sdk: Sdk, account: Account) -> None:
    """A batch of fifty moves whoever is listed, from whatever group, and nobody else."""
    batch = [*VIPS, *STRAY[:47]]
    assert sdk.move_many(batch, 106) == OK
    assert {account.group_of(openid) for openid in batch} == {106}
    assert {sdk.of(openid) for openid in STRAY[47:50]} == {0}
    assert [shown(sdk)[number][1] for number in (0, 104, 106)] == [13, 0, 50]


def test_delete_sends_the_members_back(sdk: Sdk, account: Account) -> None:
    """The members of a deleted group are in group 0 again, and its number is not given a second time."""
    assert sdk.delete(104) == OK
    assert 104 not in shown(sdk)
    assert 104 not in account.groups()
    assert {sdk.of(openid) for openid in VIPS} == {0}
    assert shown(sdk)[0][1] == 63
    assert sdk.delete(106) == OK
    assert sdk.create("next")["id"] == 107


def test_numbers_may_be_sent_as_text(sdk: Sdk, account: Account) -> None:
    """Group numbers that a caller has as text do the same as numbers."""
    assert sdk.rename("106", "by text") == OK
    assert sdk.move(STRAY[0], "106") == OK
    assert sdk.move_many(STRAY[1:3], "106") == OK
    assert account.groups()[106] == ("by text", 3)
    assert sdk.delete("106") == OK
    assert 106 not in account.groups()


@pytest.mark.parametrize("openid", [STRANGER, "nobody", ""])
def test_a_stranger_is_refused(sdk: Sdk, account: Account, openid: str) -> None:
    """An openid that does not follow answers 40003 in each of the three calls, and a batch moves nobody."""
    tries: list[Callable[[], object]] = [
        lambda: sdk.of(openid),
        lambda: sdk.move(openid, 106),
        lambda: sdk.move_many([STRAY[0], openid, STRAY[1]], 106),
    ]
    for attempt in tries:
        with pytest.raises(SdkError) as caught:
            attempt()
        assert (caught.value.code, caught.value.message) == (40003, "invalid openid")
    assert account.groups()[106][1] == 0


def test_unknown_groups_are_refused(sdk: Sdk, account: Account) -> None:
    """A group that the account does not have answers 40050, and nobody moves."""
    before = account.groups()
    tries: list[Callable[[], object]] = [
        lambda: sdk.rename(105, "x"),
        lambda: sdk.delete(105),
        lambda: sdk.move(STRAY[0], 105),
        lambda: sdk.move_many(STRAY[:2], 105),
    ]
    for attempt in tries:
        with pytest.raises(SdkError) as caught:
            attempt()
        assert (caught.value.code, caught.value.message) == (40050, "invalid group id")
    assert account.groups() == before


def test_a_batch_of_fifty_one_is_refused(sdk: Sdk, account: Account) -> None:
    """Fifty-one openids answer 40032, and none of them moves."""
    with pytest.raises(SdkError) as caught:
        sdk.move_many(STRAY[:51], 106)
    assert (caught.value.code, caught.value.message) == (40032, "invalid openid list size")
    assert account.groups()[106][1] == 0


@pytest.mark.parametrize("name", ["", "x" * 31])
def test_bad_names_are_refused(sdk: Sdk, account: Account, name: str) -> None:
    """An empty name and one of 31 characters answer 40051, on create and on rename."""
    before = account.groups()
    tries: list[Callable[[], object]] = [lambda: sdk.create(name), lambda: sdk.rename(104, name)]
    for attempt in tries:
        with pytest.raises(SdkError) as caught:
            attempt()
        assert (caught.value.code, caught.value.message) == (40051, "invalid group name")
    assert account.groups() == before


def test_reserved_groups_are_refused(sdk: Sdk, account: Account) -> None:
    """Groups 0, 1 and 2 can be moved to, but neither renamed nor deleted: 45016."""
    tries: list[Callable[[], object]] = [lambda: sdk.rename(2, "x"), lambda: sdk.delete(1)]
    for attempt in tries:
        with pytest.raises(SdkError) as caught:
            attempt()
        assert (caught.value.code, caught.value.message) == (45016, "can't modify sys group")
    assert sdk.move(STRAY[0], 2) == OK
    assert account.group_of(STRAY[0]) == 2


def test_a_full_account_says_so_in_the_words_sdks_look_for(
    connect: Connect, make_account: Callable[..., Account]
) -> None:
    """The 501st group answers 45018 with its exact text, and room made by a delete can be used."""
    full = make_account(groups=[{"id": 100 + number, "name": f"group {number}"} for number in range(500)])
    sdk = connect(full.appid, full.secret)
    assert len(sdk.list()) == 503
    with pytest.raises(SdkError) as caught:
        sdk.create("one more")
    assert (caught.value.code, caught.value.message) == (45018, "too many group now, no need to add new")
    sdk.delete(300)
    assert sdk.create("one more")["id"] == 600

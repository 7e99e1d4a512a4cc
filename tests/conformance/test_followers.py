"""Followers as the SDKs that have the calls read them: pages, profiles, many profiles."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.referee import Account
from tests.conformance.sdks import STRAY, VIPS, Connect, Sdk, SdkError, Wechatpy, Weixin, Werobot

# weixin-python leaves the file of its token to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


def test_pages_lead_to_every_follower(connect: Connect, make_account: Callable[..., Account]) -> None:
    """Page after page of ten thousand gives every follower once; the page after the last has no data."""
    big = make_account(followers=10_001)
    sdk = connect(big.appid, big.secret)
    first = sdk.followers()
    assert (first["total"], first["count"]) == (10_001, 10_000)
    assert first["next_openid"] == first["data"]["openid"][-1]
    second = sdk.followers(first["next_openid"])
    assert (second["total"], second["count"]) == (10_001, 1)
    assert len({*first["data"]["openid"], *second["data"]["openid"]}) == 10_001
    last = sdk.followers(second["next_openid"])
    assert (last["count"], last["next_openid"]) == (0, "")
    assert not last.get("data")


def test_a_profile_tells_the_group(sdk: Sdk) -> None:
    """A follower's profile names the group that a move has put them in."""
    sdk.move(STRAY[0], 106)
    profile = sdk.profile(STRAY[0])
    assert (profile["openid"], profile["subscribe"], profile["groupid"]) == (STRAY[0], 1, 106)


def test_a_stranger_has_no_profile(sdk: Sdk) -> None:
    """Something that is no openid answers 40003."""
    with pytest.raises(SdkError) as caught:
        sdk.profile("nobody")
    assert caught.value.code == 40003


def test_wechatpy_walks_over_all_followers(make_account: Callable[..., Account]) -> None:
    """wechatpy's own loop over the pages ends, and has seen everybody once."""
    big = make_account(followers=20_000)
    client = Wechatpy(big.base_url, big.appid, big.secret).client
    assert len(set(client.user.iter_followers())) == 20_000


def test_wechatpy_reads_many_profiles(account: Account) -> None:
    """wechatpy's batch of profiles comes back in the order that was asked for."""
    client = Wechatpy(account.base_url, account.appid, account.secret).client
    rows = client.user.get_batch([VIPS[1], STRAY[0]])
    assert [(row["openid"], row["groupid"]) for row in rows] == [(VIPS[1], 104), (STRAY[0], 0)]


@pytest.mark.usefixtures("adapter_put_back")
def test_werobot_reads_many_profiles(account: Account) -> None:
    """WeRoBot's batch of profiles comes back in the order that was asked for."""
    client = Werobot(account.base_url, account.appid, account.secret).client
    rows = client.get_users_info([VIPS[1], STRAY[0]])["user_info_list"]
    assert [(row["openid"], row["groupid"]) for row in rows] == [(VIPS[1], 104), (STRAY[0], 0)]


def test_a_batch_of_profiles_that_is_malformed_is_told_so(account: Account, tmp_path: Path) -> None:
    """weixin-python sends the whole list as each `openid` (its mistake): the answer is 40003, not a crash."""
    sdk = Weixin(account.base_url, account.appid, account.secret, tmp_path / "token")
    with pytest.raises(Exception, match="40003 invalid openid"):
        sdk.client.user_info_batchget(VIPS[0], VIPS[1])

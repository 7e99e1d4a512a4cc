"""Tags, blacklist and remarks as wechatpy speaks them; the SDK's own methods, nothing put in between."""

from collections.abc import Callable
from typing import Any

import pytest
from wechatpy.exceptions import WeChatClientException

from tests.conformance.referee import Account
from tests.conformance.sdks import STRANGER, STRAY, VIPS, Wechatpy


@pytest.fixture
def client(account: Account) -> Any:
    """wechatpy's client, connected to `account`."""
    return Wechatpy(account.base_url, account.appid, account.secret).client


def code_of(call: Callable[..., object], *arguments: object) -> int:
    with pytest.raises(WeChatClientException) as caught:
        call(*arguments)
    return int(caught.value.errcode)


def test_a_tag_from_making_to_deleting(client: Any) -> None:
    """Made, listed, renamed, given to one and to many, read from both ends, taken, deleted."""
    tag = client.tag.create("广东")
    assert tag == {"id": 107, "name": "广东"}
    client.tag.update(tag["id"], "广东人")
    client.tag.tag_user(tag["id"], STRAY[0])
    client.tag.tag_user(tag["id"], [STRAY[2], STRAY[1]])
    assert client.tag.get() == [
        {"id": 2, "name": "星标组", "count": 0},
        {"id": 107, "name": "广东人", "count": 3},
    ]
    assert client.tag.get_user_tag(STRAY[0]) == [107]
    assert client.tag.get_tag_users(107)["data"]["openid"] == STRAY[:3]
    assert list(client.tag.iter_tag_users(107)) == STRAY[:3]
    assert client.tag.get_tag_users(107, STRAY[1])["data"]["openid"] == [STRAY[2]]
    client.tag.untag_user(107, STRAY[0])
    assert client.tag.get_user_tag(STRAY[0]) == []
    client.tag.delete(107)
    assert [row["id"] for row in client.tag.get()] == [2]


def test_tags_that_are_refused(client: Any) -> None:
    """wechatpy raises the platform's code."""
    client.tag.create("广东")
    assert code_of(client.tag.create, "广东") == 45157
    assert code_of(client.tag.create, "x" * 31) == 45158
    assert code_of(client.tag.update, 999, "x") == 45159
    assert code_of(client.tag.delete, 2) == 45058
    assert code_of(client.tag.tag_user, 2, STRANGER) == 40003
    assert code_of(client.tag.tag_user, 2, STRAY[:51]) == 40032


def test_the_blacklist(client: Any) -> None:
    """Put on it, listed, taken off it; twenty at most."""
    assert client.tag.get_black_list() == {"total": 0, "count": 0, "next_openid": ""}
    client.tag.batch_black_list([*VIPS[:1], *STRAY[:2]])
    listed = client.tag.get_black_list()
    assert (listed["total"], listed["data"]["openid"]) == (3, [*STRAY[:2], *VIPS[:1]])
    assert client.tag.get_black_list(STRAY[1])["data"]["openid"] == VIPS[:1]
    assert client.group.get(VIPS[0]) == 1
    client.tag.batch_unblack_list([*STRAY[:2], *VIPS[:1]])
    assert client.group.get(VIPS[0]) == 0
    assert code_of(client.tag.batch_black_list, STRAY[:21]) == 40032


def test_a_remark_and_tags_in_the_profile(client: Any) -> None:
    """What was set shows in one profile and in many."""
    client.user.update_remark(STRAY[0], "胖子")
    client.tag.tag_user(2, STRAY[0])
    assert (client.user.get(STRAY[0])["remark"], client.user.get(STRAY[0])["tagid_list"]) == ("胖子", [2])
    assert [user["remark"] for user in client.user.get_batch([STRAY[1], STRAY[0]])] == ["", "胖子"]
    assert code_of(client.user.update_remark, STRANGER, "x") == 43004
    assert code_of(client.user.update_remark, STRAY[0], "胖" * 10) == 40092

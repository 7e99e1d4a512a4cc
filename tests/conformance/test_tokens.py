"""Tokens as the SDKs fetch, keep and renew them, and the errors of wrong credentials."""

from collections.abc import Callable

import pytest

from tests.conformance.referee import Account
from tests.conformance.sdks import STRAY, VIPS, Connect, Sdk, SdkError

# weixin-python leaves the file of its token to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


def test_a_refused_token_is_replaced_by_sdks_that_do_so(sdk: Sdk) -> None:
    """A made-up token answers 40001: the SDKs that heal themselves carry on, the others report it."""
    assert sdk.of(VIPS[0]) == 104
    sdk.spoil_token()
    if sdk.heals:
        assert sdk.of(VIPS[0]) == 104
        return
    with pytest.raises(SdkError) as caught:
        sdk.of(VIPS[0])
    assert (caught.value.code, caught.value.message) == (40001, "invalid credential")


def test_two_clients_of_an_account_live_side_by_side(connect: Connect, account: Account) -> None:
    """A second client's token supersedes the first one's, which works on during the grace."""
    first, second = connect(account.appid, account.secret), connect(account.appid, account.secret)
    assert first.of(VIPS[0]) == 104
    assert second.move(VIPS[0], 106) == {"errcode": 0, "errmsg": "ok"}
    assert first.of(VIPS[0]) == 106


@pytest.mark.parametrize(
    ("appid", "secret", "code", "message"),
    [("wx0000000000000000", "0" * 32, 40013, "invalid appid"), (None, "0" * 32, 40125, "invalid appsecret")],
)
def test_wrong_credentials_are_told(
    connect: Connect, account: Account, appid: str | None, secret: str, code: int, message: str
) -> None:
    """An unknown appid answers 40013, a wrong secret 40125, at the first call that needs a token."""
    sdk = connect(appid or account.appid, secret)
    with pytest.raises(SdkError) as caught:
        sdk.list()
    assert (caught.value.code, caught.value.message) == (code, message)


def test_accounts_never_meet(
    connect: Connect, account: Account, make_account: Callable[..., Account]
) -> None:
    """One account neither sees nor moves another one's followers."""
    other = make_account(followers=2)
    sdk = connect(other.appid, other.secret)
    assert [row["id"] for row in sdk.list()] == [0, 1, 2]
    with pytest.raises(SdkError) as caught:
        sdk.move(STRAY[0], 1)
    assert caught.value.code == 40003
    assert account.group_of(STRAY[0]) == 0

"""The SDKs under rulebook 2021, where texts carry a rid, fewer groups are listed, and an unknown group answers -1."""

import re
from collections.abc import Callable, Iterator

import pytest

from fenzu.testing import SandboxProcess
from tests.conformance.referee import Account
from tests.conformance.sdks import STRANGER, STRAY, VIPS, Sdk, SdkError

# weixin-python leaves the file of its token to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

OK = {"errcode": 0, "errmsg": "ok"}
RID = r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """A sandbox of the later rulebook, in the place of the session's."""
    with SandboxProcess("--rules", "2021") as process:
        yield process


def test_all_seven_calls(sdk: Sdk, account: Account) -> None:
    """An SDK creates, lists, looks up, renames, moves one and many, and deletes."""
    assert sdk.create("test")["id"] == 107
    assert sdk.rename(107, "贵宾") == OK
    assert sdk.move(STRAY[0], 107) == OK
    assert sdk.move_many(STRAY[1:4], 107) == OK
    assert sdk.of(STRAY[3]) == account.group_of(STRAY[3]) == 107
    assert {(row["id"], row["name"], row["count"]) for row in sdk.list()} == {
        (2, "星标组", 0),
        (104, "VIP", 3),
        (106, "★不测试组★", 0),
        (107, "贵宾", 4),
    }
    assert sdk.delete(107) == OK
    assert sdk.of(STRAY[0]) == account.group_of(STRAY[0]) == 0


def test_errors_keep_their_code_and_gain_a_rid(sdk: Sdk) -> None:
    """A stranger is 40003, an unknown group -1 or 40152, an empty name 40051; each text ends with a rid."""
    tries: list[tuple[Callable[[], object], int, str]] = [
        (lambda: sdk.of(STRANGER), 40003, "invalid openid"),
        (lambda: sdk.move(STRAY[0], 105), -1, "system error"),
        (lambda: sdk.delete(105), 40152, r"invalid group id hint: \[.{9}-.{6}\]"),
        (lambda: sdk.create(""), 40051, r"invalid group name hint: \[.{9}-.{6}\]"),
    ]
    for attempt, code, text in tries:
        with pytest.raises(SdkError) as caught:
            attempt()
        assert caught.value.code == code
        assert re.fullmatch(text + RID, caught.value.message), caught.value.message


def test_a_refused_token_is_replaced_by_sdks_that_do_so(sdk: Sdk) -> None:
    """The long text of 40001 changes nothing for SDKs that renew a refused token: they go by its code."""
    assert sdk.of(VIPS[0]) == 104
    sdk.spoil_token()
    if sdk.heals:
        assert sdk.of(VIPS[0]) == 104
        return
    with pytest.raises(SdkError) as caught:
        sdk.of(VIPS[0])
    assert caught.value.code == 40001

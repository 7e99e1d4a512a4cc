"""What is refused before anything is sent, and what is left to the platform."""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.client.scripted import APPID, BASE_URL, SECRET, account_of

from fenzu import Client
from fenzu.client import _check as check
from fenzu.client._account import Account
from fenzu.client._secret import Secret
from fenzu.client.token import fetch
from fenzu.errors import FenzuError, UsageError
from fenzu.model import Group, GroupID
from fenzu.wire.endpoints import is_production

OPENID = "oDF3iYx0ro3_7jD4HFRDfrjdCM58"


@pytest.mark.parametrize("name", ["test", "贵宾", " ", "x" * 31, "★不测试组★", "\x01"])
def test_a_name_is_the_platforms_to_judge(name: str) -> None:
    """Any text of at least one character is sent; how long a name may be depends on the platform's rules."""
    assert check.check_name(name) == name


@pytest.mark.parametrize("name", ["", None, 5, b"test", ["test"]])
def test_no_name_is_refused(name: Any) -> None:
    """An empty name, or what is no text, costs no call."""
    with pytest.raises(UsageError, match="at least one character"):
        check.check_name(name)


@pytest.mark.parametrize(
    ("group", "number"), [(0, 0), (108, 108), (Group(GroupID(7), "x"), 7), (2**63 - 1, 2**63 - 1)]
)
def test_a_group_is_a_number_or_a_value(group: Group | int, number: int) -> None:
    """A group is given as its number or as the `Group` that a call returned."""
    assert check.check_group(group) == number


@pytest.mark.parametrize("group", [-1, 2**63, True, False, "108", 1.0, None, Group(GroupID(-1), "x")])
def test_no_group_is_refused(group: Any) -> None:
    """An id that is no id costs no call; True is no id, though Python holds it for 1."""
    with pytest.raises(UsageError, match="not a group"):
        check.check_group(group)


@pytest.mark.parametrize("openid", [OPENID, "o1", "A" * 128, "_-"])
def test_what_may_be_an_openid_is_sent(openid: str) -> None:
    """Whether a follower has this openid is left to the platform, its length too."""
    assert check.check_openid(openid) == openid


@pytest.mark.parametrize("openid", ["", "a b", "é", OPENID + "\n", "o" * 129, "a/b", None, 7, b"o1"])
def test_no_openid_is_refused(openid: Any) -> None:
    """What cannot be an openid costs no call, and is not shown whole."""
    with pytest.raises(UsageError, match="not an openid") as refused:
        check.check_openid(openid)
    assert OPENID not in refused.value.say("en") + refused.value.say("zh")


def test_openids_lose_their_repeats_and_keep_their_order() -> None:
    """Each openid is taken once, in the order of its first appearance, from any iterable."""
    assert check.check_openids(iter(["o2", "o1", "o2", "bad one"])) == ["o2", "o1", "bad one"]
    assert check.check_openids({"o1": 1}) == ["o1"]
    assert check.check_openids([]) == []


@pytest.mark.parametrize("openids", [OPENID, b"o1", [1], [["o1"]], [None], ["o1", b"o2"]])
def test_what_are_no_openids_is_refused(openids: Any) -> None:
    """One openid where many are wanted would be taken apart into letters; it is refused, as is what is no text."""
    with pytest.raises(UsageError):
        check.check_openids(openids)


def test_openids_are_read_once() -> None:
    """An iterable that can be read only once, such as a generator over a file, is enough."""

    def read() -> Iterator[str]:
        yield from ("o1", "o2")

    assert check.check_openids(read()) == ["o1", "o2"]


@pytest.mark.parametrize(
    ("base_url", "kept"),
    [
        ("https://api.weixin.qq.com/", "https://api.weixin.qq.com"),
        ("http://127.0.0.1:8060", "http://127.0.0.1:8060"),
        ("HTTP://[::1]:8060", "http://[::1]:8060"),
        ("https://API.weixin.qq.com./", "https://api.weixin.qq.com"),
        ("https://gateway.example/wechat/", "https://gateway.example/wechat"),
    ],
)
def test_a_base_url_is_kept_without_its_slash(base_url: str, kept: str) -> None:
    """Any http or https address may stand for the platform, with a path if need be."""
    assert check.check_base_url(base_url) == kept


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.weixin.qq.com",
        "ftp://host",
        "http://",
        "http:///path",
        "http://user:pw@host",
        "http://host?",
        "http://host/?a=b",
        "http://host#x",
        "http://a b",
        "http://host\n",
        "http://host:0",
        "http://host:99999",
        "http://host:port",
        "http://[::1",
        "http://h\\ost",
        None,
        b"http://host",
    ],
)
def test_no_base_url_is_refused(base_url: Any) -> None:
    """What is no address, or holds more than an address, is refused with an example."""
    with pytest.raises(UsageError, match=r"https://api\.weixin\.qq\.com"):
        check.check_base_url(base_url)


@pytest.mark.parametrize("base_url", ["https://host/cgi-bin", "https://HOST/wechat/cgi-bin/"])
def test_a_base_url_ends_before_cgi_bin(base_url: str) -> None:
    """An address copied with the platform's own folder would make every path wrong; the right one is told."""
    with pytest.raises(UsageError, match=r"give https://host(/wechat)?$"):
        check.check_base_url(base_url)


@pytest.mark.parametrize(
    "host", ["api.weixin.qq.com", "SH.api.weixin.qq.com", "api2.weixin.qq.com.", "api.weixin.qq.com:80"]
)
def test_production_asks_for_tls(host: str) -> None:
    """No secret goes to production in the clear, however its host is spelled."""
    with pytest.raises(UsageError, match="https only"):
        check.check_base_url(f"http://{host}")


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1",
        "http://127.8.8.8:80",
        "http://localhost:1",
        "https://LOCALHOST.",
        "http://a.localhost",
        "http://[::1]:1",
    ],
)
def test_loopback_is_known(base_url: str) -> None:
    """Every spelling of this machine counts as loopback, where no proxy stands between."""
    assert check.is_loopback(base_url)


@pytest.mark.parametrize(
    "base_url",
    ["http://127.evil.example", "http://localhost.example", "http://10.0.0.1", "http://[::2]", "none"],
)
def test_other_hosts_are_no_loopback(base_url: str) -> None:
    """A host that only begins like this machine is another one."""
    assert not check.is_loopback(base_url)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 86_401, True, "10", None])
def test_seconds_have_to_make_sense(seconds: Any) -> None:
    """A timeout is a number above 0 and no longer than a day."""
    with pytest.raises(UsageError, match="timeout"):
        check.check_seconds("timeout", seconds)
    assert check.check_seconds("timeout", 0.5) == 0.5


@pytest.mark.parametrize("appid", ["", " wx1", "wx 1", "wx1\n", "w" * 65, "wx.1", "微信", None, 5])
def test_no_appid_is_refused(appid: Any) -> None:
    """An empty appid, one copied with white space around it, or one of other letters costs no call."""
    with pytest.raises(UsageError, match="appid"):
        check.check_appid(appid)


@pytest.mark.parametrize("text", ["", SECRET + "\n", " " + SECRET, SECRET + "\ud800", 5, b"secret"])
@pytest.mark.parametrize("name", ["secret", "token"])
def test_no_secret_is_refused_and_not_shown(name: str, text: Any) -> None:
    """A secret with a newline, as files hold it, is refused before it is sent, and the error does not show it."""
    with pytest.raises(UsageError, match=f"the {name} is empty") as refused:
        account_of(**{"secret": SECRET, name: text})
    assert SECRET not in str(refused.value)


def test_an_account_needs_a_secret_or_a_token() -> None:
    """With neither there is nothing to call with, unless the client only reads tokens that others fetch."""
    with pytest.raises(UsageError, match="neither a secret nor a token"):
        account_of(secret=None)
    account_of(secret=None, token="TOKEN")
    account_of(secret=None, read_only_token=True)


def test_a_kind_of_token_is_one_of_two() -> None:
    """A misspelt kind is refused at once; what was given is not shown, it may be a token in the wrong place."""
    with pytest.raises(UsageError) as refused:
        account_of(token_kind="CANARY")
    assert "CANARY" not in str(refused.value)


def test_an_account_has_defaults() -> None:
    """Real time and real chance are taken where none are given."""
    account = Account(APPID, Secret(SECRET), fetch, base_url=BASE_URL)
    assert account.clock is time
    assert type(account.chance) is random.Random
    assert repr(account) == f"Account({APPID!r}, {BASE_URL!r})"


def test_refusals_are_value_errors_with_advice() -> None:
    """Each refusal is a `ValueError`, and says in both languages what to do next."""
    with pytest.raises(ValueError, match="Next: ") as refused:
        check.check_openid("")
    assert isinstance(refused.value, FenzuError)
    assert refused.value.advice.en
    assert refused.value.advice.zh


def test_a_language_that_errors_do_not_speak() -> None:
    """`language` takes "en" and "zh"; anything else is refused when the client is made, not when an error is shown."""
    with pytest.raises(UsageError, match="language"):
        Client("wx", "a-secret", language="fr")  # type: ignore[arg-type]  # the wrong value is the test


@pytest.mark.parametrize(
    "host", ["api。weixin。qq。com", "ａpi.weixin.qq.com", "api%2Eweixin.qq.com", "127%2E0.0.1", "[::1", "."]
)
def test_hosts_in_another_spelling_are_refused(host: str) -> None:
    """A host that the HTTP library would read as another one is refused, so that no secret goes where nobody meant."""
    with pytest.raises(UsageError, match="base URL"):
        check.check_base_url(f"http://{host}")
    assert not is_production(f"http://{host}")

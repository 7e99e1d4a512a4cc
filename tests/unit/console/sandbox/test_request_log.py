"""How a request of the log is told: as a line, in full, and what of an address chooses among them."""

import json

import msgspec
import pytest

from fenzu.console.sandbox.log_lines import Filter, entry_of, filter_of, readable
from fenzu.control import LoggedRequest
from fenzu.control.requests import Explained
from fenzu.errors import UsageError
from fenzu.wire.words import Words

LOGGED = LoggedRequest(
    7,
    1764057600.25,
    "wx1",
    None,
    "POST",
    "/cgi-bin/\u202ex",
    "",
    "",
    "{}",
    40003,
    Explained(Words("no openid", "openid 无效"), Words("look", "请检查")),
    12.34,
    "delay 100 ms, errcode -1, lost_answer",
    "127.0.0.1",
)


def test_a_line() -> None:
    """A line tells the time in Beijing, the path where no call is known, the code's meaning and the fault in words."""
    entry = entry_of(LOGGED, "zh")
    assert (entry.time, entry.call, entry.took) == ("16:00:00.250", "POST /cgi-bin/\ufffdx", "12.3 ms")
    assert (entry.errcode, entry.meaning) == (40003, "openid 无效")
    assert entry.fault == "延迟 100 毫秒，错误码 -1，已执行，但应答丢失"
    assert entry_of(LOGGED, "en").fault == "100 ms late, errcode -1, done, and the answer lost"


def test_what_is_looked_for() -> None:
    """An address chooses the account's own requests unless it says otherwise, and what is empty leaves nothing out."""
    assert filter_of({}) == Filter()
    assert Filter().wanted("wx1") == {"appid": "wx1", "call": None, "errcode": None, "text": None}
    found = filter_of({"whose": "all", "call": " groups.* ", "errcode": "0", "text": "VIP"})
    assert found.wanted("wx1") == {"appid": None, "call": "groups.*", "errcode": 0, "text": "VIP"}
    assert found.is_narrow
    assert not filter_of({"whose": "all"}).is_narrow


def test_a_code_that_is_no_number() -> None:
    """A code that cannot be one is told in words."""
    with pytest.raises(UsageError, match="a code is a number"):
        Filter(errcode="busy").wanted("wx1")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (r'{"name":"\u8d35\u5bbe","ids":[1]}', ["{", '  "name": "贵宾",', '  "ids": [', "    1", "  ]", "}"]),
        ('{"cut', ['{"cut']),
        ("a=1\nb=2\x1b[31m", ["a=1", "b=2\ufffd[31m"]),
        (json.dumps({"half": "\ud83d"}), ["{", '  "half": "\ufffd"', "}"]),
        ("[" * 100_000, ["[" * 100_000]),
    ],
    ids=["letters as letters", "what is cut", "no JSON", "half a character", "too deep"],
)
def test_bodies(text: str, lines: list[str]) -> None:
    """JSON is told with a line for each value, anything else as it is, and what acts in a page is a sign."""
    assert readable(text) == lines


@pytest.mark.parametrize(
    ("call", "is_taken"),
    [
        ("groups.move_many", True),
        ("groups.create", True),
        ("groups.list", False),
        ("token.stable", False),
        (None, False),
    ],
)
def test_only_what_changes_something(call: str | None, is_taken: bool) -> None:
    """Reading, the console's own too, can be left out; without that wish everything is shown."""
    request = msgspec.structs.replace(LOGGED, call=call)
    assert filter_of({"changes": "1"}).takes(request) == is_taken
    assert filter_of({"changes": "1"}).is_narrow
    assert filter_of({}).takes(request)

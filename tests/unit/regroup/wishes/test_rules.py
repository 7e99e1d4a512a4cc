"""Wishes by rule, over a mirror."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenzu.errors import UsageError
from fenzu.mirror.store import Mirror
from fenzu.model import Follower, Group, GroupID, OpenID
from fenzu.regroup._wishes.rules import Rule, read_rules
from fenzu.regroup._wishes.rules.conditions import DEEPEST, read_condition

OPENIDS = [f"o{n:027d}" for n in range(6)]
SEEN = datetime(2026, 11, 1, tzinfo=UTC).timestamp()


def beijing(day: int, hour: int = 0) -> int:
    """A moment of January 2026 in Beijing, in Unix seconds."""
    return int(datetime(2026, 1, day, tzinfo=UTC).timestamp()) + (hour - 8) * 3600


def person(n: int, group: int, remark: str = "", unionid: str = "", since: int | None = None) -> Follower:
    return Follower(
        OpenID(OPENIDS[n]), True, GroupID(group), remark=remark, unionid=unionid, subscribe_time=since
    )


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    with Mirror.open(str(tmp_path / "m.db"), "http://127.0.0.1:1", "wx1") as kept:
        kept.note_groups(
            [Group(GroupID(0), "未分组"), Group(GroupID(100), "VIP"), Group(GroupID(101), "媒体")], SEEN
        )
        for openid in OPENIDS:
            kept.subscribed(openid, beijing(1))
        kept.learn(
            [
                person(0, 100, "VIP 张三", "u0", beijing(1)),
                person(1, 100, 'a "b", c', "", beijing(2, 23)),
                person(2, 0, "", "u2", beijing(3)),
                person(3, 101, "vip 50%", "", None),
                person(4, 102, "a.b", "u4", beijing(2)),
                person(5, 0, "VIP\n李四", "u5", beijing(1, 12)),
            ],
            SEEN,
        )
        yield kept


def who(mirror: Mirror, where: str) -> list[int]:
    return sorted(
        OPENIDS.index(openid) for _, openid, _ in read_rules([Rule(where, "x")], mirror).frame.rows()
    )


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('remark like "VIP%"', [0, 5]),
        ('REMARK LIKE "vip%"', [3]),
        ("remark like '%四'", [5]),
        (r'remark like "%50\%"', [3]),
        ('remark like "a.b"', [4]),
        ('remark like "a_b"', [4]),
        ('remark like "%""b""%"', [1]),
        ('remark not like "%" or remark like ""', [2]),
        ("remark like “VIP%”", [0, 5]),
        ('remark = "a.b"', [4]),
        ("remark is empty", [2]),
        ("unionid is not empty", [0, 2, 4, 5]),
        ("unionid is null", [1, 3]),
        ("group_id = 100", [0, 1]),
        ("group_id in (101, 102)", [3, 4]),
        ("group_id not in (0,100)", [3, 4]),
        ("group_id between 1 and 101", [0, 1, 3]),
        ("group_id > 101", [4]),
        ("group_id < 1", [2, 5]),
        ("group_id <> 0 and group_id != 100", [3, 4]),
        ("group_id == 0", [2, 5]),
        ('group = "媒体"', [3]),
        ("group = “媒体”", [3]),
        ('group in ("VIP", "未分组")', [0, 1, 2, 5]),
        ("group is empty", [4]),
        ('subscribed_at = "2026-01-02"', [1, 4]),
        ('subscribed_at != "2026-01-02"', [0, 2, 5]),
        ('subscribed_at < "2026-01-02"', [0, 5]),
        ('subscribed_at <= "2026-01-02"', [0, 1, 4, 5]),
        ('subscribed_at > "2026-01-02"', [2]),
        ('subscribed_at >= "2026-01-02"', [1, 2, 4]),
        ('subscribed_at between "2026-01-02" and "2026-01-03"', [1, 2, 4]),
        ('subscribed_at in ("2026-01-01", "2026-01-03")', [0, 2, 5]),
        ("subscribed_at is null", [3]),
        ('seen_at >= "2026-11-01"', [0, 1, 2, 3, 4, 5]),
        (f'openid = "{OPENIDS[3]}"', [3]),
        ("not group_id = 0", [0, 1, 3, 4]),
        ("not not group_id = 0", [2, 5]),
        ('group_id = 0 or group_id = 101 and remark = "x"', [2, 5]),
        ('(group_id = 0 or group_id = 101) and remark like "vip%"', [3]),
        ("not (group_id = 0 or group_id = 100)", [3, 4]),
    ],
)
def test_conditions(mirror: Mirror, where: str, expected: list[int]) -> None:
    """A condition compares a follower's fields as the mirror knows them; days are whole days in Beijing."""
    assert who(mirror, where) == expected


def test_the_first_rule_counts(mirror: Mirror) -> None:
    """Of several rules the first that fits tells the group; who fits none is not in the wish."""
    wishes = read_rules([Rule("group_id = 100", " VIP2 "), Rule("unionid is not empty", "101")], mirror)
    assert wishes.frame.rows() == [
        (1, OPENIDS[0], "VIP2"),
        (1, OPENIDS[1], "VIP2"),
        (2, OPENIDS[2], "101"),
        (2, OPENIDS[4], "101"),
        (2, OPENIDS[5], "101"),
    ]
    assert wishes.name == "where group_id = 100 to  VIP2 ; where unionid is not empty to 101"
    assert wishes.rows == 5 and len(wishes.problems) == 0 and len(wishes.digest) == 64


def test_rules_over_nobody(tmp_path: Path) -> None:
    """Over an empty mirror a rule is an empty wish."""
    with Mirror.open(str(tmp_path / "e.db"), "http://127.0.0.1:1", "wx1") as empty:
        assert read_rules([Rule("group_id = 0", "x")], empty).frame.height == 0


@pytest.mark.parametrize(
    ("where", "at", "why"),
    [
        ("", 1, "a field is expected: openid, group, group_id, remark, unionid, subscribed_at, seen_at"),
        ("nickname = 'x'", 1, "a field is expected"),
        ("remark", 7, "=, !=, <, >, like, in, between or is is expected"),
        ("remark = VIP", 10, "a text in quotation marks is expected"),
        ("remark = 5", 10, "a text in quotation marks is expected"),
        ("remark like VIP", 13, "a text is expected"),
        ("group_id like '1%'", 10, "group_id is no text"),
        ("group_id = '5'", 12, "a whole number is expected"),
        ("group_id = 5.5", 12, "this is not understood here"),
        ("subscribed_at = 'yesterday'", 17, "a day is expected"),
        ("subscribed_at = '2026-02-30'", 17, "a day is expected"),
        ("subscribed_at = '20260203'", 17, "a day is expected"),
        ("group_id in (1, 2", 18, ") is expected"),
        ("group_id in 1", 13, r"( is expected"),
        ("group_id between 1 or 2", 20, "and is expected"),
        ("group_id is 5", 13, "empty is expected"),
        ("(group_id = 1", 14, ") is expected"),
        ("group_id = 1 group_id = 2", 14, "and, or or the end is expected"),
        ("remark = 'open", 10, "this is not understood here"),
        ("remark = 'x'; drop table", 13, "this is not understood here"),
        ("remark || 'x' = 'y'", 8, "this is not understood here"),
        ("read_csv('/etc/passwd') = 'x'", 1, "a field is expected"),
        ("not", 4, "a field is expected"),
        ("(" * 60 + "group_id = 1" + ")" * 60, DEEPEST + 1, "conditions lie too deep in each other"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(where: str, at: int, why: str) -> None:
    """A condition that cannot be read is refused with the character, what stands there and what was expected."""
    with pytest.raises(UsageError) as caught:
        read_condition(where)
    assert f"at character {at}" in caught.value.words.en and why in caught.value.words.en
    assert f"第 {at} 个字符" in caught.value.words.zh and caught.value.advice.zh


@pytest.mark.parametrize("rules", [[], [Rule("group_id = 0", " ")]])
def test_a_rule_without_a_group(mirror: Mirror, rules: list[Rule]) -> None:
    """Each condition needs a group."""
    with pytest.raises(UsageError, match="each condition needs a group"):
        read_rules(rules, mirror)


@given(
    st.text(
        st.sampled_from("remark group_id andornot()'\"=<>,%_\\ 15like in between is 分\n\t;-"), max_size=30
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is given as a condition is understood or refused with words, and nothing else happens."""
    try:
        read_condition(text)
    except UsageError as refused:
        assert "at character" in refused.words.en

"""The two rulebooks: what the platform answered in 2013, and what was last seen on the wire.

A rulebook changes answers and limits, never which calls exist. `2013` is what the seeds describe, and the default.
"""

from typing import Literal, TypeAlias

import msgspec

from fenzu.wire.evidence import Mark
from fenzu.wire.words import Words

RulebookName: TypeAlias = Literal["2013", "2021"]


class Rulebook(msgspec.Struct, frozen=True):
    """One rulebook. A field that holds a code says which code answers; 0 means that the call answers ok."""

    name: RulebookName
    custom_groups: int
    name_limit: int
    name_unit: Literal["characters", "bytes"]
    listed_reserved: tuple[int, ...]
    suffix: bool
    rename_reserved: int
    rename_unknown: int
    move_unknown: int
    delete_unknown: int
    delete_reserved: int
    bad_group_id: int
    invalid_credential: str

    def name_length(self, name: str) -> int:
        """Return how long the platform finds `name`: code points, or bytes of UTF-8."""
        if self.name_unit == "characters":
            return len(name)
        return len(name.encode("utf-8", "surrogatepass"))


RULES_2013 = Rulebook(
    name="2013",
    custom_groups=500,
    name_limit=30,
    name_unit="characters",
    listed_reserved=(0, 1, 2),
    suffix=False,
    rename_reserved=45016,
    rename_unknown=40050,
    move_unknown=40050,
    delete_unknown=40050,
    delete_reserved=45016,
    bad_group_id=40050,
    invalid_credential="invalid credential",
)

RULES_2021 = Rulebook(
    name="2021",
    custom_groups=100,
    name_limit=30,
    name_unit="bytes",
    listed_reserved=(2,),
    suffix=True,
    rename_reserved=-1,
    rename_unknown=-1,
    move_unknown=-1,
    delete_unknown=40152,
    delete_reserved=0,
    bad_group_id=-1,
    invalid_credential=(
        "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, "
        "more details at https://mmbizurl.cn/s/JtxxFh33r"
    ),
)

RULEBOOKS: dict[RulebookName, Rulebook] = {"2013": RULES_2013, "2021": RULES_2021}


class Point(msgspec.Struct, frozen=True):
    """One difference between the rulebooks with its evidence, for the fidelity page."""

    what: Words
    in_2013: Words
    marks_2013: tuple[Mark, ...]
    in_2021: Words
    marks_2021: tuple[Mark, ...]


D, W, L, I, OURS = Mark.DOCUMENTED, Mark.WIRE, Mark.LIBRARY, Mark.INFERRED, Mark.OURS  # noqa: E741 - the marks' own letters

POINTS: tuple[Point, ...] = (
    Point(
        Words("groups an account may hold", "一个账号可建的分组数"),
        Words("500 custom", "500 个"),
        (D,),
        Words("100 custom", "100 个"),
        (D,),
    ),
    Point(
        Words("group name", "分组名"),
        Words("1–30 characters (code points)", "1–30 个字符（码点）"),
        (D,),
        Words("1–30 bytes of UTF-8", "1–30 个字节（UTF-8）"),
        (I,),
    ),
    Point(
        Words("groups/get lists", "groups/get 列出"),
        Words("0, 1, 2 and custom", "0、1、2 和自建"),
        (D, W),
        Words("2 and custom", "2 和自建"),
        (W,),
    ),
    Point(
        Words("suffix of errmsg", "errmsg 后缀"),
        Words("none", "无"),
        (D, W),
        Words(
            "` rid: …`; 40051, 40092, 40152, 45157, 45159 have ` hint: […] rid: …`; -1 and 47001 rid alone",
            "` rid: …`；40051、40092、40152、45157、45159 为 ` hint: […] rid: …`；-1 与 47001 只有 rid",
        ),
        (W,),
    ),
    Point(
        Words("rename of 0, 1, 2", "修改 0、1、2"),
        Words("45016", "45016"),
        (D,),
        Words("-1", "-1"),
        (L,),
    ),
    Point(
        Words("rename of an unknown group", "修改不存在的分组"),
        Words("40050", "40050"),
        (D,),
        Words("-1", "-1"),
        (W,),
    ),
    Point(
        Words("move to an unknown group", "移动到不存在的分组"),
        Words("40050", "40050"),
        (D,),
        Words("-1", "-1"),
        (L,),
    ),
    Point(
        Words("delete of an unknown group", "删除不存在的分组"),
        Words("40050", "40050"),
        (D,),
        Words("40152", "40152"),
        (W,),
    ),
    Point(
        Words("delete of 0, 1, 2", "删除 0、1、2"),
        Words("45016", "45016"),
        (OURS,),
        Words("ok, and nothing happens", "ok，但什么也不发生"),
        (L,),
    ),
    Point(
        Words("batch with a bad openid", "批量中有错误的 openid"),
        Words("40003, nobody moved", "40003，全部不移动"),
        (L,),
        Words("the same", "相同"),
        (L,),
    ),
    Point(
        Words("more than 50, or no, openids in a batch", "批量超过 50 个或为空"),
        Words("40032", "40032"),
        (I,),
        Words("the same", "相同"),
        (I,),
    ),
    Point(
        Words("text of 40001", "40001 的文字"),
        Words("`invalid credential`", "`invalid credential`"),
        (D,),
        Words(
            "`invalid credential, access_token is invalid or not latest, …`",
            "`invalid credential, access_token is invalid or not latest, …`",
        ),
        (W,),
    ),
)

"""The words that all renderings share, and how numbers, shares and moments are written."""

from datetime import UTC, datetime

from fenzu.regroup._planning.cost import Cost
from fenzu.regroup._problem_kinds import KINDS
from fenzu.regroup._render.view import View
from fenzu.wire.words import Words

TITLE = Words("Regroup plan", "分组计划")
UNDO_TITLE = Words("Undo of a regroup", "撤销分组")
NOTHING = Words("Nothing to do: everybody is where they should be.", "无事可做：每个人都已在应在的分组。")
NONE_USABLE = Words(
    "Nothing to do: no row of the list can be used; its problems tell why.",
    "无事可做：名单中没有一行可用，原因见有问题的行。",
)
CREATED, RENAMED, DELETED = (
    Words("Groups to be made", "新建分组"),
    Words("Groups to be renamed", "改名分组"),
    Words("Groups to be deleted if empty", "删除分组（若为空）"),
)
FROM, TO, FOLLOWERS = Words("from", "从"), Words("to", "到"), Words("followers", "人数")
GROUP, ID, LEAVE, JOIN = (
    Words("group", "分组"),
    Words("id", "id"),
    Words("leave", "移出"),
    Words("join", "移入"),
)
NEW = Words("new", "新建")
OLD_NAME, NEW_NAME = Words("old name", "原名"), Words("new name", "新名")
MOVES = Words("Who moves", "移动情况")
TRAFFIC = Words("Groups", "分组变化")
COST, CALL, CALLS = Words("Cost", "成本"), Words("call", "接口"), Words("calls", "次数")
TODAY, A_DAY = Words("today", "今日执行"), Words("a day", "每日")
PROBLEMS, KIND, ROWS = (
    Words("Rows with problems", "有问题的行"),
    Words("kind", "类型"),
    Words("rows", "行数"),
)
FINDINGS = Words("Refused unless it is forced (--force)", "须强制才会执行（--force）")
NOTES = Words("Note", "注意")
MADE_FROM = Words("Made from", "依据")


def kind_words(kind: str) -> Words:
    """Return what a kind of problem is called; one that is not known here goes by its own name."""
    plain = kind.replace("_", " ")
    return KINDS[kind].title if kind in KINDS else Words(plain, plain)


def number(n: int) -> str:
    """Write a number for people."""
    return f"{n:,}"


def share(part: int, whole: int) -> str:
    """Write a part as a percentage, with a decimal where it is small."""
    percent = part * 100 / whole if whole else 0.0
    if 0 < percent < 0.05:
        return "< 0.1 %"
    return f"{percent:.0f} %" if percent >= 10 or not percent else f"{percent:.1f} %"


def at(seconds: float) -> str:
    """Write a moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def age(seconds: float) -> Words:
    """Say how long ago something was."""
    for size, one, chinese in ((86_400, "day", "天"), (3_600, "hour", "小时"), (60, "minute", "分钟")):
        if seconds >= size:
            n = int(seconds // size)
            return Words(f"{n} {one}{'' if n == 1 else 's'}", f"{n} {chinese}")
    return Words("less than a minute", "不到一分钟")


def how_long(cost: Cost) -> Words:
    """Say on how many days a plan is carried out."""
    calls, today, rest = number(cost.calls), number(cost.today), number(cost.calls - cost.today)
    if cost.today == cost.calls:
        return Words(
            "1 call, within today's quota"
            if cost.calls == 1
            else f"{calls} calls, all of them within today's quota",
            f"共 {calls} 次调用，都在今日额度之内",
        )
    return Words(
        f"{calls} calls: {today} today, the other {rest} until {cost.ends_on} (Beijing); {cost.days} days in all",
        f"共 {calls} 次调用：今日 {today} 次，其余 {rest} 次到 {cost.ends_on}（北京时间）为止；共需 {cost.days} 天",
    )


def nothing(view: View) -> Words:
    """Say why an empty plan is empty."""
    header = view.header
    return NONE_USABLE if header.problems and not header.unchanged else NOTHING


def summary(view: View) -> Words:
    """Say in a sentence what the plan does."""
    header = view.header
    moves, followers = number(view.moves), number(header.followers)
    english, chinese = [f"{moves} of {followers} followers move"], [f"{followers} 个粉丝中移动 {moves} 个"]
    for n, one, many, zh in (
        (len(view.creates), "group is made", "groups are made", "新建分组 {} 个"),
        (len(view.renames), "group is renamed", "groups are renamed", "改名分组 {} 个"),
        (len(view.deletes), "group is deleted", "groups are deleted", "删除分组 {} 个"),
    ):
        if n:
            english.append(f"{number(n)} {one if n == 1 else many}")
            chinese.append(zh.format(number(n)))
    done = [", ".join(english) + ".", "，".join(chinese) + "。"]
    wishes, there = number(header.wishes), number(header.unchanged)
    if header.kind == "apply":
        done[0] += f" Of {wishes} listed, {there} are where they should be."
        done[1] += f"名单 {wishes} 人中，{there} 人已在应在的分组。"
    return Words(*done)

"""`fenzu mirror status`: what the mirror holds, how old it is, and how many calls are left today."""

import asyncio
import time
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from fenzu.cli.command import command
from fenzu.cli.io import Column
from fenzu.cli.mirror.budget import ask_quotas
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.moments import moment
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.span import span
from fenzu.mirror import GroupCount, Status
from fenzu.model import CallQuota
from fenzu.wire.words import Words

_FACTS = (Column(Words("what", "项目")), Column(Words("value", "值")))
_GROUPS = (
    Column(Words("group", "分组"), right=True, style="cyan"),
    Column(Words("name", "名称")),
    Column(Words("platform", "平台"), right=True),
    Column(Words("mirror", "镜像"), right=True),
)
_STAGES = {
    "pages": Words("reading openids", "读取 openid"),
    "groups": Words("reading groups", "读取分组"),
    "profiles": Words("reading profiles", "读取资料"),
    "done": Words("done", "完成"),
}
"""Where the last sync is, or where the next one goes on."""


@command(
    None,
    "status",
    words=Words(
        "tell what the mirror holds, how old it is, and what calls are left",
        "查看镜像内容、新旧和剩余调用次数",
    ),
    details=Words(
        "Counts the followers of each group beside what the platform last told. Asks the platform only for the quota. "
        "In a pipe: name and value a line, then `group`, id, name, platform's count and mirror's count.",
        "按分组统计人数，并与平台最近给出的人数对照。只向平台查询额度。"
        "在管道中每行输出名称和值，然后是 group、id、名称、平台人数、镜像人数。",
    ),
    examples=("fenzu mirror status", "fenzu mirror status --json"),
)
@MIRROR
@on_account()
async def status(session: Session, mirror: str | None) -> None:
    """Print the status."""
    credentials, streams = session.credentials, session.streams
    with open_mirror(mirror, credentials.base_url, credentials.appid, read_only=True) as opened:
        found = await asyncio.to_thread(opened.status)
        where = opened.where
    quotas = await ask_quotas(session.client.directory)
    if streams.as_json:
        left = {call: quota.remain for call, quota in quotas.items()}
        streams.json({"mirror": where, **msgspec.to_builtins(found), "calls_left": left})
        return
    facts = _facts(where, found, quotas, time.time())
    if not streams.drawn:
        streams.rows(_FACTS, [(fact.name, fact.value) for fact in facts])
        rows = [_row(group, drawn=False) for group in found.groups]
        streams.rows((_FACTS[0], *_GROUPS), [("group", *row) for row in rows])
        return
    said = [(fact.title.say(streams.language), fact.shown.say(streams.language)) for fact in facts]
    streams.rows(_FACTS, said)
    streams.line("")
    streams.rows(_GROUPS, [_row(group, drawn=True) for group in found.groups])


class Fact(NamedTuple):
    """A line: its name and its value in a pipe, its title and its value on a terminal."""

    name: str
    title: Words
    value: str
    shown: Words


def _facts(where: str, found: Status, quotas: dict[str, CallQuota], now: float) -> Iterator[Fact]:
    yield _same("mirror", Words("mirror", "镜像"), where)
    yield _count("followers", Words("followers", "粉丝"), found.followers)
    yield _count("unknown", Words("group unknown", "分组未知"), found.unknown)
    yield _count("gone", Words("have left", "已取消关注"), found.gone)
    if found.oldest is not None:
        yield _age("oldest", Words("oldest fact", "最旧的资料"), found.oldest, now)
    if found.median is not None:
        yield _age("median", Words("median fact", "资料时间中位数"), found.median, now)
    if found.invalid_since is not None:
        since = moment(int(found.invalid_since))
        shown = Words(f"{since}: run fenzu mirror sync", f"{since}，请运行 fenzu mirror sync")
        yield Fact("untrue since", Words("untrue since", "失效于"), since, shown)
    if found.last_sync is not None:
        stage, at = found.last_sync.stage, moment(int(found.last_sync.started_at))
        shown = Words(f"{_STAGES[stage].en}, {at}", f"{_STAGES[stage].zh}，{at}")
        yield Fact("sync", Words("last sync", "上次同步"), f"{stage}, {at}", shown)
        for call, n in found.last_sync.calls.items():
            yield _of_call("calls", Words("its calls", "其调用次数"), call, n)
    for call, quota in quotas.items():
        yield _of_call("left today", Words("left today", "今日剩余"), call, quota.remain)


def _same(name: str, title: Words, value: str) -> Fact:
    return Fact(name, title, value, Words(value, value))


def _count(name: str, title: Words, n: int) -> Fact:
    return Fact(name, title, str(n), Words(f"{n:,}", f"{n:,}"))


def _of_call(name: str, title: Words, call: str, n: int) -> Fact:
    return Fact(name, title, f"{call} {n}", Words(f"{call} {n:,}", f"{call} {n:,}"))


def _age(name: str, title: Words, at: float, now: float) -> Fact:
    told, age = moment(int(at)), span(now - at)
    value = f"{told} ({age.en})"
    return Fact(name, title, value, Words(f"{told} ({age.en} ago)", f"{told}（{age.zh}前）"))


def _row(group: GroupCount, *, drawn: bool) -> tuple[str, ...]:
    platform = "" if group.platform is None else _digits(group.platform, drawn=drawn)
    return str(group.id), group.name, platform, _digits(group.mirror, drawn=drawn)


def _digits(n: int, *, drawn: bool) -> str:
    """A person reads thousands apart, a program wants the digits alone."""
    return f"{n:,}" if drawn else str(n)

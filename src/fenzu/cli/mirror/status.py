"""`fenzu mirror status`: what the mirror holds, how old it is, and how many calls are left today."""

import asyncio
import time
from collections.abc import Iterator

import msgspec

from fenzu.cli.command import command
from fenzu.cli.io import Column
from fenzu.cli.mirror.budget import ask_quotas
from fenzu.cli.mirror.span import span
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.moments import moment
from fenzu.cli.on_account import Session, on_account
from fenzu.mirror import Status
from fenzu.model import CallQuota
from fenzu.wire.words import Words

_FACTS = (Column(Words("what", "项目")), Column(Words("value", "值")))
_GROUPS = (
    Column(Words("group", "分组"), right=True, style="cyan"),
    Column(Words("name", "名称")),
    Column(Words("platform", "平台"), right=True),
    Column(Words("mirror", "镜像"), right=True),
)


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
    streams.rows(_FACTS, list(_facts(where, found, quotas, time.time())))
    rows = [
        (
            str(group.id),
            group.name,
            "" if group.platform is None else str(group.platform),
            str(group.mirror),
        )
        for group in found.groups
    ]
    if streams.drawn:
        streams.rows(_GROUPS, rows)
    else:
        streams.rows((_FACTS[0], *_GROUPS), [("group", *row) for row in rows])


def _facts(where: str, found: Status, quotas: dict[str, CallQuota], now: float) -> Iterator[tuple[str, str]]:
    yield "mirror", where
    yield "followers", str(found.followers)
    yield "unknown", str(found.unknown)
    yield "gone", str(found.gone)
    if found.oldest is not None:
        yield "oldest", _age(found.oldest, now)
    if found.median is not None:
        yield "median", _age(found.median, now)
    if found.last_sync is not None:
        yield "sync", f"{found.last_sync.stage}, {moment(int(found.last_sync.started_at))}"
        for call, n in found.last_sync.calls.items():
            yield "calls", f"{call} {n}"
    for call, quota in quotas.items():
        yield "left today", f"{call} {quota.remain}"


def _age(at: float, now: float) -> str:
    return f"{moment(int(at))} ({span(now - at)})"

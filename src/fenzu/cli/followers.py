"""`fenzu followers …`: who follows the account, and what the platform tells of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fenzu.cli.command import Group, argument, command, option
from fenzu.cli.io import Column, harmless
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.openids import read_openids
from fenzu.errors import FenzuError
from fenzu.model import Follower
from fenzu.wire.words import Words

followers = Group(
    "followers",
    words=Words("List followers and show their profiles.", "列出粉丝，查看粉丝资料。"),
    examples=("fenzu followers list", "fenzu followers show oDF3iYx0ro3_7jD4HFRDfrjdCM58"),
)


@command(
    followers,
    "list",
    words=Words("list the openids of all followers", "列出全部粉丝的 openid"),
    details=Words(
        "One openid a line, in the order in which they followed; 10,000 a call. With --json, JSON Lines.",
        "每行一个 openid，按关注先后排列；每次调用一万个。--json 输出 JSON Lines。",
    ),
    examples=(
        "fenzu followers list > openids.txt",
        "fenzu followers list --after oDF3iYx0ro3_7jD4HFRDfrjdCM58",
    ),
)
@option("--after", metavar="OPENID", words=Words("begin behind this follower", "从这个粉丝之后开始"))
@on_account()
async def list_followers(session: Session, after: str | None) -> None:
    """Print openids as they come; tell where to go on if the list breaks off."""
    streams = session.streams
    last: str | None = None
    try:
        async for openid in session.client.followers.list(after):
            if streams.as_json:
                streams.json_line({"openid": openid})
            else:
                streams.line(openid)
            last = openid
    except FenzuError:
        if last is not None:
            streams.out.flush()
            where = harmless(last)
            streams.say(
                Words(
                    f"The list broke off; go on with --after {where}",
                    f"列表中断；可用 --after {where} 接着列",
                )
            )
        raise


_COLUMNS = (
    Column(Words("openid", "openid"), whole=True),
    Column(Words("follows", "已关注")),
    Column(Words("group", "分组"), right=True, style="cyan"),
    Column(Words("since (UTC)", "关注时间（UTC）")),
    Column(Words("remark", "备注")),
    Column(Words("tags", "标签")),
    Column(Words("came by", "来源")),
)


@command(
    followers,
    "show",
    words=Words("show followers' profiles", "查看粉丝资料"),
    details=Words(
        "A hundred a call. Of somebody who does not follow, only the openid is known.",
        "每次调用一百个。未关注的人只有 openid。",
    ),
    examples=(
        "fenzu followers show oDF3iYx0ro3_7jD4HFRDfrjdCM58",
        "fenzu followers list | head | fenzu followers show - --json",
    ),
)
@argument(
    "openids",
    nargs=-1,
    required=True,
    metavar="OPENID…",
    words=Words(
        "openids; - reads them from standard input, one a line", "openid；- 表示从标准输入读取，每行一个"
    ),
)
@on_account()
async def show(session: Session, openids: Sequence[str]) -> None:
    """Print the profiles in the order of the openids."""
    found = await session.client.followers.get_many(read_openids(openids))
    if session.streams.as_json:
        session.streams.json(found)
    else:
        session.streams.rows(_COLUMNS, [_row(follower) for follower in found])


def _row(follower: Follower) -> tuple[str, ...]:
    since = follower.subscribe_time
    return (
        follower.openid,
        "yes" if follower.subscribe else "no",
        "" if follower.group_id is None else str(follower.group_id),
        "" if since is None else datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        follower.remark,
        ",".join(map(str, follower.tag_ids)),
        follower.subscribe_scene,
    )

"""`fenzu followers …`: who follows the account, and what the platform tells of them."""

from collections.abc import Mapping, Sequence

from fenzu.cli.asking import Question, tell_each
from fenzu.cli.command import Group, argument, command
from fenzu.cli.io import Column, harmless
from fenzu.cli.listing import list_openids
from fenzu.cli.moments import moment
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.openids import AFTER, OPENIDS, read_openids
from fenzu.model import Follower
from fenzu.wire.limits import PROFILES
from fenzu.wire.words import Words

followers = Group(
    "followers",
    words=Words(
        "List followers, show their profiles, note something about them.", "列出粉丝，查看资料，写备注。"
    ),
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
@AFTER
@on_account()
async def list_followers(session: Session, after: str | None) -> None:
    """Print openids as they come."""
    await list_openids(session.streams, session.client.followers.list(after))


_COLUMNS = (
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
        "A hundred a call. Of somebody who does not follow, only the openid is known. In a pipe: openid, whether they "
        "follow, group, since when, remark, tags, where they came from, and why not for a bad openid (exit code 6).",
        "每次调用一百个。未关注的人只有 openid。"
        "在管道中输出 openid、是否关注、分组、关注时间、备注、标签、来源；openid 有误的给出原因（退出码 6）。",
    ),
    examples=(
        "fenzu followers show oDF3iYx0ro3_7jD4HFRDfrjdCM58",
        "fenzu followers list | head | fenzu followers show - --json",
    ),
)
@OPENIDS
@on_account()
async def show(session: Session, openids: Sequence[str]) -> int:
    """Print the profiles in the order of the openids."""

    async def ask(some: Sequence[str]) -> Mapping[str, Follower]:
        return {found.openid: found for found in await session.client.followers.get_many(some)}

    question = Question(ask, PROFILES, _COLUMNS, _cells, lambda _, follower: follower, "subscribe")
    return await tell_each(session.streams, read_openids(openids), question)


def _cells(follower: Follower) -> tuple[str, ...]:
    since = follower.subscribe_time
    return (
        "yes" if follower.subscribe else "no",
        "" if follower.group_id is None else str(follower.group_id),
        "" if since is None else moment(since),
        follower.remark,
        ",".join(map(str, follower.tag_ids)),
        follower.subscribe_scene,
    )


@command(
    followers,
    "remark",
    words=Words("note something about a follower", "给粉丝写备注"),
    details=Words(
        "The remark has to stay under 30 bytes (ten Chinese characters have 30); an empty one takes it away.",
        "备注须少于 30 个字节（十个汉字就有 30 个）；空文本则去掉备注。",
    ),
    examples=(
        "fenzu followers remark oDF3iYx0ro3_7jD4HFRDfrjdCM58 胖子",
        "fenzu followers remark oDF3iYx0ro3_7jD4HFRDfrjdCM58 ''",
    ),
)
@argument("openid", words=Words("the follower's openid", "粉丝的 openid"))
@argument("text", words=Words("the remark", "备注"))
@on_account(writes=True)
async def remark(session: Session, openid: str, text: str) -> None:
    """Set a follower's remark."""
    await session.client.followers.remark(openid, text)
    if session.streams.as_json:
        session.streams.json({"openid": openid, "remark": text})
    shown = harmless(text)
    session.streams.say(
        Words(f"The remark is now: {shown}", f"备注已改为：{shown}")
        if text
        else Words("The remark is taken away.", "已去掉备注。")
    )

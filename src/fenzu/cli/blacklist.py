"""`fenzu blacklist …`: whose messages the account does not want."""

from collections.abc import Sequence

from fenzu.cli.batches import Job, carry_out
from fenzu.cli.command import Group, command
from fenzu.cli.listing import list_openids
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.openids import AFTER, OPENIDS, read_openids
from fenzu.wire.limits import BLACKLIST_OPENIDS
from fenzu.wire.words import Words

blacklist = Group(
    "blacklist",
    words=Words(
        "List the blacklist, put followers on it and take them off.", "列出黑名单，拉黑粉丝，取消拉黑。"
    ),
    examples=("fenzu blacklist list", "fenzu blacklist add oDF3iYx0ro3_7jD4HFRDfrjdCM58"),
)

FAILURES = Words(
    "Twenty openids a call. Those for whom it was not done are printed, with why: openid, failed or not_tried, code, "
    "message. Doing it twice does no harm. Exit codes: 6 some were not done, 5 stopped (quota, network).",
    "每次调用二十个 openid。没有办成的会打印出来并说明原因：openid、failed 或 not_tried、错误码、信息。"
    "重复执行没有害处。退出码：6 有粉丝没办成，5 中途停止（当日额度、网络）。",
)


@command(
    blacklist,
    "list",
    words=Words("list the openids on the blacklist", "列出黑名单里的 openid"),
    details=Words(
        "One openid a line; 10,000 a call. With --json, JSON Lines.",
        "每行一个 openid；每次调用一万个。--json 输出 JSON Lines。",
    ),
    examples=("fenzu blacklist list > blacklist.txt",),
)
@AFTER
@on_account()
async def list_blacklist(session: Session, after: str | None) -> None:
    """Print openids as they come."""
    await list_openids(session.streams, session.client.blacklist.list(after))


@command(
    blacklist,
    "add",
    words=Words("put followers on the blacklist", "拉黑粉丝"),
    details=FAILURES,
    examples=("fenzu blacklist add oDF3iYx0ro3_7jD4HFRDfrjdCM58", "fenzu blacklist add - < openids.txt"),
)
@OPENIDS
@on_account(writes=True)
async def add(session: Session, openids: Sequence[str]) -> int:
    """Blacklist followers; who was not is printed."""
    job = Job(
        session.client.blacklist.add,
        BLACKLIST_OPENIDS,
        "added",
        {},
        lambda done, of: Words(
            f"Put {done} of {of} on the blacklist.", f"已将 {of} 个粉丝中的 {done} 个拉黑。"
        ),
        Words("blacklisting", "拉黑中"),
        Words("blacklisting a follower twice", "重复拉黑"),
    )
    return await carry_out(session.streams, read_openids(openids), job)


@command(
    blacklist,
    "remove",
    words=Words("take followers off the blacklist", "取消拉黑"),
    details=FAILURES,
    examples=(
        "fenzu blacklist remove oDF3iYx0ro3_7jD4HFRDfrjdCM58",
        "fenzu blacklist remove - < openids.txt",
    ),
)
@OPENIDS
@on_account(writes=True)
async def remove(session: Session, openids: Sequence[str]) -> int:
    """Take followers off the blacklist; who was not is printed."""
    job = Job(
        session.client.blacklist.remove,
        BLACKLIST_OPENIDS,
        "removed",
        {},
        lambda done, of: Words(
            f"Took {done} of {of} off the blacklist.", f"已将 {of} 个粉丝中的 {done} 个取消拉黑。"
        ),
        Words("taking off", "取消拉黑中"),
        Words("taking a follower off twice", "重复取消拉黑"),
    )
    return await carry_out(session.streams, read_openids(openids), job)

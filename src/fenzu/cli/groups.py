"""`fenzu groups …`: the seven calls of group management as commands. Moving has a module of its own, `moving`."""

from collections.abc import Sequence

from fenzu.cli import main
from fenzu.cli.asking import one_by_one, tell_each
from fenzu.cli.command import Group, argument, command, option
from fenzu.cli.completing import complete_group
from fenzu.cli.io import Column, harmless
from fenzu.cli.listing import COUNT, ID, NAME, group_row
from fenzu.cli.moving import move_followers
from fenzu.cli.names import find_group, group_id
from fenzu.cli.on_account import YES, Session, on_account
from fenzu.cli.openids import OPENIDS, read_openids
from fenzu.cli.person import confirm
from fenzu.wire.words import Words

groups = Group(
    "groups",
    words=Words(
        "Create, list, rename and delete groups; move followers into them.",
        "新建、列出、改名、删除分组，把粉丝移到分组。",
    ),
    examples=(
        "fenzu groups list",
        "fenzu groups create VIP",
        "fenzu groups move oDF3iYx0ro3_7jD4HFRDfrjdCM58 --to VIP",
    ),
)

GROUP = Words("the group's id, or its name if only one has it", "分组 id，或唯一的分组名")
GROUP_ID = Column(Words("group", "分组"), right=True, style="cyan")


@command(
    groups,
    "create",
    words=Words("create a group", "新建分组"),
    details=Words(
        "Prints the id that the platform gave it, and its name. Two groups may have the same name.",
        "打印平台分配的 id 和名称。分组可以重名。",
    ),
    examples=("fenzu groups create VIP", "fenzu groups create 贵宾 --json"),
)
@argument("name", words=Words("the group's name, 1 to 30 characters", "分组名，1 到 30 个字符"))
@on_account(writes=True)
async def create(session: Session, name: str) -> None:
    """Create a group and print it."""
    made = await session.client.groups.create(name)
    if session.streams.as_json:
        session.streams.json(made)
    else:
        session.streams.rows((ID, NAME), [(str(made.id), made.name)])


@command(
    groups,
    "list",
    words=Words("list all groups", "列出所有分组"),
    details=Words(
        "In a pipe: id, name and number of followers, tab-separated.",
        "在管道中输出 id、名称、人数，以制表符分隔。",
    ),
    examples=("fenzu groups list", "fenzu groups list | cut -f2"),
)
@on_account()
async def list_groups(session: Session) -> None:
    """Print all groups."""
    found = await session.client.groups.list()
    if session.streams.as_json:
        session.streams.json(found)
    else:
        session.streams.rows(
            (ID, NAME, COUNT), [group_row(group, drawn=session.streams.drawn) for group in found]
        )


@command(
    groups,
    "of",
    words=Words("tell which group followers are in", "查询粉丝所在分组"),
    details=Words(
        "Asks once for each openid. In a pipe: openid, group id, and why not for who is no follower (exit code 6).",
        "每个 openid 查询一次。在管道中输出 openid、分组 id；不是粉丝的给出原因（退出码 6）。",
    ),
    examples=(
        "fenzu groups of oDF3iYx0ro3_7jD4HFRDfrjdCM58",
        "fenzu followers list | head | fenzu groups of -",
    ),
)
@OPENIDS
@on_account()
async def of(session: Session, openids: Sequence[str]) -> int:
    """Print each follower's group; who is no follower is told and does not spoil the others."""
    question = one_by_one(session.client.groups.of, GROUP_ID, "group_id", str)
    return await tell_each(session.streams, read_openids(openids), question)


@command(
    groups,
    "rename",
    words=Words("give a group another name", "修改分组名"),
    examples=("fenzu groups rename 108 test2_modify2", "fenzu groups rename VIP 贵宾"),
)
@argument("group", words=GROUP, shell_complete=complete_group)
@argument("name", words=Words("the new name, 1 to 30 characters", "新名称，1 到 30 个字符"))
@on_account(writes=True)
async def rename(session: Session, group: str, name: str) -> None:
    """Rename a group."""
    number = await group_id(session.client, group)
    await session.client.groups.rename(number, name)
    if session.streams.as_json:
        session.streams.json({"id": number, "name": name})
    shown = harmless(name)
    session.streams.say(Words(f"Group {number} is now called {shown}.", f"分组 {number} 已改名为 {shown}。"))


@command(
    groups,
    "move",
    words=Words("move followers into a group", "把粉丝移到分组"),
    details=Words(
        "One openid takes one call; many go fifty a call. Openids that were not moved are printed, with why: openid, "
        "failed or not_tried, code, message. So what is left can be moved with `… | fenzu groups move - --to GROUP`.\n"
        "Moving a follower twice does no harm. Exit codes: 6 some were not moved, 5 stopped (quota, network).",
        "单个 openid 调用一次接口，多个则每次移动五十个。没有移成的会打印出来并说明原因："
        "openid、failed 或 not_tried、错误码、信息；因此可以用 `… | fenzu groups move - --to 分组` 接着移。\n"
        "重复移动没有害处。退出码：6 有粉丝没移成，5 中途停止（当日额度、网络）。",
    ),
    examples=(
        "fenzu groups move oDF3iYx0ro3_7jD4HFRDfrjdCM58 --to 108",
        "fenzu groups move - --to VIP < openids.txt",
    ),
)
@OPENIDS
@option("--to", "group", required=True, metavar="GROUP", words=GROUP, shell_complete=complete_group)
@on_account(writes=True)
async def move(session: Session, openids: Sequence[str], group: str) -> int:
    """Move followers; who was not moved is printed."""
    wanted = read_openids(openids)
    return await move_followers(session, wanted, await group_id(session.client, group))


@command(
    groups,
    "delete",
    words=Words("delete a group; its followers go to group 0", "删除分组，其中粉丝回到未分组"),
    details=Words(
        "Asks first on a terminal (a no ends with 1); elsewhere it does not.",
        "在终端会先询问（不同意则退出码为 1），其他场合不询问。",
    ),
    examples=("fenzu groups delete 108", "fenzu groups delete VIP --yes"),
)
@argument("group", words=GROUP, shell_complete=complete_group)
@YES
@on_account(writes=True)
async def delete(session: Session, group: str, yes: bool) -> int:
    """Delete a group, after a question to a person."""
    streams = session.streams
    if streams.asks and not yes:
        found = await find_group(session.client, group)
        name, count = harmless(found.name), f"{found.count or 0:,}"
        question = Words(
            f"Delete group {found.id} {name} (followers: {count})? They go to group 0.",
            f"删除分组 {found.id} {name}？其中 {count} 个粉丝将回到未分组。",
        )
        if not confirm(streams, question):
            streams.say(Words("Nothing was deleted.", "没有删除。"))
            return main.ERROR
        number = found.id
    else:
        number = await group_id(session.client, group)
    await session.client.groups.delete(number)
    if streams.as_json:
        streams.json({"id": number, "deleted": True})
    streams.say(Words(f"Group {number} is deleted.", f"分组 {number} 已删除。"))
    return main.DONE

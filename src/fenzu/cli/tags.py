"""`fenzu tags …`: tags as commands. A follower carries up to 20 of them, and is in one group beside."""

from collections.abc import Sequence

from fenzu.cli import main
from fenzu.cli.asking import one_by_one, tell_each
from fenzu.cli.batches import Job, carry_out
from fenzu.cli.command import Group, argument, command, option
from fenzu.cli.completing import complete_tag
from fenzu.cli.io import Column, harmless
from fenzu.cli.listing import COUNT, ID, NAME, group_row, list_openids
from fenzu.cli.names import find_tag, tag_id
from fenzu.cli.on_account import YES, Session, on_account
from fenzu.cli.openids import AFTER, OPENIDS, read_openids
from fenzu.cli.person import confirm
from fenzu.cli.progress import progress
from fenzu.model import Tag
from fenzu.wire.limits import BATCH_OPENIDS
from fenzu.wire.words import Words

tags = Group(
    "tags",
    words=Words(
        "Create, list, rename and delete tags; put them on followers and take them off.",
        "新建、列出、改名、删除标签，给粉丝打标签、取消标签。",
    ),
    examples=(
        "fenzu tags list",
        "fenzu tags create 广东",
        "fenzu tags add oDF3iYx0ro3_7jD4HFRDfrjdCM58 --to 广东",
    ),
)

TAG = Words("the tag's id or name", "标签 id 或名称")
TAG_IDS = Column(Words("tags", "标签"), style="cyan")
FAILURES = Words(
    "Fifty openids a call. Those for whom it was not done are printed, with why: openid, failed or not_tried, code, "
    "message. Doing it twice does no harm. Exit codes: 6 some were not done, 5 stopped (quota, network).",
    "每次调用五十个 openid。没有办成的会打印出来并说明原因：openid、failed 或 not_tried、错误码、信息。"
    "重复执行没有害处。退出码：6 有粉丝没办成，5 中途停止（当日额度、网络）。",
)


@command(
    tags,
    "create",
    words=Words("create a tag", "新建标签"),
    details=Words(
        "Prints the id that the platform gave it, and its name. No two tags have the same name.",
        "打印平台分配的 id 和名称。标签不能重名。",
    ),
    examples=("fenzu tags create 广东", "fenzu tags create VIP --json"),
)
@argument("name", words=Words("the tag's name, 1 to 30 bytes", "标签名，1 到 30 个字节"))
@on_account(writes=True)
async def create(session: Session, name: str) -> None:
    """Create a tag and print it."""
    made = await session.client.tags.create(name)
    if session.streams.as_json:
        session.streams.json(made)
    else:
        session.streams.rows((ID, NAME), [(str(made.id), made.name)])


@command(
    tags,
    "list",
    words=Words("list all tags", "列出所有标签"),
    details=Words(
        "In a pipe: id, name and number of followers, tab-separated.",
        "在管道中输出 id、名称、人数，以制表符分隔。",
    ),
    examples=("fenzu tags list", "fenzu tags list | cut -f2"),
)
@on_account()
async def list_tags(session: Session) -> None:
    """Print all tags."""
    found = await session.client.tags.list()
    if session.streams.as_json:
        session.streams.json(found)
    else:
        session.streams.rows(
            (ID, NAME, COUNT), [group_row(tag, drawn=session.streams.drawn) for tag in found]
        )


@command(
    tags,
    "of",
    words=Words("tell which tags followers carry", "查询粉丝身上的标签"),
    details=Words(
        "Asks once for each openid. In a pipe: openid, tag ids with commas between, and why not for who is no follower "
        "(exit code 6).",
        "每个 openid 查询一次。在管道中输出 openid、以逗号分隔的标签 id；不是粉丝的给出原因（退出码 6）。",
    ),
    examples=("fenzu tags of oDF3iYx0ro3_7jD4HFRDfrjdCM58", "fenzu followers list | head | fenzu tags of -"),
)
@OPENIDS
@on_account()
async def of(session: Session, openids: Sequence[str]) -> int:
    """Print each follower's tags; who is no follower is told and does not spoil the others."""
    question = one_by_one(session.client.tags.of, TAG_IDS, "tag_ids", lambda found: ",".join(map(str, found)))
    return await tell_each(session.streams, read_openids(openids), question)


@command(
    tags,
    "members",
    words=Words("list the openids of a tag's followers", "列出标签下粉丝的 openid"),
    details=Words(
        "One openid a line; 10,000 a call. With --json, JSON Lines.",
        "每行一个 openid；每次调用一万个。--json 输出 JSON Lines。",
    ),
    examples=(
        "fenzu tags members 广东 > openids.txt",
        "fenzu tags members 134 | fenzu tags remove - --from 134",
    ),
)
@argument("tag", words=TAG, shell_complete=complete_tag)
@AFTER
@on_account()
async def members(session: Session, tag: str, after: str | None) -> None:
    """Print openids as they come."""
    number = await tag_id(session.client, tag)
    await list_openids(session.streams, session.client.tags.members(number, after))


@command(
    tags,
    "rename",
    words=Words("give a tag another name", "修改标签名"),
    examples=("fenzu tags rename 134 广东人", "fenzu tags rename 广东 广东人"),
)
@argument("tag", words=TAG, shell_complete=complete_tag)
@argument("name", words=Words("the new name, 1 to 30 bytes", "新名称，1 到 30 个字节"))
@on_account(writes=True)
async def rename(session: Session, tag: str, name: str) -> None:
    """Rename a tag."""
    number = await tag_id(session.client, tag)
    await session.client.tags.rename(number, name)
    if session.streams.as_json:
        session.streams.json({"id": number, "name": name})
    shown = harmless(name)
    session.streams.say(Words(f"Tag {number} is now called {shown}.", f"标签 {number} 已改名为 {shown}。"))


@command(
    tags,
    "add",
    words=Words("put a tag on followers", "给粉丝打标签"),
    details=FAILURES,
    examples=(
        "fenzu tags add oDF3iYx0ro3_7jD4HFRDfrjdCM58 --to 134",
        "fenzu tags add - --to 广东 < openids.txt",
    ),
)
@OPENIDS
@option("--to", "tag", required=True, metavar="TAG", words=TAG, shell_complete=complete_tag)
@on_account(writes=True)
async def add(session: Session, openids: Sequence[str], tag: str) -> int:
    """Tag followers; who was not tagged is printed."""
    wanted = read_openids(openids)
    number = await tag_id(session.client, tag)
    job = Job(
        lambda some: session.client.tags.add(some, to=number),
        BATCH_OPENIDS,
        "tagged",
        {"tag_id": number},
        lambda done, of: Words(
            f"Put tag {number} on {done} of {of}.", f"已给 {of} 个粉丝中的 {done} 个打上标签 {number}。"
        ),
        Words("tagging", "打标签中"),
        Words("tagging a follower twice", "重复打标签"),
    )
    return await carry_out(session.streams, wanted, job)


@command(
    tags,
    "remove",
    words=Words("take a tag off followers", "取消粉丝的标签"),
    details=FAILURES,
    examples=(
        "fenzu tags remove oDF3iYx0ro3_7jD4HFRDfrjdCM58 --from 134",
        "fenzu tags remove - --from 广东 < openids.txt",
    ),
)
@OPENIDS
@option("--from", "tag", required=True, metavar="TAG", words=TAG, shell_complete=complete_tag)
@on_account(writes=True)
async def remove(session: Session, openids: Sequence[str], tag: str) -> int:
    """Untag followers; who was not untagged is printed."""
    wanted = read_openids(openids)
    number = await tag_id(session.client, tag)
    job = Job(
        lambda some: session.client.tags.remove(some, out_of=number),
        BATCH_OPENIDS,
        "untagged",
        {"tag_id": number},
        lambda done, of: Words(
            f"Took tag {number} off {done} of {of}.", f"已取消 {of} 个粉丝中 {done} 个的标签 {number}。"
        ),
        Words("untagging", "取消标签中"),
        Words("untagging a follower twice", "重复取消标签"),
    )
    return await carry_out(session.streams, wanted, job)


@command(
    tags,
    "delete",
    words=Words("delete a tag; its followers merely lose it", "删除标签，粉丝只是不再有它"),
    details=Words(
        "The platform deletes no tag that more than 100,000 followers carry: --untag-first takes it off them before, "
        "fifty a call. Stopped half-way, the same command goes on. Asks first on a terminal; elsewhere it does not.",
        "粉丝超过 10 万的标签平台不让直接删：--untag-first 先取消粉丝身上的标签，每次调用五十个。"
        "中途停下后重新运行同一条命令即可。在终端会先询问，其他场合不询问。",
    ),
    examples=("fenzu tags delete 134", "fenzu tags delete 广东 --untag-first --yes"),
)
@argument("tag", words=TAG, shell_complete=complete_tag)
@option(
    "--untag-first", is_flag=True, words=Words("take it off its followers before", "先取消粉丝身上的标签")
)
@YES
@on_account(writes=True)
async def delete(session: Session, tag: str, untag_first: bool, yes: bool) -> int:
    """Delete a tag, after a question to a person."""
    streams = session.streams
    asks = streams.asks and not yes
    found = (
        await find_tag(session.client, tag)
        if asks or untag_first
        else Tag(await tag_id(session.client, tag), "")
    )
    if asks:
        name, count = harmless(found.name), f"{found.count or 0:,}"
        question = Words(
            f"Delete tag {found.id} {name} (followers: {count})?",
            f"删除标签 {found.id} {name}（粉丝：{count}）？",
        )
        if not confirm(streams, question):
            streams.say(Words("Nothing was deleted.", "没有删除。"))
            return main.ERROR
    untagging = Words("untagging", "取消标签中")
    with progress(streams, untagging, found.count or 0, "untagged", shows=untag_first) as shown:
        await session.client.tags.delete(
            found.id, untag_first=untag_first, progress=lambda untagged: shown.show(untagged, 0)
        )
    if streams.as_json:
        streams.json({"id": found.id, "deleted": True})
    streams.say(Words(f"Tag {found.id} is deleted.", f"标签 {found.id} 已删除。"))
    return main.DONE

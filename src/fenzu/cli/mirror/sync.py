"""`fenzu mirror sync`: read followers and their groups from the platform into the mirror."""

from contextlib import aclosing

from fenzu.cli import main
from fenzu.cli.command import command, option
from fenzu.cli.counted import counted
from fenzu.cli.io import Streams, harmless
from fenzu.cli.mirror.budget import ask_quotas
from fenzu.cli.mirror.watch import watch
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.moments import moment
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.span import seconds_of
from fenzu.errors import UsageError
from fenzu.mirror import aio
from fenzu.mirror.events import CountsDiffer, Event, Finished, Listed, Stopped
from fenzu.wire.words import Words


@command(
    None,
    "sync",
    words=Words("bring the mirror up to date, within quota", "在额度内更新镜像"),
    details=Words(
        "Reads all openids (10,000 a call) to find who is new and who has left, then the profiles (100 a call) of "
        "those whose group is not known. Stopped at the day's quota (exit code 5) or killed, the same command goes on "
        "where it was. With --json, a line for each event.",
        "先读取全部 openid（每次 10,000 个），找出新关注和已取消的，再读取分组未知者的资料（每次 100 个）。"
        "遇到每日额度用完（退出码 5）或被中断后，同一命令从原处继续。--json 每个事件输出一行。",
    ),
    examples=(
        "fenzu mirror sync",
        "fenzu mirror sync --older-than 7d",
        "fenzu mirror sync --full --mirror postgresql://host/fenzu",
    ),
)
@MIRROR
@option(
    "--older-than",
    metavar="SPAN",
    words=Words(
        "ask again whose facts are older: 90s, 30m, 12h, 7d", "重新读取更旧的资料：90s、30m、12h、7d"
    ),
)
@option("--full", is_flag=True, words=Words("ask for all profiles again", "重新读取全部资料"))
@on_account()
async def sync(session: Session, mirror: str | None, older_than: str | None, full: bool) -> int:
    """Sync, and tell what came of it."""
    if full and older_than is not None:
        raise UsageError(
            Words("--full and --older-than together", "--full 与 --older-than 不能同时使用"),
            Words("give one of them", "只给其中一个"),
        )
    age = None if older_than is None else seconds_of(older_than)
    client, credentials = session.client, session.credentials
    quotas = await ask_quotas(client.directory) if session.streams.animated else {}
    with open_mirror(mirror, credentials.base_url, credentials.appid) as opened:
        events = aio.sync(client, opened, full=full, older_than=age)
        with watch(session.streams, quotas) as shown:
            told: list[Event] = []
            async with aclosing(events):
                async for event in events:
                    shown.show(event)
                    if isinstance(event, Listed | CountsDiffer | Stopped | Finished):
                        told.append(event)
    for event in told:
        _tell(session.streams, event)
    return main.STOPPED if isinstance(told[-1], Stopped) else main.DONE


def _tell(streams: Streams, event: Event) -> None:
    """Say to a person what matters in the end."""
    match event:
        case Listed(gone=gone) if gone:
            streams.say(
                Words(
                    f"{counted(gone, 'has', 'have')} left since the last sync.",
                    f"上次同步以来有 {gone:,} 人取消关注。",
                )
            )
        case CountsDiffer(groups):
            rows = "".join(
                f"\n  {group.id} {harmless(group.name)}: {group.platform:,} / {group.mirror:,}"
                for group in groups
            )
            streams.say(
                Words(
                    "The platform counts other followers than the mirror (platform / mirror); somebody else has moved "
                    f"some. To ask for all again: fenzu mirror sync --full{rows}",
                    "平台与镜像的人数不同（平台 / 镜像），说明有人另外移动过粉丝。"
                    f"要全部重新读取：fenzu mirror sync --full{rows}",
                )
            )
        case Stopped(error=error, renews_at=renews_at):
            streams.complain(error.say(streams.language))
            when = "" if renews_at is None else f" ({moment(int(renews_at))})"
            streams.say(
                Words(
                    f"Stopped; the same command goes on where it was{when}.",
                    f"已停止，同一命令可从原处继续{when}。",
                )
            )
        case Finished(followers, unknown, calls):
            total = sum(calls.values())
            streams.say(
                Words(
                    f"The mirror holds {counted(followers, 'follower')}, read with {counted(total, 'call')}.",
                    f"镜像中有 {followers:,} 个粉丝，共用 {total:,} 次调用。",
                )
            )
            if unknown:
                streams.say(
                    Words(
                        f"Of {unknown:,} the platform told no group.",
                        f"其中 {unknown:,} 个平台没有给出分组。",
                    )
                )

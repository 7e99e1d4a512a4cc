"""`fenzu mirror forget-moves`: old moves are kept no longer in the mirror."""

import time

from fenzu.cli import main
from fenzu.cli.command import command, option
from fenzu.cli.counted import counted
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.moments import moment
from fenzu.cli.on_account import YES, Session, on_account
from fenzu.cli.person import confirm
from fenzu.cli.span import seconds_of
from fenzu.wire.words import Words


@command(
    None,
    "forget-moves",
    words=Words("forget moves that fenzu made long ago", "清除较早的移动记录"),
    details=Words(
        "The mirror keeps each move that fenzu made, for the history of a follower. This forgets those from longer ago "
        "than --older-than, for good; who is in which group stays. Makes no call. Asks first on a terminal (a no ends "
        "with 1); elsewhere it does not.",
        "镜像会保存 fenzu 的每次移动，供查看粉丝的移动记录。此命令清除早于 --older-than 的记录，清除后无法恢复；"
        "粉丝所在分组不变。不调用平台。在终端会先询问（不同意则退出码为 1），其他场合不询问。",
    ),
    examples=("fenzu mirror forget-moves --older-than 365d",),
)
@option(
    "--older-than",
    required=True,
    metavar="SPAN",
    words=Words("forget what is older: 90d, 365d; 0d forgets all", "清除更早的记录：90d、365d；0d 清除全部"),
)
@MIRROR
@YES
@on_account()
async def forget_moves(session: Session, older_than: str, mirror: str | None, yes: bool) -> int:
    """Forget them, after a question to a person."""
    before = max(time.time() - seconds_of(older_than), 0.0)
    credentials, streams = session.credentials, session.streams
    since = moment(int(before))
    with open_mirror(mirror, credentials.base_url, credentials.appid, make=False) as opened:
        if streams.asks and not yes:
            question = Words(
                f"Forget the moves that fenzu made before {since}? They cannot be brought back.",
                f"清除 {since} 之前的移动记录？清除后无法恢复。",
            )
            if not confirm(streams, question):
                streams.say(Words("Nothing was forgotten.", "没有清除。"))
                return main.ERROR
        forgotten = opened.forget_moves(before)
    if streams.as_json:
        streams.json({"moves": forgotten, "before": before})
    streams.say(
        Words(
            f"{counted(forgotten, 'move')} forgotten; those since {since} are kept.",
            f"已清除 {forgotten:,} 条移动记录，保留 {since} 以来的记录。",
        )
    )
    return main.DONE

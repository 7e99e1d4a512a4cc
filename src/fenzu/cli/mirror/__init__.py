"""`fenzu mirror …`: the local copy of who is in which group."""

from fenzu.cli.command import LazyGroup
from fenzu.cli.language import Line
from fenzu.cli.root import Entry

TABLE: dict[str, Entry] = {
    "sync": Entry(
        "fenzu.cli.mirror.sync:sync",
        Line("bring the mirror up to date, within quota", "在额度内更新镜像"),
    ),
    "status": Entry(
        "fenzu.cli.mirror.status:status",
        Line(
            "tell what the mirror holds, how old it is, and what calls are left",
            "查看镜像内容、新旧和剩余调用次数",
        ),
    ),
    "find": Entry(
        "fenzu.cli.mirror.find:find",
        Line("tell what the mirror knows of followers", "在镜像中查找粉丝"),
    ),
    "events": Entry(
        "fenzu.cli.mirror.events:events",
        Line("tell the mirror who has followed and left", "把关注和取消关注事件写入镜像"),
    ),
    "forget-moves": Entry(
        "fenzu.cli.mirror.forget_moves:forget_moves",
        Line("forget moves that fenzu made long ago", "清除较早的移动记录"),
    ),
}

mirror = LazyGroup(
    "mirror",
    table=TABLE,
    words=Line(
        "Keep a local copy of who is in which group: the platform cannot be asked that.",
        "在本地保存每个粉丝所在的分组，因为平台无法按分组查询粉丝。",
    ),
    examples=("fenzu mirror sync", "fenzu mirror status"),
)

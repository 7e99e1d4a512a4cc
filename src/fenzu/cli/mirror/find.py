"""`fenzu mirror find`: what the mirror knows of some followers, without a call."""

import re
from collections.abc import Mapping, Sequence

from fenzu.cli import main
from fenzu.cli.command import command
from fenzu.cli.counted import counted
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.moments import moment
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.openids import OPENIDS, read_openids
from fenzu.mirror import Row
from fenzu.wire.limits import OPENID_PATTERN, RESERVED_GROUPS
from fenzu.wire.words import Words

_COLUMNS = (
    Column(Words("openid", "openid"), whole=True),
    Column(Words("follows", "关注中")),
    Column(Words("group", "分组"), right=True, style="cyan"),
    Column(Words("name", "名称")),
    Column(Words("remark", "备注")),
    Column(Words("learnt (UTC)", "得知时间（UTC）")),
)
_YES_NO = {"yes": Words("yes", "是"), "no": Words("no", "否")}


@command(
    None,
    "find",
    words=Words("tell what the mirror knows of followers", "在镜像中查找粉丝"),
    details=Words(
        "Makes no call. In a pipe: openid, whether they follow, group, its name, remark, and when that was learnt. "
        "Whom the mirror does not know is left out (exit code 6).",
        "不调用平台。在管道中输出 openid、是否关注、分组、分组名、备注、得知时间。镜像中没有的略去（退出码 6）。",
    ),
    examples=(
        "fenzu mirror find oDF3iYx0ro3_7jD4HFRDfrjdCM58",
        "fenzu mirror find - --json < openids.txt",
    ),
)
@MIRROR
@OPENIDS
@on_account()
async def find(session: Session, openids: Sequence[str], mirror: str | None) -> int:
    """Print what is known, in the order of the openids."""
    wanted = read_openids(openids)
    credentials, streams = session.credentials, session.streams
    with open_mirror(mirror, credentials.base_url, credentials.appid, read_only=True) as opened:
        found = opened.find(wanted)
        # Rulebook 2021 lists no group 0.
        names = RESERVED_GROUPS | {group.id: group.name for group in opened.groups()}
    rows = [found[openid] for openid in wanted if openid in found]
    if streams.as_json:
        streams.json(rows)
    else:
        streams.rows(_COLUMNS, [_cells(row, names, streams) for row in rows])
    missing = [openid for openid in wanted if openid not in found]
    if missing:
        streams.say(_about(missing))
    return main.SOME_FAILED if missing else main.DONE


def _about(missing: Sequence[str]) -> Words:
    """Say how many are not known, and which of them are no openids at all."""
    are, n = counted(len(missing), "is", "are"), f"{len(missing):,}"
    slips = [text for text in missing if not re.fullmatch(OPENID_PATTERN, text)]
    if not slips:
        return Words(f"{are} not in the mirror.", f"{n} 个不在镜像中。")
    first, more = harmless(slips[0])[:40], "" if len(slips) == 1 else ", …"
    return Words(
        f"{are} not in the mirror; no openid: {first}{more}", f"{n} 个不在镜像中；不是 openid：{first}{more}"
    )


def _cells(row: Row, names: Mapping[int, str], streams: Streams) -> tuple[str, ...]:
    group = row.group_id
    follows = "yes" if row.follows else "no"
    return (
        row.openid,
        _YES_NO[follows].say(streams.language) if streams.drawn else follows,
        "" if group is None else str(group),
        "" if group is None else names.get(group, ""),
        row.remark,
        "" if row.seen_at is None else moment(int(row.seen_at)),
    )

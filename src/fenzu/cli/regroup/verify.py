"""`fenzu regroup verify`: whether the platform holds what a plan wanted, as far as it was carried out."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from fenzu.cli import main
from fenzu.cli.command import command, option
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.mirror_place import MIRROR
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.progress import progress
from fenzu.cli.regroup.place import PLAN, RUN, mirror_if_there
from fenzu.regroup._render.labels import ELSEWHERE, label
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._settling.verify import GroupDiffers, Verification


@command(
    None,
    "verify",
    words=Words("compare the platform with the plan", "核对平台与计划"),
    details=Words(
        "Asks where everybody is whom the run moved, a hundred a call, or with --sample only so many of them, some of "
        "each group. Whoever is elsewhere is printed: openid, elsewhere or gone, the group wanted, the group found. "
        "A group that the plan made or renamed and that is called otherwise is told too. "
        "Who could not be moved before is counted and not asked for. Changes nothing; the mirror learns what was read. "
        "Exit code 6 where anything differs from the plan.",
        "查询本次移动过的所有粉丝现在的分组，每次调用一百个；--sample 只抽查这么多，每个分组都抽。"
        "不在计划分组的会打印出来：openid、elsewhere 或 gone、应在分组、实际分组；"
        "计划新建或改名的分组若名称不符也会说明。之前没移成的只计数，不查询。"
        "不做任何改动；镜像会记下读到的内容。有差异时退出码为 6。",
    ),
    examples=("fenzu regroup verify crm.plan", "fenzu regroup verify crm.plan --sample 1000"),
)
@PLAN
@option(
    "--sample", type=click.IntRange(min=1), metavar="N", words=Words("ask only for so many", "只抽查这么多")
)
@option(
    "--seed",
    type=int,
    default=0,
    metavar="N",
    words=Words("another sample for another number", "不同的数字抽不同的样本"),
)
@RUN
@MIRROR
@on_account()
async def verify(
    session: Session, plan: str, sample: int | None, seed: int, number: int | None, mirror: str | None
) -> int:
    """Ask where everybody is, and tell who is elsewhere."""
    from fenzu.regroup._asking.present import Asking
    from fenzu.regroup._books.opening import open_run
    from fenzu.regroup._running.stale import check_account
    from fenzu.regroup._settling.verify import verify_run

    streams, directory = session.streams, session.client.directory
    with ExitStack() as stack:
        book = stack.enter_context(open_run(plan, number, read_only=True)).latest
        check_account(book.header, directory.appid, directory.base_url)
        asking = Asking(
            directory, stack.enter_context(mirror_if_there(mirror, directory.base_url, directory.appid))
        )
        moved = book.tally().moved
        total = min(sample or moved, moved)
        shown = stack.enter_context(
            progress(streams, Words("asking", "查询中"), total, "asked", shows=total > 500)
        )
        found = await verify_run(
            book, asking, sample=sample, seed=seed, told=lambda done, total: shown.show(done, 0)
        )
    tell(found, streams)
    return main.DONE if found.is_right else main.SOME_FAILED


COLUMNS = (
    Column(Words("openid", "openid"), whole=True),
    Column(Words("state", "状态")),
    Column(Words("wanted", "应在"), right=True),
    Column(Words("found", "实际"), right=True),
)


def tell(found: "Verification", streams: Streams) -> None:
    """Print who is not where they should be, and the sums."""
    if streams.as_json:
        streams.json(found)
    else:
        away, gone = (
            label(ELSEWHERE, name).say(streams.language) if streams.drawn else name for name in ELSEWHERE
        )
        rows = [(one.openid, away, str(one.wanted), str(one.found)) for one in found.elsewhere]
        rows += [(openid, gone, "", "") for openid in found.gone]
        if rows:
            streams.rows(COLUMNS, rows)
    for group in found.groups:
        streams.say(_group_words(group))
    streams.say(
        Words(
            f"Checked {found.asked:,}: {found.right:,} right, {len(found.elsewhere):,} elsewhere, "
            f"{len(found.gone):,} gone. Not checked: {found.failed:,} failed before, "
            f"{found.waiting:,} not moved yet.",
            f"查询 {found.asked:,} 个，正确 {found.right:,} 个，在别处 {len(found.elsewhere):,} 个，"
            f"已取消关注 {len(found.gone):,} 个。未查询：之前失败 {found.failed:,} 个，尚未移动 {found.waiting:,} 个。",
        )
    )


def _group_words(group: "GroupDiffers") -> Words:
    wanted = harmless(group.wanted)
    if group.found is None:
        return Words(f"Group {group.id} {wanted} is gone.", f"分组 {group.id} {wanted} 已不存在。")
    found = harmless(group.found)
    return Words(
        f"Group {group.id} is called {found}, not {wanted}.",
        f"分组 {group.id} 现名 {found}，而不是 {wanted}。",
    )

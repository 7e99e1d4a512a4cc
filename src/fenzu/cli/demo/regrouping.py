"""The demo's last steps: a table of all followers, planned, applied, verified and undone. None prints by itself."""

import csv
from collections.abc import Iterator
from contextlib import aclosing
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.cli.demo.stage import FOLLOWERS, Stage
from fenzu.model import GroupID
from fenzu.wire.limits import BATCH_OPENIDS, PAGE_OPENIDS, PROFILES, UNGROUPED
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.mirror import Mirror

SHARES = {"VIP": 9_999, "新客": 5_011, "华东媒": 4_990}
"""Which group gets how many of those who are in none. The last is there already, the others have to be made."""
CHANGED, CREATED = sum(SHARES.values()), 2
CALLS = sum(ceil(share / BATCH_OPENIDS) for share in SHARES.values()) + CREATED
CALLS_BACK = ceil(CHANGED / BATCH_OPENIDS) + CREATED
"""All go back into one group, and the groups that were made are deleted."""
CHANGING = ("groups/create", "groups/delete", "groups/members/batchupdate")
ENCODING = "gb18030"
"""How Excel saves a CSV where it speaks Chinese."""


def is_possible() -> bool:
    """Whether what a plan is made with is installed."""
    return find_spec("polars") is not None


async def copy_account(stage: Stage) -> None:
    """The mirror: openids by the ten thousand, profiles by the hundred."""
    from fenzu import mirror

    account, found = stage.client.directory, 0
    stage.mirror = mirror.Mirror.open(str(stage.folder / "mirror.db"), account.base_url, account.appid)
    with stage.screen.briefly() as calls:
        async for event in mirror.aio.sync(stage.client, stage.mirror):
            if isinstance(event, mirror.Finished):
                found = event.followers
    wanted = (FOLLOWERS, ceil(FOLLOWERS / PAGE_OPENIDS) + 1 + ceil(FOLLOWERS / PROFILES))
    stage.expect(
        Words("followers in the copy, calls", "副本中的粉丝、调用次数"), wanted, (found, calls.count)
    )


async def plan(stage: Stage) -> None:
    """A wish for everybody, most of whom are where they should be."""
    from fenzu.regroup import aio

    assert stage.mirror is not None
    path = stage.folder / "crm.csv"
    wishes = write_wishes(path, stage.mirror)
    stage.screen.note(
        Words(
            f"{path}: {wishes:,} rows, as Excel saves it in China",
            f"{path}：{wishes:,} 行，编码与中文版 Excel 一样",
        )
    )
    with stage.screen.briefly():
        planned = (await aio.plan(stage.client, stage.mirror, path, create=True)).plan
    stage.run = await aio.save(planned, str(stage.folder / "crm.plan"))
    header = planned.header
    stage.expect(
        Words("listed, there already, to be moved", "名单人数、已在目标分组、需要移动"),
        (FOLLOWERS, FOLLOWERS - CHANGED, CHANGED),
        (header.wishes, header.unchanged, planned.moves),
    )
    stage.expect(Words("calls that it will take", "预计调用次数"), CALLS, planned.calls)


def write_wishes(path: Path, mirror: "Mirror") -> int:
    """Write the table that a CRM would export, and return how many rows it has."""
    with path.open("w", newline="", encoding=ENCODING) as file:
        writer = csv.writer(file)
        writer.writerow(("openid", "分组"))
        rows = list(wishes_of(mirror))
        writer.writerows(rows)
    return len(rows)


def wishes_of(mirror: "Mirror") -> Iterator[tuple[str, str]]:
    """Yield whom the table wishes where: some of the ungrouped into a group, everybody else where they are."""
    names = {group.id: group.name for group in mirror.groups()}
    targets = (name for name, share in SHARES.items() for _ in range(share))
    for chunk in mirror.dump(("openid", "group_id")):
        for openid, group in csv.reader(chunk.decode().splitlines()):
            own = names[GroupID(int(group))]
            yield openid, next(targets, own) if int(group) == UNGROUPED else own


async def apply(stage: Stage) -> None:
    """The plan, carried out: many batches under way, each in the journal before and after."""
    from fenzu.regroup import Finished, aio

    assert stage.run is not None
    with stage.screen.briefly() as calls:
        async with aclosing(aio.apply(stage.run, stage.client, mirror=stage.mirror)) as events:
            last = [event async for event in events][-1]
    found = isinstance(last, Finished) and (last.tally.moved, last.tally.failed, calls.to(*CHANGING))
    stage.expect(Words("moved, failed, calls", "已移动、失败、调用次数"), (CHANGED, 0, CALLS), found)
    sizes, before = dict((await stage.show_groups()).values()), dict(stage.settled.values())
    stage.expect(
        Words("as many more are in each group", "各分组增加的人数"),
        list(SHARES.values()),
        [sizes.get(name, 0) - before.get(name, 0) for name in SHARES],
    )


async def verify_and_undo(stage: Stage) -> None:
    """Ask whether everybody is there; then the way back."""
    from fenzu.regroup import Finished, aio

    assert stage.run is not None
    assert stage.mirror is not None
    with stage.screen.briefly():
        checked = await aio.verify(stage.run, stage.client, mirror=stage.mirror)
    stage.expect(
        Words("asked for, as the plan says", "核对人数、与计划一致"),
        (CHANGED, CHANGED),
        (checked.asked, checked.right),
    )
    with stage.screen.briefly() as calls:
        async with aclosing(aio.undo(stage.run, stage.client, mirror=stage.mirror)) as events:
            last = [event async for event in events][-1]
    stage.run.close()
    stage.mirror.close()
    found = isinstance(last, Finished) and (last.tally.moved, last.tally.failed, calls.to(*CHANGING))
    stage.expect(
        Words("moved back, failed, calls", "已移回、失败、调用次数"), (CHANGED, 0, CALLS_BACK), found
    )
    stage.expect(
        Words("all is as it was before", "一切都和之前一样"),
        stage.settled,
        await stage.show_groups(),
        plain=True,
    )

"""The steps of the demo, in order. Each does something real and compares what came of it; none prints by itself."""

import csv
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fenzu.cli.demo import regrouping
from fenzu.cli.demo.stage import FOLLOWERS, SEED_IN_0, SEED_IN_104, SEED_TABLE, Stage
from fenzu.errors import ApiError
from fenzu.model import OpenID
from fenzu.wire.limits import BATCH_OPENIDS, PROFILES, UNGROUPED
from fenzu.wire.words import Words

MANY = 3_000
NOBODY = "o" + "0" * 27
"""Well-formed, and nobody's openid."""


class Step(NamedTuple):
    """A heading and what happens below it."""

    title: Words
    act: Callable[[Stage], Awaitable[None]]


async def list_groups(stage: Stage) -> None:
    """The table of the seeds."""
    found = await stage.show_groups()
    stage.expect(
        Words("the groups are those of the platform's documents", "分组与平台文档中的一致"),
        SEED_TABLE,
        found,
        plain=True,
    )


async def create_two(stage: Stage) -> None:
    """The documents' 107, and 108 after it."""
    stage.first = await stage.client.groups.create("test")
    stage.expect(Words("the platform gives the next id", "平台分配下一个 id"), 107, stage.first.id)
    stage.second = await stage.client.groups.create("test2")
    stage.expect(Words("and the one after it", "以及再下一个"), 108, stage.second.id)


async def rename(stage: Stage) -> None:
    """108 becomes test2_modify2."""
    await stage.client.groups.rename(stage.second, "test2_modify2")
    names = {group.id: group.name for group in await stage.client.groups.list()}
    stage.expect(
        Words("the group has its new name", "分组有了新名字"), "test2_modify2", names.get(stage.second.id)
    )


async def ask(stage: Stage) -> None:
    """Which group the documents' follower is in."""
    found = await stage.client.groups.of(SEED_IN_104)
    stage.expect(Words("this follower is in group 104", "这个粉丝在分组 104"), 104, found, plain=True)


async def move_one(stage: Stage) -> None:
    """The documents' other follower goes to 108."""
    await stage.client.groups.move(SEED_IN_0, to=stage.second)
    found = await stage.client.groups.of(SEED_IN_0)
    stage.expect(Words("the follower is in the new group", "粉丝已在新分组"), stage.second.id, found)


async def move_many(stage: Stage) -> None:
    """Three thousand out of a CSV file, fifty a call."""
    path = stage.folder / "followers.csv"
    with stage.screen.briefly():
        write_csv(path, await choose_followers(stage, MANY))
    stage.moved = read_csv(path)
    stage.screen.note(
        Words(f"{path}: {len(stage.moved):,} openids", f"{path}：{len(stage.moved):,} 个 openid")
    )
    with stage.screen.briefly() as calls:
        result = await stage.client.groups.move_many(stage.moved, to=stage.first)
    wanted = (MANY, 0, MANY // BATCH_OPENIDS)
    found = (len(result.moved), len(result.failed) + len(result.not_tried), calls.count)
    stage.expect(Words("moved, failed, calls", "已移动、失败、调用次数"), wanted, found)
    counts = await stage.show_groups()
    stage.expect(Words("they are in the group", "他们都在分组里"), MANY, counts[stage.first.id][1])


async def choose_followers(stage: Stage, wanted: int) -> list[OpenID]:
    """Return the first followers of the account that are in no group yet."""
    chosen: list[OpenID] = []
    async for page in stage.client.followers.pages():
        for start in range(0, len(page.openids), PROFILES):
            some = await stage.client.followers.get_many(page.openids[start : start + PROFILES])
            chosen += [one.openid for one in some if one.group_id == UNGROUPED]
            if len(chosen) >= wanted:
                return chosen[:wanted]
    return chosen


def write_csv(path: Path, openids: Sequence[str]) -> None:
    """Write the file that an operator would have."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("openid", "group"))
        writer.writerows((openid, "test") for openid in openids)


def read_csv(path: Path) -> list[OpenID]:
    """Read the openids back out of it."""
    with path.open(newline="", encoding="utf-8") as file:
        return [OpenID(row["openid"]) for row in csv.DictReader(file)]


async def delete(stage: Stage) -> None:
    """The group goes, its followers are in 未分组 again."""
    await stage.client.groups.delete(stage.first)
    sample = [stage.moved[0], stage.moved[MANY // 2], stage.moved[-1]]
    back = [await stage.client.groups.of(openid) for openid in sample]
    stage.expect(
        Words("three of its followers are in group 0 again", "其中三个粉丝回到了未分组"),
        [UNGROUPED] * 3,
        back,
    )
    with stage.screen.briefly():
        rest = [
            one.group_id
            for start in range(0, MANY, PROFILES)
            for one in await stage.client.followers.get_many(stage.moved[start : start + PROFILES])
        ]
    stage.expect(Words("so are all the others", "其余的也都回去了"), MANY, rest.count(UNGROUPED))  # type: ignore[arg-type]  # a GroupID is an int


async def refuse_three(stage: Stage) -> None:
    """Three wrong inputs, and what the platform and fenzu make of them."""
    await refused(stage, 40003, stage.client.groups.of(NOBODY))
    await refused(stage, 45016, stage.client.groups.rename(2, "mine"))
    await refused(stage, 40051, stage.client.groups.create("名" * 31))


async def refused(stage: Stage, code: int, call: Awaitable[object]) -> None:
    """Make a call that has to be refused with `code`."""
    found: int | None = None
    try:
        await call
    except ApiError as error:
        found = error.code
        stage.screen.explain(error)
    stage.expect(Words(f"refused with {code}", f"被拒绝，错误码 {code}"), code, found, plain=True)


async def add_up(stage: Stage) -> None:
    """Everybody is where they should be."""
    found = stage.settled = await stage.show_groups()
    wanted = SEED_TABLE | {0: ("未分组", SEED_TABLE[0][1] - 1), stage.second.id: ("test2_modify2", 1)}
    stage.expect(
        Words("one follower has changed place, nobody else", "只有一个粉丝换了分组"),
        wanted,
        found,
        plain=True,
    )
    stage.expect(Words("the sums agree", "总数相符"), FOLLOWERS, sum(count for _, count in found.values()))
    page = await anext(aiter(stage.client.followers.pages()))
    stage.expect(Words("as many as follow the account", "与关注总数一致"), FOLLOWERS, page.total)


STEPS = (
    Step(Words("List the groups", "列出所有分组"), list_groups),
    Step(Words("Create two groups", "新建两个分组"), create_two),
    Step(Words("Rename the second", "修改第二个的名字"), rename),
    Step(Words("Ask which group a follower is in", "查询粉丝所在分组"), ask),
    Step(Words("Move a follower", "移动一个粉丝"), move_one),
    Step(Words("Move 3,000 followers out of a CSV file", "从 CSV 文件移动 3,000 个粉丝"), move_many),
    Step(Words("Delete a group: its followers are in 未分组 again", "删除分组：其中粉丝回到未分组"), delete),
    Step(Words("Three wrong inputs", "三个错误的输入"), refuse_three),
    Step(Words("List the groups again, and add up", "再次列出分组并核对"), add_up),
)
"""What needs nothing but the client."""

REGROUP = (
    Step(Words("Copy who is in which group", "把谁在哪个分组复制到本地"), regrouping.copy_account),
    Step(
        Words(
            "Plan: a table of all followers, 20,000 of whom change",
            "制定计划：一张全部粉丝的表，其中 20,000 人要换分组",
        ),
        regrouping.plan,
    ),
    Step(Words("Apply the plan", "执行计划"), regrouping.apply),
    Step(Words("Verify, and undo", "核对，然后撤销"), regrouping.verify_and_undo),
)
"""What needs the extra bulk."""

"""Making, renaming, deleting and merging groups from the console, on an account in memory."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of

from fenzu.console.account.desk import Desk
from fenzu.console.account.twins import told_apart
from fenzu.console.followers import moves
from fenzu.console.followers.moves import Moved
from fenzu.console.groups import merging, moving
from fenzu.console.groups.changes import (
    NameTaken,
    checked_name,
    create,
    delete,
    known_group,
    own_group,
    rename,
)
from fenzu.console.groups.moving import Planning
from fenzu.console.regroup.plan_steps import PlannedAt
from fenzu.errors import StoreError, TransportError, UsageError
from fenzu.mirror import Query, aio
from fenzu.model import Group, GroupID
from fenzu.wire.words import Words

SPRING, VIP = 100, 101
OPENIDS = [openid_of(number) for number in range(6)]
LOST = TransportError(Words("no answer", "没有应答"))


@pytest.fixture
def platform() -> PretendedAccount:
    """Two followers in no group of their own, three in Spring, one in VIP."""
    inside = [0, 0, SPRING, SPRING, SPRING, VIP]
    return PretendedAccount(dict(zip(OPENIDS, inside, strict=True)), {SPRING: "Spring", VIP: "VIP"})


async def names(desk: Desk) -> dict[str, int | None]:
    """Return the desk's own groups and their counts."""
    return {group.name: group.count for group in await desk.groups.list() if group.id >= SPRING}


async def mirrored(desk: Desk) -> dict[str, int]:
    """Return how many are in which group by the mirror, by the names that it knows."""
    mirrors = await desk.mirrors()
    called = {int(group.id): group.name for group in mirrors.read.groups()}
    return {called[group_id]: n for group_id, n in mirrors.read.counts().items()}


@pytest.mark.parametrize("text", ["", "  ", "\n", "x" * 31, "汉" * 31])
def test_names_that_will_not_do(text: str) -> None:
    """A name of nothing but blanks, or of more than thirty characters, is refused before anything is sent."""
    with pytest.raises(UsageError) as refusal:
        checked_name(text)
    assert refusal.value.say("en") != refusal.value.say("zh")


@pytest.mark.parametrize("text", ["VIP", " VIP ", "x" * 30, "汉" * 30, "🎈" * 30])
def test_names_that_will_do(text: str) -> None:
    """Thirty characters of any kind are a name; the blanks around it are not meant."""
    assert checked_name(text) == text.strip()


async def test_a_change_is_known_without_asking(desk: Desk, platform: PretendedAccount) -> None:
    """What was done here shows in the list and stands in the mirror, and the list is not asked for again."""
    made, warning = await create(desk, " Summer ")
    await rename(desk, (await known_group(desk, VIP)), "Regulars")
    assert (made, warning) == (Group(made.id, "Summer", 0), None)
    assert await names(desk) == {"Spring": 3, "Regulars": 1, "Summer": 0}
    assert [call.call for call in platform.calls] == ["groups.create", "groups.rename"]
    mirrors = await desk.mirrors()
    assert [group.name for group in mirrors.read.groups()][3:] == ["Spring", "Regulars", "Summer"]


async def test_who_was_in_a_deleted_group_is_in_none(desk: Desk, platform: PretendedAccount) -> None:
    """The platform puts them into no group, and list and mirror say so too; no history calls it a move."""
    await delete(desk, await own_group(desk, SPRING, anew=True))
    assert await names(desk) == {"VIP": 1}
    assert (await known_group(desk, 0)).count == 5
    assert await mirrored(desk) == {"未分组": 5, "VIP": 1}
    assert platform.members[OPENIDS[2]] == 0
    mirrors = await desk.mirrors()
    assert mirrors.read.history(OPENIDS[2]) == []


async def test_a_change_leaves_alone_what_others_have_made(desk: Desk, platform: PretendedAccount) -> None:
    """A group that came after the list was told stays in the mirror with all its members, whatever is changed here."""
    platform.names[107] = "Theirs"
    platform.members[OPENIDS[5]] = 107
    async for _ in aio.sync(desk.client, (await desk.mirrors()).write, full=True):
        pass
    before = (await desk.mirrors()).read.sizes()
    await create(desk, "Summer")
    await rename(desk, await known_group(desk, VIP), "Regulars")
    await delete(desk, await own_group(desk, SPRING))
    assert await mirrored(desk) == {"未分组": 5, "Theirs": 1}
    names = [group.name for group in (await desk.mirrors()).read.groups()]
    assert names[3:] == ["Regulars", "Summer", "Theirs"]
    assert [size for size in before if size.group_id != SPRING] == (await desk.mirrors()).read.sizes()


async def test_a_group_that_is_made_during_a_sync_stays(desk: Desk, platform: PretendedAccount) -> None:
    """The list that a sync had asked for before is older than the group, and does not take it out of the mirror."""

    async def make(made: Made) -> None:
        if made.call == "groups.list":
            await create(desk, "Summer")

    platform.after = make
    async for _ in aio.sync(desk.client, (await desk.mirrors()).write):
        pass
    names = [group.name for group in (await desk.mirrors()).read.groups()]
    assert names[3:] == ["Spring", "VIP", "Summer"]


@pytest.mark.parametrize("is_told", [True, False])
async def test_whom_others_have_moved_out_of_a_deleted_group_the_mirror_does_not_move(
    desk: Desk, platform: PretendedAccount, *, is_told: bool
) -> None:
    """Where the platform counts others in it than the mirror, or does not tell, nobody's group is known afterwards."""
    if is_told:
        platform.members[OPENIDS[2]] = VIP
    else:
        platform.daily["groups.list"] = 0
    await delete(desk, await own_group(desk, SPRING))
    mirrors = await desk.mirrors()
    assert (await mirrored(desk), mirrors.read.unknown) == ({"未分组": 2, "VIP": 1}, 3)
    assert mirrors.read.history(OPENIDS[2]) == []


async def test_what_the_mirror_cannot_take_is_done_all_the_same(
    desk: Desk, platform: PretendedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that the platform has made shows in the list though the mirror fails, which is a warning."""

    def fail(*_: object) -> None:
        raise StoreError(Words("the disk is full", "磁盘已满"))

    write = (await desk.mirrors()).write
    monkeypatch.setattr(write, "group_named", fail)
    monkeypatch.setattr(write, "group_deleted", fail)
    made, warning = await create(desk, "Summer")
    assert warning == Words(
        "this is done, but the mirror does not know of it: the disk is full",
        "操作已完成，但镜像未能更新：磁盘已满",
    )
    assert (await rename(desk, made, "Autumn")).warning == (await delete(desk, made)).warning == warning
    assert await names(desk) == {"Spring": 3, "VIP": 1}
    assert SPRING + 2 not in platform.names


@pytest.mark.parametrize("change", ["create", "rename", "delete"])
async def test_after_a_lost_answer_the_platform_is_asked(
    desk: Desk, platform: PretendedAccount, change: str
) -> None:
    """The error is told, and the next list says what was done; the mirror holds nothing that nobody knows."""
    spring = await own_group(desk, SPRING)

    def lose(made: Made) -> None:
        if made.call == f"groups.{change}":
            raise LOST

    platform.after = lose
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "create": lambda: create(desk, "Summer"),
        "rename": lambda: rename(desk, spring, "Summer"),
        "delete": lambda: delete(desk, spring),
    }
    with pytest.raises(TransportError):
        await changes[change]()
    seen = {"create": {"Spring", "VIP", "Summer"}, "rename": {"Summer", "VIP"}, "delete": {"VIP"}}
    assert set(await names(desk)) == seen[change]
    assert await mirrored(desk) == {"未分组": 2, "Spring": 3, "VIP": 1}


async def test_while_the_list_cannot_be_read_the_mirror_keeps_its_groups(
    desk: Desk, platform: PretendedAccount
) -> None:
    """A group is made though groups cannot be listed, and the mirror forgets none because of that."""
    desk.groups._groups = None

    def refuse(made: Made) -> None:
        if made.call == "groups.list":
            raise LOST

    platform.before = refuse
    await create(desk, "Summer")
    assert await mirrored(desk) == {"未分组": 2, "Spring": 3, "VIP": 1}


@pytest.mark.parametrize("group_id", [0, 1, 2, 999])
async def test_only_own_groups_can_be_changed(desk: Desk, platform: PretendedAccount, group_id: int) -> None:
    """The platform's own groups, and those that are not there, are refused in words, and nothing is sent."""
    with pytest.raises(UsageError):
        await own_group(desk, group_id)
    assert platform.changes() == []


async def test_a_merge_tells_what_it_would_do(desk: Desk) -> None:
    """It goes into no other group of the platform's than the starred, and says whom the mirror does not know."""
    spring = await own_group(desk, SPRING)
    outlook = await merging.outlook(desk, spring)
    assert [group.id for group in outlook.targets] == [VIP, 2]
    assert (outlook.known, outlook.told, outlook.unknown, outlook.is_planned) == (3, 3, 0, False)
    more = await merging.outlook(desk, Group(spring.id, spring.name, 60))
    assert more.unknown == 57
    assert (await merging.outlook(desk, Group(spring.id, spring.name))).unknown == 0


async def test_a_small_merge_is_a_move(desk: Desk, platform: PretendedAccount) -> None:
    """All of a group are in the other one afterwards, can be put back, and the group stays, empty."""
    result = await merging.merge(desk, await own_group(desk, SPRING), await known_group(desk, VIP))
    assert isinstance(result, Moved)
    assert set(result.moved) == set(OPENIDS[2:5])
    assert result.undo is not None
    assert await names(desk) == {"Spring": 0, "VIP": 4}
    assert platform.members[OPENIDS[2]] == VIP


async def test_a_large_merge_is_a_plan(
    desk: Desk, platform: PretendedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than can be moved at once are planned, by a query that names the group, and nobody is moved."""
    planned: list[tuple[int, object, Words]] = []

    async def plan(
        desk: Desk, to: int, whom: object, about: Callable[[int], Words]
    ) -> AsyncGenerator[object, None]:
        planned.append((to, whom, about(3)))
        yield PlannedAt("/a/shop/runs/1")

    monkeypatch.setattr(moving, "AT_ONCE", moves.AT_ONCE - 48)
    monkeypatch.setattr(moving, "PATIENCE_SECONDS", 60)
    monkeypatch.setattr(moving, "plan_move", plan)
    target = await known_group(desk, VIP)
    result = await merging.merge(desk, await own_group(desk, SPRING), target)
    assert result == Planning("/a/shop/runs/1", waits=False)
    [(to, whom, about)] = planned
    assert (to, whom) == (VIP, Query(group_id=SPRING))
    assert about == Words("Merge Spring (3 followers) into VIP", "将“Spring”（3 人）合并到“VIP”")
    assert platform.changes() == []


async def test_a_merge_of_nobody(desk: Desk) -> None:
    """Where the mirror knows nobody in a group, it is said what to do instead."""
    made, _ = await create(desk, "Summer")
    with pytest.raises(UsageError, match="knows nobody"):
        await merging.merge(desk, made, Group(GroupID(VIP), "VIP", 1))


async def test_a_second_group_of_a_name_has_to_be_meant(desk: Desk, platform: PretendedAccount) -> None:
    """A name that another group has is refused with that group's id until it is meant; then ids tell the two apart."""
    with pytest.raises(NameTaken, match="ID 101"):
        await create(desk, " VIP ")
    spring = await own_group(desk, SPRING)
    with pytest.raises(NameTaken, match="ID 101"):
        await rename(desk, spring, "VIP")
    await rename(desk, spring, "Spring")  # its own name
    made = (await create(desk, "VIP", again=True)).group
    called = told_apart(await desk.groups.list())
    assert (called[VIP], called[made.id]) == ("VIP (ID 101)", f"VIP (ID {made.id})")
    assert called[SPRING] == "Spring"


async def test_a_name_that_is_taken_is_taken_again_where_that_is_meant(desk: Desk) -> None:
    """Two groups can be called alike, by another name as by a new group."""
    vip = await known_group(desk, VIP)
    with pytest.raises(NameTaken):
        await rename(desk, vip, "Spring")
    renamed, _ = await rename(desk, vip, "Spring", again=True)
    assert renamed.name == "Spring"

"""Small moves and their undoing, on an account in memory."""

import asyncio
import time

import pytest
from tests.pretended_account import Hook, Made, PretendedAccount, openid_of, refusal

from fenzu.console.account.desk import Desk
from fenzu.console.followers.move_words import problems, result_words
from fenzu.console.followers.moves import move, put_back
from fenzu.errors import (
    FenzuError,
    InvalidOpenid,
    StoreError,
    SystemBusy,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.model import Follower, GroupID, OpenID
from fenzu.wire.words import Words

VIP, NEW = 100, 101
OPENIDS = [openid_of(number) for number in range(5)]


@pytest.fixture
def platform() -> PretendedAccount:
    """Three followers in no group of their own, one in VIP, one in New."""
    return PretendedAccount(dict(zip(OPENIDS, [0, 0, 0, VIP, NEW], strict=True)), {VIP: "VIP", NEW: "New"})


def busy(call: str) -> Hook:
    """Let that call be answered busy."""

    def hook(made: Made) -> None:
        if made.call == call:
            raise refusal(-1, made.call)

    return hook


async def counts(desk: Desk) -> dict[int, int | None]:
    """Return the counts as the page shows them."""
    return {int(group.id): group.count for group in await desk.groups.list()}


def groups_in_mirror(desk: Desk) -> list[int | None]:
    """Return the groups of all as the mirror knows them."""
    assert desk._mirrors is not None
    found = desk._mirrors.read.find(OPENIDS)
    return [found[openid].group_id for openid in OPENIDS]


async def test_a_move_is_known_everywhere_at_once(desk: Desk, platform: PretendedAccount) -> None:
    """After a move the platform, the mirror and the counts agree, and who was there already is not sent."""
    result = await move(desk, OPENIDS, VIP)
    assert (len(result.moved), result.already, result.failed) == (4, (OPENIDS[3],), {})
    assert set(platform.members.values()) == {VIP}
    assert groups_in_mirror(desk) == [VIP] * 5
    assert await counts(desk) == {0: 0, 1: 0, 2: 0, VIP: 5, NEW: 0}
    assert OPENIDS[3] not in platform.changes()[-1].openids
    assert desk.moves.recent == [VIP]


async def test_an_undo_puts_each_to_where_they_were(desk: Desk, platform: PretendedAccount) -> None:
    """Followers of several groups go each to their own, once; a second undo is refused in words."""
    before = dict(platform.members)
    result = await move(desk, OPENIDS, VIP)
    assert result.undo
    back = await put_back(desk, result.undo)
    assert (len(back.moved), back.elsewhere, back.undo) == (4, (), None)
    assert platform.members == before
    assert groups_in_mirror(desk) == list(before.values())
    with pytest.raises(UsageError, match="taken back already"):
        await put_back(desk, result.undo)


async def test_the_group_before_is_asked_of_the_platform(desk: Desk, platform: PretendedAccount) -> None:
    """Where the mirror is old, an undo goes to the group that the platform told."""
    platform.members[OPENIDS[0]] = NEW
    result = await move(desk, OPENIDS[:1], VIP)
    assert result.undo
    await put_back(desk, result.undo)
    assert platform.members[OPENIDS[0]] == NEW


async def test_an_undo_leaves_alone_whom_somebody_else_has_moved(
    desk: Desk, platform: PretendedAccount
) -> None:
    """Who is not where the move put them stays where they are, and is told."""
    result = await move(desk, OPENIDS[:3], VIP)
    platform.members[OPENIDS[0]] = NEW
    del platform.members[OPENIDS[1]]
    assert result.undo
    back = await put_back(desk, result.undo)
    assert (back.moved, back.elsewhere) == ((OPENIDS[2],), (OPENIDS[0], OPENIDS[1]))
    assert platform.members[OPENIDS[0]] == NEW
    assert result_words(back, "").en == "Put 1 follower back; 2 left alone: elsewhere by now, or gone"


async def test_who_cannot_be_moved_is_told_and_keeps_nobody(desk: Desk, platform: PretendedAccount) -> None:
    """One bad openid and one who has left are named with the reason, and the others are moved."""
    platform.bad.add(OPENIDS[0])
    del platform.members[OPENIDS[1]]
    result = await move(desk, OPENIDS[:3], VIP)
    assert result.moved == (OPENIDS[2],)
    assert isinstance(result.failed[OPENIDS[0]], InvalidOpenid)
    assert result_words(result, "VIP").en == "Moved 1 follower to VIP; 2 could not be moved"
    gone, bad = problems(result)
    assert gone.en == "o000…0001: does not follow any more. Next: read who follows again"
    assert bad.zh.startswith("o000…0000：40003")
    assert OPENIDS[0] not in bad.en


async def test_nobody_leaves_the_blacklist_unasked(desk: Desk, platform: PretendedAccount) -> None:
    """Where some of them are in the blacklist by the platform, a move that asks first moves nobody and says so."""
    platform.members[OPENIDS[0]] = 1
    before = dict(platform.members)
    asked = await move(desk, OPENIDS[:3], VIP, asks_first=True)
    assert (asked.blocked, asked.moved, platform.members) == (1, (), before)
    result = await move(desk, OPENIDS[:3], VIP)
    assert (result.blocked, result.unblocked) == (0, 1)
    assert "1 of them out of 黑名单" in result_words(result, "VIP").en
    assert "其中 1 人移出黑名单" in result_words(result, "VIP").zh


async def test_a_group_that_is_gone_is_an_error_and_the_groups_are_asked_anew(
    desk: Desk, platform: PretendedAccount
) -> None:
    """Where nobody was moved because of one error, that is raised, and nobody is counted elsewhere."""
    del platform.names[VIP]
    platform.members[OPENIDS[3]] = 0
    with pytest.raises(UnknownGroup):
        await move(desk, OPENIDS[:2], VIP)
    assert groups_in_mirror(desk)[:2] == [0, 0]
    assert VIP not in await counts(desk)


async def test_an_undo_that_fails_can_be_tried_again(desk: Desk, platform: PretendedAccount) -> None:
    """While the platform is busy nothing of an undo is lost, whichever of its calls it is busy for."""
    result = await move(desk, [*OPENIDS[:2], OPENIDS[4]], VIP)
    assert result.undo
    for call in ("followers.get_many", "groups.move_many"):
        platform.before = busy(call)
        with pytest.raises(SystemBusy):
            await put_back(desk, result.undo)
    platform.before = None
    assert len((await put_back(desk, result.undo)).moved) == 3


async def test_of_an_undo_the_rest_can_be_tried_again(desk: Desk, platform: PretendedAccount) -> None:
    """Where one group is gone by now, the others' members go back, and the rest is told with its reason."""
    result = await move(desk, [*OPENIDS[:2], OPENIDS[4]], VIP)
    assert result.undo
    del platform.names[NEW]
    back = await put_back(desk, result.undo)
    assert (len(back.moved), list(back.failed), back.undo) == (2, [OPENIDS[4]], result.undo)


async def test_an_undo_stops_when_the_platform_goes_away(desk: Desk, platform: PretendedAccount) -> None:
    """Once the platform is away no further group is tried, and all who are left can be put back later."""
    result = await move(desk, [OPENIDS[0], OPENIDS[4]], VIP)
    assert result.undo
    sent: list[Made] = []

    def second_is_busy(made: Made) -> None:
        if made.call == "groups.move_many":
            sent.append(made)
            if len(sent) > 1:
                raise refusal(-1, made.call)

    platform.before = second_is_busy
    back = await put_back(desk, result.undo)
    assert (len(back.moved), len(back.failed), back.undo) == (1, 1, result.undo)


async def test_the_mirror_answers_where_the_platform_does_not_tell(
    desk: Desk, platform: PretendedAccount
) -> None:
    """An account that may not read profiles can still move, and take it back by what the mirror knows."""

    def not_allowed(made: Made) -> None:
        if made.call in {"followers.get_many", "groups.of"}:
            raise refusal(48001, made.call)

    platform.before = not_allowed
    result = await move(desk, [OPENIDS[4]], VIP)
    assert result.undo
    [warning] = problems(result)
    assert warning.en.startswith("in which group they were is told by the mirror")
    assert (await put_back(desk, result.undo)).moved == (OPENIDS[4],)
    assert platform.members[OPENIDS[4]] == NEW


async def test_with_profiles_used_up_a_move_and_its_undo_go_on(
    desk: Desk, platform: PretendedAccount
) -> None:
    """The day's quota of one call blocks no other: a move goes by the mirror, its undo asks for each one's group."""
    platform.daily["followers.get_many"] = 0
    platform.members[OPENIDS[3]] = 0  # the mirror says VIP
    result = await move(desk, [OPENIDS[3], OPENIDS[4]], VIP)
    assert result.undo
    assert (len(result.moved), result.already) == (2, ())
    assert [warning.en[:40] for warning in result.warnings] == ["in which group they were is told by the "]
    platform.members[OPENIDS[4]] = 0
    back = await put_back(desk, result.undo)
    assert (back.moved, back.elsewhere) == ((), (OPENIDS[4],))
    assert platform.members == dict.fromkeys(OPENIDS[:3], 0) | {OPENIDS[3]: VIP, OPENIDS[4]: 0}


async def test_an_undo_keeps_of_whom_nobody_knows_where_they_are(
    desk: Desk, platform: PretendedAccount
) -> None:
    """Where neither the platform nor the mirror tells it, the others go back, and the rest can be tried again."""
    result = await move(desk, OPENIDS[:2], VIP)
    assert result.undo
    (await desk.mirrors()).write.doubted(OPENIDS[:1], 1e10)
    platform.daily = {"followers.get_many": 1, "groups.of": 0}
    back = await put_back(desk, result.undo)
    assert (back.moved, list(back.failed), back.undo) == ((OPENIDS[1],), [OPENIDS[0]], result.undo)
    with pytest.raises(FenzuError, match="nobody can tell"):
        await put_back(desk, result.undo)
    platform.daily.clear()
    assert (await put_back(desk, result.undo)).moved == (OPENIDS[0],)


@pytest.mark.parametrize("is_done", [True, False])
async def test_after_a_lost_answer_an_undo_finds_out(
    desk: Desk, platform: PretendedAccount, *, is_done: bool
) -> None:
    """Nobody knows whether a move was made whose answer was lost: mirror and page say so, and it can be undone."""
    before = dict(platform.members)

    def lose(made: Made) -> None:
        if made.call == "groups.move_many":
            raise TransportError(Words("no answer", "没有应答"))

    platform.before, platform.after = (None, lose) if is_done else (lose, None)
    result = await move(desk, OPENIDS[:2], VIP)
    assert (result.moved, list(result.failed), result.doubtful) == ((), OPENIDS[:2], (*OPENIDS[:2],))
    words = result_words(result, "VIP")
    assert words == Words("it is not certain whether 2 followers were moved", "无法确定 2 人是否已移动")
    assert groups_in_mirror(desk)[:3] == [None, None, 0]
    platform.before = platform.after = None
    platform.calls.clear()
    await desk.groups.list()
    assert [made.call for made in platform.calls] == ["groups.list"]
    assert result.undo
    back = await put_back(desk, result.undo)
    assert len(back.moved) == (2 if is_done else 0)
    assert platform.members == before
    assert groups_in_mirror(desk) == list(before.values())


async def test_a_move_that_is_broken_off_leaves_nobody_in_a_wrong_group(
    desk: Desk, platform: PretendedAccount
) -> None:
    """Where the console ends while a move is on its way, the mirror says that it knows nobody's group."""
    sent = asyncio.Event()

    async def hang(made: Made) -> None:
        if made.call == "groups.move_many":
            sent.set()
            await asyncio.Event().wait()

    result = await move(desk, OPENIDS[3:], 0)
    assert result.undo
    platform.before = hang
    for moving in (move(desk, OPENIDS[:2], VIP), put_back(desk, result.undo)):
        sent.clear()
        task = asyncio.ensure_future(moving)
        await sent.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert groups_in_mirror(desk) == [None, None, 0, None, 0]
    platform.before = None
    assert (await put_back(desk, result.undo)).moved == (OPENIDS[3], OPENIDS[4])


async def test_what_the_mirror_cannot_take_is_done_all_the_same(
    desk: Desk, platform: PretendedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A move that the platform has made is counted and can be undone though the mirror fails, which is a warning."""

    def fail(*_: object) -> None:
        raise StoreError(Words("the disk is full", "磁盘已满"))

    monkeypatch.setattr((await desk.mirrors()).write, "moved", fail)
    result = await move(desk, OPENIDS[:2], VIP)
    assert (result.moved, (await counts(desk))[VIP]) == ((*OPENIDS[:2],), 3)
    assert [words.en for words in problems(result)] == [
        "this is done, but the mirror does not know of it: the disk is full"
    ]
    assert result.undo
    back = await put_back(desk, result.undo)
    assert (len(back.moved), len(problems(back))) == (2, 1)


async def test_moves_of_two_browsers_come_one_after_the_other(desk: Desk, platform: PretendedAccount) -> None:
    """Who is moved twice at once can be put back to where the first move had put them."""
    go = asyncio.Event()

    async def wait(made: Made) -> None:
        if made.call == "groups.move_many":
            await go.wait()

    platform.before = wait
    tasks = [asyncio.ensure_future(move(desk, OPENIDS[:1], to)) for to in (VIP, NEW)]
    go.set()
    first, second = [await task for task in tasks]
    assert groups_in_mirror(desk)[0] == platform.members[OPENIDS[0]] == NEW
    assert second.undo
    await put_back(desk, second.undo)
    assert first.undo
    assert platform.members[OPENIDS[0]] == VIP


async def test_a_sync_that_asked_before_a_move_does_not_undo_it_in_the_mirror(
    desk: Desk, platform: PretendedAccount
) -> None:
    """What somebody is told to be while the move is on its way is older than the move."""

    async def learn(made: Made) -> None:
        if made.call == "groups.move_many":
            asked.append(time.time())

    asked: list[float] = []
    platform.before = learn
    await move(desk, OPENIDS[:1], VIP)
    profiles = [Follower(OpenID(OPENIDS[0]), subscribe=True, group_id=GroupID(0))]
    (await desk.mirrors()).write.learn(profiles, asked[0])
    assert groups_in_mirror(desk)[0] == VIP


async def test_nobody_to_move_asks_nothing(desk: Desk, platform: PretendedAccount) -> None:
    """Who is in the group already costs no call that moves, and there is nothing to take back."""
    result = await move(desk, [OPENIDS[3]], VIP)
    assert (result.moved, result.already, result.undo) == ((), (OPENIDS[3],), None)
    assert platform.changes() == []
    assert result_words(result, "VIP").zh == "1 人已在“VIP”中"


async def test_an_undo_that_asks_one_by_one_leaves_who_has_left(
    desk: Desk, platform: PretendedAccount
) -> None:
    """Where profiles are used up, who does not follow any more is found out, too, and is left alone."""
    result = await move(desk, OPENIDS[:2], VIP)
    assert result.undo
    platform.daily["followers.get_many"] = 0
    del platform.members[OPENIDS[0]]
    back = await put_back(desk, result.undo)
    assert (back.moved, back.elsewhere) == ((OPENIDS[1],), (OPENIDS[0],))


async def test_an_undo_waits_for_a_platform_that_is_away(desk: Desk, platform: PretendedAccount) -> None:
    """Where the platform goes away while it is asked one by one, nothing is sent, and it can be tried again."""
    result = await move(desk, OPENIDS[:2], VIP)
    assert result.undo
    platform.daily["followers.get_many"] = 0

    def away(made: Made) -> None:
        if made.call == "groups.of":
            raise SystemBusy(-1, "system error")

    platform.before = away
    with pytest.raises(SystemBusy):
        await put_back(desk, result.undo)
    platform.before = None
    assert (await put_back(desk, result.undo)).moved == (*OPENIDS[:2],)

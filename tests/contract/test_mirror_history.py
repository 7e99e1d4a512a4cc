"""What a mirror keeps of before, over SQLite and PostgreSQL alike: moves, and sizes of groups."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from fenzu.mirror import Growth, Mirror, PastMove, Query, Size
from fenzu.mirror._tables import STEPS
from fenzu.model import Follower, Group, GroupID, OpenID

URL, APPID = "http://127.0.0.1:8060", "wx1"
OPENIDS = [OpenID(f"o{'A' * 24}{n:03}") for n in range(120)]
MIDNIGHT = 1_795_622_400
"""When 2026-11-26 began in Beijing."""
Opening = Callable[..., Mirror]


@pytest.fixture
def mirrors(new_database_place: str) -> Iterator[Opening]:
    """Open a mirror in the same database as often as one likes, of whichever account."""
    with ExitStack() as stack:

        def opened(appid: str = APPID, *, read_only: bool = False) -> Mirror:
            return stack.enter_context(Mirror.open(new_database_place, URL, appid, read_only=read_only))

        yield opened


def profile(openid: str, group: int, followed: int | None = 5) -> Follower:
    """What the platform says of somebody."""
    return Follower(OpenID(openid), True, GroupID(group), subscribe_time=followed)


def filled(mirror: Mirror) -> Mirror:
    """Tell it of followers, all in group 0."""
    with mirror.transaction():
        for openid in OPENIDS:
            mirror.subscribed(openid, 5)
    mirror.learn([profile(openid, 0) for openid in OPENIDS], 10)
    return mirror


def past(at: float, source: int | None, target: int) -> PastMove:
    return PastMove(at, None if source is None else GroupID(source), GroupID(target))


def test_a_history_tells_each_move_the_newest_first(mirrors: Opening) -> None:
    """Each move that fenzu made of somebody is kept with its time, the group of before and the new one."""
    mirror = filled(mirrors())
    mirror.moved(OPENIDS[:50], 100, 20.5)
    mirror.moved(OPENIDS[11:60], 101, 21.0)
    mirror.moved(OPENIDS[:20], 100, 21.0)
    again = mirrors(read_only=True)
    assert again.history(OPENIDS[1]) == [past(20.5, 0, 100)]
    assert again.history(OPENIDS[11]) == [past(21, 101, 100), past(21, 100, 101), past(20.5, 0, 100)]
    assert again.history(OPENIDS[55]) == [past(21, 0, 101)]
    assert again.history(OPENIDS[110]) == again.history("oNobody") == []


def test_who_was_there_already_has_made_no_move(mirrors: Opening) -> None:
    """Who is told to be in the group that they were in gets no entry, and neither does who is only learnt of."""
    mirror = filled(mirrors())
    assert mirror.moved(OPENIDS[:10], 0, 20) == 10
    mirror.learn([profile(OPENIDS[3], 102)], 21)
    assert mirror.history(OPENIDS[3]) == []
    assert mirror.find(OPENIDS[:1])[OPENIDS[0]].seen_at == 20


def test_a_move_from_a_group_not_known_has_no_source(mirrors: Opening) -> None:
    """Where the group of before was not known, the history says so."""
    mirror = mirrors()
    mirror.subscribed(OPENIDS[0], 5)
    mirror.moved(OPENIDS[:1], 100, 20)
    assert mirror.history(OPENIDS[0]) == [past(20, None, 100)]


def test_many_moves_at_once_are_kept_in_parts(mirrors: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    """A telling of many is written part by part under one revision, and each of them has their history."""
    monkeypatch.setattr("fenzu.mirror._moves.TOGETHER", 7)
    mirror = filled(mirrors())
    before = mirror.revision
    assert mirror.moved([*OPENIDS, "oStranger"], 100, 20) == 120
    assert mirror.revision == before + 1
    assert {tuple(mirror.history(openid)) for openid in OPENIDS} == {(past(20, 0, 100),)}
    assert mirror.count(Query(group_id=100)) == 120


def test_a_move_that_is_taken_back_is_in_no_history(mirrors: Opening) -> None:
    """Move and history are written together or not at all."""
    mirror = filled(mirrors())

    def move_and_fail() -> None:
        with mirror.transaction():
            mirror.moved(OPENIDS[:50], 100, 20)
            raise KeyError

    with pytest.raises(KeyError):
        move_and_fail()
    assert mirror.history(OPENIDS[0]) == []


def test_a_history_begins_anew_with_who_comes_back(mirrors: Opening) -> None:
    """Who has left and followed again is known by what was done since, as to the platform."""
    mirror = filled(mirrors())
    mirror.moved(OPENIDS[:1], 100, 20)
    mirror.unsubscribed(OPENIDS[0], 30)
    assert mirror.history(OPENIDS[0]) == [past(20, 0, 100)]
    mirror.subscribed(OPENIDS[0], 40)
    assert mirror.history(OPENIDS[0]) == []


def test_old_moves_are_forgotten(mirrors: Opening) -> None:
    """Moves from before a moment can be forgotten; the others stay, who is where stays, and it is told since when."""
    mirror = filled(mirrors())
    mirror.moved(OPENIDS[:50], 100, 20)
    mirror.moved(OPENIDS[:20], 101, 30)
    revision = mirror.revision
    assert (mirror.forget_moves(20), mirror.moves_since) == (0, None)
    assert (mirror.forget_moves(30), mirror.moves_since) == (50, 30)
    again = mirrors(read_only=True)
    assert (again.history(OPENIDS[0]), again.history(OPENIDS[40])) == ([past(30, 100, 101)], [])
    assert (again.moves_since, again.revision) == (30, revision)
    assert again.count(Query(group_id=100)) == 30
    assert mirror.forget_moves(25) == 0
    assert (mirror.forget_moves(31), mirror.forget_moves(31), mirror.moves_since) == (20, 0, 31)


def test_older_moves_that_are_told_late_leave_the_moment_as_it_is(mirrors: Opening) -> None:
    """What is kept since some moment is kept since then, also where moves from before an earlier one go later."""
    mirror = filled(mirrors())
    mirror.moved(OPENIDS[:1], 100, 20)
    mirror.forget_moves(30)
    mirror.moved(OPENIDS[:1], 101, 5)
    assert (mirror.forget_moves(10), mirror.moves_since) == (1, 30)


def test_histories_of_two_accounts_do_not_meet(mirrors: Opening) -> None:
    """Followers of the same number at two accounts of one database have a history each."""
    first, second = filled(mirrors()), filled(mirrors("wx2"))
    first.moved(OPENIDS[:1], 100, 20)
    assert second.history(OPENIDS[0]) == []
    assert (second.forget_moves(30), second.moves_since) == (0, None)
    assert first.history(OPENIDS[0]) == [past(20, 0, 100)]


def test_sizes_are_kept_once_a_day(mirrors: Opening) -> None:
    """Of each day in Beijing the last counts are kept, without groups that were deleted on it."""
    mirror, other = mirrors(), mirrors("wx2")

    def note(at: float, **counts: int | None) -> None:
        mirror.note_groups([Group(GroupID(int(name[1:])), name, count) for name, count in counts.items()], at)

    note(MIDNIGHT - 1, g0=10, g100=3, g101=7)
    note(MIDNIGHT, g0=9, g100=4, g101=7)
    note(MIDNIGHT + 86_399.5, g0=8, g100=None, g102=5, g103=None)
    other.note_groups([Group(GroupID(0), "未分组", 1)], MIDNIGHT)
    yesterday, today = "2026-11-25", "2026-11-26"
    assert [(size.day, size.group_id, size.followers) for size in mirror.sizes()] == [
        (yesterday, 0, 10),
        (yesterday, 100, 3),
        (yesterday, 101, 7),
        (today, 0, 8),
        (today, 100, 4),
        (today, 102, 5),
    ]
    assert other.sizes() == [Size(today, GroupID(0), 1)]


def test_growth_tells_when_those_in_a_group_began_to_follow(mirrors: Opening) -> None:
    """For each group and month of Beijing it counts who is in it today, but for those of whom the time is unknown."""
    mirror = filled(mirrors())
    december = MIDNIGHT + 5 * 86_400
    mirror.learn([profile(openid, 100, december - 1) for openid in OPENIDS[:2]], 20)
    mirror.learn([profile(openid, 100, december) for openid in OPENIDS[2:5]], 20)
    mirror.learn([profile(OPENIDS[5], 100, None), profile(OPENIDS[6], 0, december)], 20)
    mirror.unsubscribed(OPENIDS[7], 20)
    mirror.subscribed("oNewcomer", december)
    assert mirror.growth() == [
        Growth(GroupID(0), "1970-01", 112),
        Growth(GroupID(0), "2026-12", 1),
        Growth(GroupID(100), "2026-11", 2),
        Growth(GroupID(100), "2026-12", 3),
    ]


@pytest.mark.parametrize("read_only", [False, True])
def test_an_older_mirror_is_brought_up(
    mirrors: Opening, monkeypatch: pytest.MonkeyPatch, *, read_only: bool
) -> None:
    """A mirror without histories, of an older fenzu, opens with all that it holds, also if it is only to be read."""
    with monkeypatch.context() as patch:
        patch.setattr("fenzu.mirror._account.STEPS", STEPS[:1])
        older = mirrors()
        for openid in OPENIDS[:3]:
            older.subscribed(openid, 5)
        older.close()
    mirror = mirrors(read_only=read_only)
    assert (mirror.followers, mirror.history(OPENIDS[0]), mirror.sizes()) == (3, [], [])
    assert mirror.moves_since is None

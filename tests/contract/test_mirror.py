"""A mirror, over SQLite and PostgreSQL alike."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fenzu.database import FORMATS, open_database
from fenzu.database.formats import version_of
from fenzu.errors import StoreError, UsageError
from fenzu.mirror import Column, Mirror
from fenzu.mirror._sync_log import SyncLog
from fenzu.mirror._tables import NAME, STEPS
from fenzu.model import Follower, Group, GroupID, OpenID

URL, APPID = "http://127.0.0.1:8060", "wx1"
OPENIDS = [OpenID(f"o{'A' * 24}{n:03}") for n in range(120)]
Opening = Callable[..., Mirror]


@pytest.fixture
def mirrors(new_database_place: str) -> Iterator[Opening]:
    """Open a mirror in the same database as often as one likes, of whichever account."""
    with ExitStack() as stack:

        def opened(appid: str = APPID, *, read_only: bool = False) -> Mirror:
            return stack.enter_context(Mirror.open(new_database_place, URL, appid, read_only=read_only))

        yield opened


def filled(mirror: Mirror, openids: list[OpenID] = OPENIDS, group: int = 0, at: float = 10.0) -> Mirror:
    """Tell it of followers, all in one group."""
    with mirror.transaction():
        for openid in openids:
            mirror.subscribed(openid, 5)
    mirror.learn([profile(openid, group) for openid in openids], at)
    return mirror


def profile(openid: str, group: int, remark: str = "", *, follows: bool = True) -> Follower:
    """What the platform says of somebody."""
    if not follows:
        return Follower(OpenID(openid))
    return Follower(OpenID(openid), True, GroupID(group), remark, subscribe_time=5, unionid="u" + openid)


def text_of(mirror: Mirror) -> list[str]:
    """Dump openid and group as lines."""
    return b"".join(mirror.dump(["openid", "group_id"])).decode().splitlines()


def test_a_mirror_tells_whom_it_was_told_of(mirrors: Opening) -> None:
    """Followers stand in a mirror in follow order, and another connection sees them."""
    filled(mirrors())
    again = mirrors(read_only=True)
    assert (again.followers, again.unknown, again.oldest) == (120, 0, 10.0)
    assert text_of(again) == [f"{openid},0" for openid in OPENIDS]
    assert again.find([OPENIDS[7], "oNobody"])[OPENIDS[7]].number == 8
    assert "oNobody" not in again.find(["oNobody"])
    assert repr(again) == f"Mirror({again.where!r})"


def test_a_dump_quotes_what_a_spreadsheet_would_break(mirrors: Opening) -> None:
    """Quotes, commas and line ends in remarks come out as CSV, and what is not known is empty."""
    mirror = mirrors()
    filled(mirror, OPENIDS[:2])
    mirror.learn([profile(OPENIDS[0], 100, 'a,"b"\nc')], 11.5)
    columns: list[Column] = ["number", "openid", "group_id", "remark", "unionid", "subscribed_at", "seen_at"]
    pieces = b"".join(mirror.dump(columns)).decode()
    assert pieces.startswith(f'1,{OPENIDS[0]},100,"a,""b""\nc","u{OPENIDS[0]}",5,11.5\n2,')


def test_who_is_gone_or_in_no_known_group_is_not_dumped(mirrors: Opening) -> None:
    """A dump holds only who follows and whose group is known."""
    mirror = filled(mirrors(), OPENIDS[:3])
    mirror.learn([profile(OPENIDS[0], 0, follows=False)], 12.0)
    mirror.subscribed(OPENIDS[3], 12)
    assert text_of(mirror) == [f"{OPENIDS[1]},0", f"{OPENIDS[2]},0"]
    assert (mirror.followers, mirror.unknown) == (3, 1)


def test_dumps_of_many_come_in_pieces(mirrors: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dump of many is cut between lines, also where a whole piece would be of people who have left."""
    monkeypatch.setattr("fenzu.mirror.store.DUMPED", 50)
    mirror = filled(mirrors())
    mirror.learn([profile(openid, 0, follows=False) for openid in OPENIDS[50:100]], 12.0)
    pieces = list(mirror.dump(["openid"]))
    assert [piece.count(b"\n") for piece in pieces] == [50, 20]
    assert b"".join(pieces).decode().splitlines() == OPENIDS[:50] + OPENIDS[100:]


def test_moving_changes_the_revision_of_those_who_changed_their_group(mirrors: Opening) -> None:
    """After a move the mirror tells whose group changed since a revision, and nobody else's."""
    mirror = filled(mirrors())
    before = mirror.revision
    assert list(mirror.changed_since(before)) == []
    mirror.moved(OPENIDS[:10], 100, 20.0)
    between = mirror.revision
    assert mirror.moved([*OPENIDS[5:15], "oStranger"], 100, 21.0) == 10
    assert [row.openid for row in mirror.changed_since(before)] == OPENIDS[:15]
    assert [row.openid for row in mirror.changed_since(between)] == OPENIDS[10:15]
    assert {row.group_id for row in mirror.changed_since(before)} == {100}
    assert mirror.find(OPENIDS[5:6])[OPENIDS[5]].seen_at == 21.0


def test_several_moves_are_one_transaction(mirrors: Opening) -> None:
    """Moves told in one block are all kept or none."""
    mirror = filled(mirrors())

    def move_and_fail() -> None:
        with mirror.transaction():
            mirror.moved(OPENIDS[:50], 100, 20.0)
            mirror.moved(OPENIDS[50:100], 101, 20.0)
            raise KeyError

    with pytest.raises(KeyError):
        move_and_fail()
    assert {row.group_id for row in mirror.find(OPENIDS).values()} == {0}
    with mirror.transaction():
        mirror.moved(OPENIDS[:50], 100, 20.0)
        mirror.moved(OPENIDS[50:100], 101, 20.0)
    assert [mirror.find([openid])[openid].group_id for openid in OPENIDS[49:51]] == [100, 101]


def test_what_was_asked_before_does_not_undo_what_was_learnt_after(mirrors: Opening) -> None:
    """A profile that was asked for before a move, and comes after it, changes nothing."""
    mirror = filled(mirrors(), OPENIDS[:2])
    mirror.moved(OPENIDS[:1], 100, 20.0)
    mirror.learn([profile(OPENIDS[0], 0), profile(OPENIDS[1], 0, follows=False)], 15.0)
    found = mirror.find(OPENIDS[:2])
    assert found[OPENIDS[0]].group_id == 100
    assert not found[OPENIDS[1]].follows
    mirror.learn([profile(OPENIDS[1], 0)], 14.0)
    assert not mirror.find(OPENIDS[1:2])[OPENIDS[1]].follows
    mirror.learn([profile(OPENIDS[1], 102)], 16.0)
    assert mirror.find(OPENIDS[1:2])[OPENIDS[1]].follows


def test_learning_the_same_again_is_no_change(mirrors: Opening) -> None:
    """A fact learnt again is newer, but nobody has changed; strangers are left out."""
    mirror = filled(mirrors(), OPENIDS[:2])
    before = mirror.revision
    mirror.learn([profile(OPENIDS[0], 0, "new remark"), profile("oStranger", 0)], 30.0)
    assert list(mirror.changed_since(before)) == []
    assert mirror.find(OPENIDS[:1])[OPENIDS[0]].remark == "new remark"
    assert mirror.followers == 2


def test_groups_are_those_last_seen(mirrors: Opening) -> None:
    """The list of groups is replaced whole, and who was in one that is no more is in a group not known."""
    mirror = filled(mirrors(), OPENIDS[:4])
    mirror.note_groups([Group(GroupID(0), "未分组", 3), Group(GroupID(100), "VIP", 1)], 20.0)
    mirror.moved(OPENIDS[:1], 100, 20.0)
    mirror.note_groups([Group(GroupID(0), "未分组", 4), Group(GroupID(101), "新")], 21.0)
    assert mirror.groups() == [Group(GroupID(0), "未分组", 4), Group(GroupID(101), "新", None)]
    assert mirror.find(OPENIDS[:1])[OPENIDS[0]].group_id is None
    assert mirror.unknown == 1


def test_who_is_in_a_group_that_was_on_no_list_is_asked_again_too(mirrors: Opening) -> None:
    """A group that was made and deleted between two lists is as gone as one that was seen."""
    mirror = filled(mirrors(), OPENIDS[:4], group=105)
    mirror.note_groups([Group(GroupID(0), "未分组", 4)], 20.0, mirror.counts())
    assert mirror.unknown == 4


def test_a_nul_in_what_people_wrote_is_no_hindrance(mirrors: Opening) -> None:
    """Names and remarks with a character that PostgreSQL cannot hold are kept without it, on both stores alike."""
    mirror = filled(mirrors(), OPENIDS[:1])
    mirror.learn([profile(OPENIDS[0], 0, "fat\0man")], 20.0)
    mirror.note_groups([Group(GroupID(100), "V\0P", 0)], 20.0)
    assert mirror.find(OPENIDS)[OPENIDS[0]].remark == "fat\ufffdman"
    assert [group.name for group in mirror.groups()] == ["V\ufffdP"]


def test_group_0_need_not_be_listed(mirrors: Opening) -> None:
    """A list of groups without 0 and 1, which are always there, makes nobody's group unknown."""
    mirror = filled(mirrors(), OPENIDS[:4])
    mirror.note_groups([Group(GroupID(0), "未分组", 4)], 20.0)
    mirror.note_groups([Group(GroupID(2), "星标组", 0)], 21.0)
    assert mirror.unknown == 0
    assert mirror.counts() == {0: 4}
    assert [(group.id, group.name, group.platform, group.mirror) for group in mirror.status().groups] == [
        (0, "未分组", None, 4),
        (2, "星标组", 0, 0),
    ]


def test_who_follows_again_is_new(mirrors: Opening) -> None:
    """Who comes back stands at the end of the follow order, in a group not known; old news change nothing."""
    mirror = filled(mirrors(), OPENIDS[:3])
    mirror.unsubscribed(OPENIDS[0], 4)
    assert mirror.followers == 3
    mirror.unsubscribed(OPENIDS[0], 20)
    mirror.unsubscribed("oNobody", 20)
    assert mirror.followers == 2
    mirror.subscribed(OPENIDS[0], 19)
    assert mirror.followers == 2
    mirror.subscribed(OPENIDS[0], 30)
    mirror.subscribed(OPENIDS[0], 30)
    row = mirror.find(OPENIDS[:1])[OPENIDS[0]]
    assert (row.follows, row.number, row.group_id, row.subscribed_at) == (True, 4, None, 30)
    mirror.subscribed(OPENIDS[1], 90)
    assert mirror.find(OPENIDS[1:2])[OPENIDS[1]].number == 5


def test_accounts_of_one_database_do_not_meet(mirrors: Opening) -> None:
    """Two accounts in one database know nothing of each other."""
    first, second = filled(mirrors()), mirrors("wx2")
    assert (second.followers, second.oldest, second.groups()) == (0, None, [])
    assert second.moved(OPENIDS, 100, 30.0) == 0
    assert first.find(OPENIDS[:1])[OPENIDS[0]].group_id == 0


def test_a_mirror_that_is_not_there_cannot_be_read(
    mirrors: Opening, new_database_place: str, tmp_path: Path
) -> None:
    """A mirror opened only to be read has to be there; the refusal says how to make one."""
    open_database(new_database_place).close()
    for _ in range(2):
        with pytest.raises(StoreError, match="fenzu mirror sync"):
            mirrors(read_only=True)
        mirrors("wx2")
    with pytest.raises(StoreError):
        Mirror.open(str(tmp_path / "none.db"), URL, APPID, read_only=True)
    with pytest.raises(UsageError):
        mirrors("")


def test_the_status_counts_all(mirrors: Opening) -> None:
    """A status tells groups beside the platform's counts, the gone, the unknown, and the ages of the facts."""
    assert mirrors().status().median is None
    mirror = filled(mirrors(), OPENIDS[:5], at=1_000.0)
    mirror.note_groups([Group(GroupID(0), "未分组", 9), Group(GroupID(100), "VIP")], 20.0)
    mirror.moved(OPENIDS[:3], 100, 5_000.0)
    mirror.unsubscribed(OPENIDS[4], 6_000)
    mirror.subscribed(OPENIDS[7], 6_000)
    status = mirror.status()
    assert (status.followers, status.unknown, status.gone) == (5, 1, 1)
    assert (status.oldest, status.last_sync, mirror.last_sync) == (1_000.0, None, None)
    assert status.median == pytest.approx(5_000, abs=60)
    assert [(group.name, group.platform, group.mirror) for group in status.groups] == [
        ("未分组", 9, 1),
        ("VIP", None, 3),
    ]
    assert mirror.counts() == {0: 1, 100: 3}
    assert (mirror.appid, mirror.base_url) == (APPID, URL)


def test_a_remark_is_noted_alone(mirrors: Opening) -> None:
    """A new remark is found at once, and neither the group nor the age of what is known changes with it."""
    mirror = filled(mirrors(), OPENIDS[:2], 100, at=10.0)
    revision = mirror.revision
    mirror.remarked(OPENIDS[0], "VIP\0 customer", 20.0)
    row = mirror.find(OPENIDS[:1])[OPENIDS[0]]
    assert (row.remark, row.group_id, row.seen_at) == ("VIP\ufffd customer", 100, 10.0)
    assert mirror.find(OPENIDS[1:2])[OPENIDS[1]].remark == ""
    assert mirror.revision == revision


def test_a_remark_outlives_an_answer_of_before(mirrors: Opening) -> None:
    """What a sync asked before a remark was set leaves the remark alone, and what it asked afterwards counts."""
    mirror = filled(mirrors(), OPENIDS[:1], 100, at=10.0)
    mirror.remarked(OPENIDS[0], "new", 20.0)
    mirror.learn([profile(OPENIDS[0], 101, "old")], 19.0)
    row = mirror.find(OPENIDS[:1])[OPENIDS[0]]
    assert (row.remark, row.group_id, row.seen_at) == ("new", 101, 19.0)
    mirror.learn([profile(OPENIDS[0], 101, "newer")], 21.0)
    assert mirror.find(OPENIDS[:1])[OPENIDS[0]].remark == "newer"


def test_a_group_that_is_named_leaves_the_others_alone(mirrors: Opening) -> None:
    """A group that was made or renamed is noted alone: groups of others, their members and counts stay."""
    mirror = filled(mirrors(), OPENIDS[:3], 107)
    mirror.note_groups([Group(GroupID(100), "VIP", 4), Group(GroupID(107), "theirs", 3)], 20.0)
    before = (mirror.revision, mirror.sizes())
    mirror.group_named(101, "n\0w", 21.0)
    mirror.group_named(100, "gold", 22.0)
    assert mirror.groups() == [
        Group(GroupID(100), "gold", 4),
        Group(GroupID(101), "n\ufffdw"),
        Group(GroupID(107), "theirs", 3),
    ]
    assert (mirror.revision, mirror.sizes()) == before
    assert mirror.counts() == {107: 3}


def test_a_list_of_groups_is_as_old_as_the_question(mirrors: Opening) -> None:
    """A list that was asked for before a group was made or renamed leaves that group and its members alone."""
    mirror = filled(mirrors(), OPENIDS[:3], 107)
    mirror.note_groups([Group(GroupID(100), "VIP", 0)], 5.0)
    mirror.group_named(107, "new", 21.0)
    mirror.group_named(100, "gold", 22.0)
    mirror.note_groups([Group(GroupID(100), "VIP", 0)], 20.0, mirror.counts())
    assert [group.name for group in mirror.groups()] == ["gold", "new"]
    assert mirror.counts() == {107: 3}
    mirror.note_groups([Group(GroupID(100), "gold", 0)], 23.0)
    assert ([group.name for group in mirror.groups()], mirror.counts()) == (["gold"], {})


def test_members_of_a_deleted_group_are_in_none(mirrors: Opening) -> None:
    """Where the platform had counted as many as the mirror, they are in none, under one revision and in no history."""
    mirror = filled(mirrors(), OPENIDS[:5], 107)
    mirror.learn([profile(OPENIDS[3], 101), profile(OPENIDS[4], 107, follows=False)], 15.0)
    mirror.note_groups([Group(GroupID(101), "new", 1), Group(GroupID(107), "gone", 3)], 20.0)
    before = mirror.revision
    mirror.group_deleted(107, 25.0, 3)
    assert mirror.counts() == {0: 3, 101: 1}
    assert {row.revision for row in mirror.changed_since(before) if row.follows} == {before + 1}
    assert [group.id for group in mirror.groups()] == [101]
    assert [size.group_id for size in mirror.sizes()] == [101]
    assert mirror.history(OPENIDS[0]) == []
    mirror.learn([profile(OPENIDS[0], 107)], 24.0)
    assert mirror.find(OPENIDS[:1])[OPENIDS[0]].group_id == 0


@pytest.mark.parametrize("count", [2, 4, None])
def test_whom_somebody_else_has_moved_out_of_a_deleted_group_nobody_knows(
    mirrors: Opening, count: int | None
) -> None:
    """Where the platform counted others than the mirror, or did not tell, the mirror says of none where they are."""
    mirror = filled(mirrors(), OPENIDS[:3], 107)
    mirror.group_deleted(107, 25.0, count)
    assert (mirror.counts(), mirror.unknown) == ({}, 3)
    assert mirror.history(OPENIDS[0]) == []


def test_after_a_lost_answer_the_group_is_not_known(mirrors: Opening) -> None:
    """Who may have been moved is in no known group, whatever was asked before, until they are asked for again."""
    mirror = filled(mirrors(), OPENIDS[:3], 100)
    before = mirror.revision
    assert mirror.doubted([*OPENIDS[:2], "oStranger"], 20.0) == 2
    assert (mirror.counts(), mirror.unknown) == ({100: 1}, 2)
    assert [row.openid for row in mirror.changed_since(before)] == OPENIDS[:2]
    mirror.learn([profile(OPENIDS[0], 100)], 19.0)
    assert mirror.unknown == 2
    mirror.learn([profile(OPENIDS[0], 101)], 21.0)
    assert mirror.counts() == {100: 1, 101: 1}
    assert mirror.history(OPENIDS[0]) == []


def test_a_mirror_is_complete_once_the_group_of_each_is_known(mirrors: Opening) -> None:
    """Before and during the first sync, and while somebody's group is not known, its counts are not everybody's."""
    mirror = mirrors()
    log = SyncLog(mirror.account)
    assert not mirror.is_complete
    state = log.begin(5.0, None)
    assert not mirror.is_complete
    state = log.enter(state, "groups")
    assert mirror.is_complete  # nobody follows
    mirror.subscribed(OPENIDS[0], 5)
    assert not mirror.is_complete
    mirror.learn([profile(OPENIDS[0], 100)], 6.0)
    log.enter(state, "done", 7.0)
    assert mirror.is_complete
    log.begin(8.0, None)
    assert mirror.is_complete
    mirror.doubted(OPENIDS[:1], 9.0)
    assert not mirror.is_complete


def test_each_mirror_has_an_id_of_its_own(mirrors: Opening) -> None:
    """A mirror keeps the id that it was given at random, for whoever opens it; another account's mirror has another."""
    mirror = mirrors()
    assert len(mirror.id) == 16
    assert mirrors(read_only=True).id == mirrors().id == mirror.id
    assert mirrors("wx2").id not in {"", mirror.id}


def test_a_mirror_of_a_newer_fenzu_is_left_as_it_is(mirrors: Opening) -> None:
    """Tables that are newer than this fenzu's are refused, to be read as to be written, and keep their version."""
    mirror = mirrors()
    assert version_of(mirror.database, NAME) == len(STEPS)
    mirror.database.run(f"UPDATE {FORMATS} SET version = version + 1 WHERE name = ?", [NAME])
    for read_only in (True, False):
        with pytest.raises(StoreError, match="newer"):
            mirrors(read_only=read_only)
    assert version_of(mirror.database, NAME) == len(STEPS) + 1

"""A torn copy of a store opens with what it must hold, or is refused with words; its counts are never wrong."""

import random
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fenzu.errors import StoreError
from fenzu.sandbox.platform import Platform
from tests.strain.damage import spoil
from tests.strain.inside import Inside, make_account, opened

FOLLOWERS = [f"oT{number:026d}" for number in range(240)]
GROUPS = [{"id": number, "name": f"group {number}"} for number in range(100, 106)]
TAGS = [{"id": number, "name": f"tag {number}"} for number in range(110, 113)]
CHANGES = 120
STORE, LOG = "store", "store-wal"


class State(msgspec.Struct, frozen=True):
    """Who is where, who carries what, and what the counts say."""

    group_of: dict[str, int]
    tags_of: dict[str, list[int]]
    groups: dict[int, int]
    tags: dict[int, int]
    total: int

    def adds_up(self) -> bool:
        """Tell whether the counts are those of the followers."""
        groups = list(self.group_of.values())
        tags = [tag for carried in self.tags_of.values() for tag in carried]
        return (
            all(groups.count(id_) == count for id_, count in self.groups.items())
            and all(tags.count(id_) == count for id_, count in self.tags.items())
            and self.total == len(groups) == sum(self.groups.values())
        )


class Original(msgspec.Struct, frozen=True):
    """A store that was killed: its folder, and after each change how long its log was and what was acknowledged."""

    folder: Path
    states: list[tuple[int, State]]

    def least(self, length: int) -> int:
        """Return which state is on disk for sure if the log is whole up to here."""
        return max((number for number, (end, _) in enumerate(self.states) if end <= length), default=0)

    def changes_behind(self, length: int) -> int:
        """Return how many changes end behind this byte of the log."""
        return sum(end > length for end, _ in self.states)


async def look(platform: Platform) -> State:
    """Ask a platform for everything; the token is the one that it has, for damage may have changed it."""
    token = platform._store.reader.execute("SELECT text FROM token").get
    ask, query = Inside(platform).call, f"access_token={token}"
    rows = (await ask(f"/cgi-bin/groups/get?{query}"))["groups"]
    tags = (await ask(f"/cgi-bin/tags/get?{query}"))["tags"]
    page = await ask(f"/cgi-bin/user/get?{query}")
    openids, profiles = page["data"]["openid"], []
    for first in range(0, len(openids), 100):
        users = [{"openid": openid} for openid in openids[first : first + 100]]
        answer = await ask(f"/cgi-bin/user/info/batchget?{query}", {"user_list": users})
        profiles += answer["user_info_list"]
    return State(
        {
            openid: (await ask(f"/cgi-bin/groups/getid?{query}", {"openid": openid}))["groupid"]
            for openid in openids
        },
        {profile["openid"]: profile["tagid_list"] for profile in profiles},
        {row["id"]: row["count"] for row in rows},
        {row["id"]: row["count"] for row in tags},
        page["total"],
    )


@pytest.fixture
async def original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Original:
    """Write a store of which a part is in the file and a part in its log, and copy it as a kill would leave it."""
    path, rng = tmp_path / "original" / STORE, random.Random(3)
    path.parent.mkdir()
    async with opened(path) as platform:
        query = await make_account(platform, FOLLOWERS, groups=GROUPS, tags=TAGS)
        for _ in range(CHANGES):
            await change(Inside(platform), query, rng)
    async with opened(path) as platform:
        log = path.with_name(LOG)
        states = [(0, await look(platform))]
        for _ in range(CHANGES):
            await change(Inside(platform), query, rng)
            states.append((log.stat().st_size, await look(platform)))
        shutil.copytree(path.parent, tmp_path / "killed")
    assert all(state.adds_up() for _, state in states)
    return Original(tmp_path / "killed", states)


async def change(platform: Inside, query: str, rng: random.Random) -> None:
    """Make one change that the platform acknowledges."""
    some = rng.sample(FOLLOWERS, rng.choice([1, 1, 3, 20]))
    group, tag = rng.choice([0, 1, 2, *range(100, 106)]), rng.choice([2, *range(110, 113)])
    path, body = rng.choice(
        [
            ("groups/members/batchupdate", {"openid_list": some, "to_groupid": group}),
            ("tags/members/batchtagging", {"openid_list": some, "tagid": tag}),
            ("tags/members/batchuntagging", {"openid_list": some, "tagid": tag}),
            ("user/info/updateremark", {"openid": some[0], "remark": f"r{rng.randrange(99)}"}),
            ("groups/update", {"group": {"id": 105, "name": f"n{rng.randrange(99)}"}}),
        ]
    )
    answer: Any = await platform.call(f"/cgi-bin/{path}?{query}", body)
    assert answer["errcode"] in {0, 45059}, answer


@pytest.mark.timeout(600)
async def test_a_torn_copy_opens_whole_or_is_refused(original: Original, tmp_path: Path, full: bool) -> None:
    """Of 40 copies (FULL=1: 200) that were cut or overwritten anywhere, none shows a trace, a loss or a wrong count."""
    rng, opened_ones, refused = random.Random(11), 0, 0
    for number in range(200 if full else 40):
        folder = tmp_path / f"copy-{number}"
        shutil.copytree(original.folder, folder)
        damage = spoil(folder / rng.choice([STORE, LOG]), rng)
        try:
            async with opened(folder / STORE) as platform:
                state = await look(platform)
        except StoreError as error:
            assert error.advice.en, damage
            refused += 1
            continue
        except Exception as error:
            raise AssertionError(str(damage)) from error
        opened_ones += 1
        at_least = CHANGES
        if damage.name == LOG:
            # Of a log that was cut nobody can tell how long it was, and damage near its end looks like a kill.
            at_least = original.least(damage.at)
            assert original.changes_behind(damage.end) <= 2, damage
        assert state.adds_up(), damage
        assert state in [kept for _, kept in original.states[at_least:]], damage
    assert opened_ones > 5
    assert refused > 5

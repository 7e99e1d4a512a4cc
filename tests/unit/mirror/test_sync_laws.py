"""What always holds of syncs, whatever happens between them and in them: many stories, each from its seed."""

import random
from pathlib import Path

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of, refusal
from tests.simulation.loop import Killed
from tests.unit.mirror.test_sync import GROUPS, START, check, synced

from fenzu.errors import InvalidOpenid
from fenzu.mirror import Mirror, Row
from fenzu.mirror._sync import Wanted
from fenzu.mirror.events import Finished


class Story:
    """An account to which things happen, and a mirror that is synced now and then, often not to the end."""

    def __init__(self, seed: int, place: str) -> None:
        self.chance = random.Random(seed)
        self.account = PretendedAccount(
            {openid_of(n): self.chance.choice((0, 100, 101)) for n in range(40)},
            GROUPS,
            page=self.chance.choice((1, 7, 40, 1_000)),
        )
        self.place = place
        self.newest, self.now = 100, START
        self.has_told = False

    def live(self) -> None:
        """Let things happen, sync until it is done, and compare; several times."""
        with Mirror.open(self.place, self.account.base_url, self.account.appid) as mirror:
            for _ in range(5):
                self.happen(mirror)
                while not self.sync(mirror):
                    pass
                self.check(mirror)

    def check(self, mirror: Mirror) -> None:
        """Groups are as they are; so is the order, unless events came before others that no sync had found yet."""
        if not self.has_told:
            check(self.account, mirror)
        lines = b"".join(mirror.dump(["openid", "group_id"])).decode().splitlines()
        assert sorted(lines) == sorted(f"{openid},{group}" for openid, group in self.account.members.items())
        assert (mirror.followers, mirror.unknown) == (len(self.account.members), 0)

    def happen(self, mirror: Mirror) -> None:
        """Somebody follows, leaves, comes back or is moved by us."""
        members, returned = self.account.members, set[str]()
        before = mirror.find(members)
        for _ in range(self.chance.randrange(12)):
            someone = self.chance.choice(list(members))
            match self.chance.randrange(4):
                case 0:
                    self.newest += 1
                    members[openid_of(self.newest)] = 0
                case 1 if len(members) > 3:
                    del members[someone]
                case 2:
                    del members[someone]
                    members[someone] = 0
                    returned.add(someone)
                case _:
                    members[someone] = self.chance.choice((0, 100, 101))
                    mirror.moved([someone], members[someone], self.now)
        self.tell(mirror, before, returned)

    def tell(self, mirror: Mirror, before: dict[str, Row], returned: set[str]) -> None:
        """Tell the mirror of who was away where the order does not: nobody is left whom they have fallen behind."""
        highest = 0
        for openid in self.account.members:
            row = before.get(openid)
            if row is None or not row.follows:
                continue
            if openid not in returned:
                highest = max(highest, row.number)
            elif row.number > highest:
                self.has_told = True
                mirror.unsubscribed(openid, int(self.now) + 200)
                mirror.subscribed(openid, int(self.now) + 300)

    def sync(self, mirror: Mirror) -> bool:
        """Sync, perhaps with trouble, and tell whether it came to its end."""
        self.now += 1_000
        left = self.chance.choice((1, 3, 10, 1_000))
        kill_at = self.chance.choice((None, None, self.chance.randrange(1, 60)))

        def trouble(made: Made) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise refusal(45009, made.call)
            if self.chance.random() < 0.1:
                raise refusal(-1, made.call)

        self.account.before = trouble
        try:
            events = synced(self.account, mirror, Wanted(in_flight=3), self.now, kill_at)
        except Killed:
            return False
        except InvalidOpenid as error:
            raise AssertionError from error
        return isinstance(events[-1], Finished)


@pytest.mark.timeout(900)
def test_a_mirror_that_is_synced_is_the_account(tmp_path: Path, full: bool) -> None:
    """Whoever comes, goes, comes back or is moved, and wherever syncs are stopped or killed: the end is right."""
    for seed in range(100 if full else 8):
        try:
            Story(seed, str(tmp_path / f"{seed}.db")).live()
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise

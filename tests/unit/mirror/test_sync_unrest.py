"""A sync while people come, leave and come back between its pages: nobody who follows may count as gone."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of, refusal
from tests.unit.mirror.test_sync import START, check, follow, leave, made, synced

from fenzu.errors import InvalidOpenid, StoreError
from fenzu.mirror import Mirror
from fenzu.mirror._sync_log import SyncLog
from fenzu.mirror.events import Finished, Listed, Waiting
from fenzu.model import OpenID, Page


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    """An empty mirror."""
    with Mirror.open(str(tmp_path / "mirror.db"), "http://127.0.0.1:8060", "wx1") as opened:
        yield opened


def an_account(n: int = 1_000, page: int = 100) -> PretendedAccount:
    return PretendedAccount([openid_of(k) for k in range(n)], page=page)


def at_page(account: PretendedAccount, number: int, happen: Callable[[], None]) -> None:
    """Let something happen before a page of this number is read, counted from 1."""
    pages = 0

    def before(made: Made) -> None:
        nonlocal pages
        if made.call == "followers.list":
            pages += 1
            if pages == number:
                happen()

    account.before = before


def come_back(account: PretendedAccount, *numbers: int) -> None:
    leave(account, *numbers)
    follow(account, *numbers)


def follow_by(mirror: Mirror) -> set[str]:
    lines = b"".join(mirror.dump(["openid"])).decode().split()
    return set(lines)


def test_the_last_of_a_page_may_leave_and_follow_again(mirror: Mirror) -> None:
    """Who stands behind a page's end that has moved to the end of the list is read all the same, for one call more."""
    account = an_account()
    synced(account, mirror)
    at_page(account, 2, lambda: come_back(account, 99))
    account.calls.clear()
    synced(account, mirror, start=START + 1_000)
    check(account, mirror)
    assert len(made(account, "followers.list")) <= 10 + 2


def test_a_first_sync_misses_nobody_either(mirror: Mirror) -> None:
    """The same where nobody is known yet."""
    account = an_account()
    at_page(account, 2, lambda: come_back(account, 99))
    synced(account, mirror)
    assert follow_by(mirror) == set(account.members)


@pytest.mark.parametrize("times", [1, 1_000])
@pytest.mark.parametrize("total", [1_000, 0])
def test_an_empty_page_in_the_midst_makes_nobody_gone(mirror: Mirror, times: int, total: int) -> None:
    """An empty page before the end is asked for again a few times; at worst nobody behind it is touched."""
    account = an_account()
    synced(account, mirror)
    leave(account, 5)
    empty, page = times, account.page

    async def odd(after: OpenID | None) -> Page:
        nonlocal empty
        found = await page(after)
        if after is not None and after in {openid_of(k) for k in range(290, 300)} and empty:
            empty -= 1
            return Page((), total, None)
        return found

    account.page = odd  # type: ignore[method-assign]  # a platform with the hiccups
    account.calls.clear()
    synced(account, mirror, start=START + 1_000)
    assert follow_by(mirror) == set(account.members)
    assert len(made(account, "followers.list")) <= 10 + 4


def test_a_short_page_that_stays_short_is_taken(mirror: Mirror) -> None:
    """A platform whose pages have odd lengths is asked a few times more and then believed."""
    account = an_account(300, 50)
    lengths, page = iter([50, *[10, 30] * 100]), account.page

    async def odd(after: OpenID | None) -> Page:
        found = await page(after)
        some = found.openids[: next(lengths)]
        return Page(some, found.total, some[-1] if some else None)

    account.page = odd  # type: ignore[method-assign]  # no platform does so
    synced(account, mirror)
    check(account, mirror)


def test_stepping_back_goes_by_the_page_not_by_numbers(mirror: Mirror) -> None:
    """Behind one who has left, the page begins after whoever stood before them, whatever their numbers are."""
    account = an_account(400)
    synced(account, mirror)
    mirror.unsubscribed(openid_of(199), int(START) + 5)
    at_page(account, 3, lambda: leave(account, 199))
    synced(account, mirror, start=START + 1_000)
    check(account, mirror)


def test_cursors_that_are_all_refused_make_nobody_gone(mirror: Mirror) -> None:
    """If no page is given behind anybody, the sync ends with the platform's error, and the next one begins anew."""
    account = an_account(2_000)
    synced(account, mirror)

    def refuse(made: Made) -> None:
        if made.call == "followers.list" and made.openids:
            raise refusal(40003, made.call)

    account.before = refuse
    account.calls.clear()
    with pytest.raises(InvalidOpenid):
        synced(account, mirror, start=START + 1_000)
    assert len(account.calls) <= 20
    assert mirror.followers == 2_000
    account.before = None
    account.calls.clear()
    synced(account, mirror, start=START + 2_000)
    check(account, mirror)
    assert len(made(account, "followers.list")) == 20


def test_pages_go_on_where_as_many_came_as_left(mirror: Mirror) -> None:
    """As many openids as follow are not all who follow: who came back behind the newcomers is found."""
    account = an_account(400)
    synced(account, mirror)

    def happen() -> None:
        leave(account, 5)
        leave(account, 350)
        follow(account, 2_000, 350)

    at_page(account, 3, happen)
    synced(account, mirror, start=START + 1_000)
    assert set(account.members) <= follow_by(mirror)
    assert mirror.find([openid_of(350)])[openid_of(350)].number > 400


def test_very_many_who_left_are_not_asked_for(mirror: Mirror) -> None:
    """Only a few are asked for before they count as gone: of very many, those at the end of the list."""
    account = an_account(3_000, 1_000)
    synced(account, mirror)
    leave(account, *range(100, 1_000), *range(2_995, 3_000))
    follow(account, 5_000)
    account.calls.clear()
    events = synced(account, mirror, start=START + 1_000)
    check(account, mirror)
    [listed] = [event for event in events if isinstance(event, Listed)]
    assert listed.gone == 905
    assert [len(each.openids) for each in made(account, "followers.get_many")] == [5, 1]


def test_busy_answers_for_those_who_may_be_gone_are_waited_for(mirror: Mirror) -> None:
    """Asking before somebody counts as gone bears with a busy platform like the rest, and tells of the wait."""
    account = an_account()
    synced(account, mirror)
    leave(account, 5)
    follow(account, 5_000)
    busy = iter([True])

    def trouble(made: Made) -> None:
        if made.openids == (openid_of(5),) and next(busy, False):
            raise refusal(-1, made.call)

    account.before = trouble
    assert any(isinstance(event, Waiting) for event in synced(account, mirror, start=START + 1_000))
    check(account, mirror)


def test_very_many_at_the_end_are_not_asked_for_either(mirror: Mirror) -> None:
    """Where the last of the list have left, more than a few, the count of who follows has told so."""
    account = an_account(3_000, 1_000)
    synced(account, mirror)
    leave(account, *range(2_000, 3_000))
    follow(account, 5_000)
    account.calls.clear()
    synced(account, mirror, start=START + 1_000)
    check(account, mirror)
    assert [len(each.openids) for each in made(account, "followers.get_many")] == [1]


def test_a_list_that_lacks_many_lets_nobody_go(mirror: Mirror) -> None:
    """If the pages show far fewer than the platform counts, nobody counts as gone; the next good sync finds them."""
    account = an_account(3_000, 1_000)
    synced(account, mirror)
    leave(account, *range(600))
    page = account.page

    async def halved(after: OpenID | None) -> Page:
        return Page((), 2_400, None) if after is not None else await page(after)

    account.page = halved  # type: ignore[method-assign]  # a platform out of its mind
    synced(account, mirror, start=START + 1_000)
    assert set(account.members) <= follow_by(mirror)
    account.page = page  # type: ignore[method-assign]  # as it was
    synced(account, mirror, start=START + 2_000)
    check(account, mirror)


def test_a_sync_that_was_overtaken_changes_nothing(mirror: Mirror) -> None:
    """Whatever a sync would write after another one has gone on is refused, so nobody counts as gone by old pages."""
    account = an_account(300)
    log = SyncLog(mirror.account)
    old = log.begin(START, None)
    synced(account, mirror)
    writes: list[Callable[[], object]] = [
        lambda: log.let_go(old, START),
        lambda: log.enter(old, "done"),
        lambda: log.step_back(old),
        lambda: log.restart(old),
        lambda: log.see(old, [1]),
    ]
    for write in writes:
        with pytest.raises(StoreError, match="another sync"):
            write()
    check(account, mirror)


class Unrest:
    """An account in which things happen before any page, to anybody and often to the last of the page before."""

    def __init__(self, seed: int, mirror: Mirror) -> None:
        self.chance = random.Random(seed)
        self.mirror = mirror
        self.newest = 10_000
        self.account = an_account(self.chance.choice((12, 40, 90)), self.chance.choice((1, 3, 7, 20, 1_000)))
        self.ever = set(self.account.members)
        self.peaceful = self.account.page
        self.trouble = self.chance.choice((0.0, 0.05, 0.3))
        self.pages = self.begun = self.troubles = 0
        self.entries = len(self.ever)
        """So many have stood in the list, those who came back once more each time."""

    def live(self) -> None:
        """Sync once in peace, once in unrest, and once more in peace."""
        synced(self.account, self.mirror)
        self.happen(None)
        self.account.page = self.page  # type: ignore[method-assign]  # with its hiccups
        now = START + 1_000
        while not self.sync(now):
            now += 1_000
        gone = {openid for openid, row in self.mirror.find(self.ever).items() if not row.follows}
        assert gone & set(self.account.members) == set()
        most = -(-self.entries // self.account.page_size) + 2
        assert self.begun <= 1 + self.troubles
        assert self.pages <= most * self.begun + 9 * self.troubles + 6
        self.account.page = self.peaceful  # type: ignore[method-assign]  # as it was
        synced(self.account, self.mirror, start=now + 1_000)
        assert follow_by(self.mirror) == set(self.account.members)

    def sync(self, now: float) -> bool:
        """Sync, and tell whether it came to its end."""
        try:
            return isinstance(synced(self.account, self.mirror, start=now)[-1], Finished)
        except InvalidOpenid:
            return False

    async def page(self, after: OpenID | None) -> Page:
        """A page, before which things happen; now and then it is empty or refused."""
        self.pages += 1
        self.begun += after is None
        if self.chance.random() < self.trouble:
            self.happen(after)
        if after is not None and self.chance.random() < self.trouble / 4:
            self.troubles += 1
            if self.chance.random() < 0.5:
                raise refusal(40003, "followers.list")
            return Page((), self.chance.choice((0, len(self.account.members))), None)
        return await self.peaceful(after)

    def happen(self, after: OpenID | None) -> None:
        """Somebody joins, leaves or comes back."""
        members = self.account.members
        for _ in range(self.chance.randrange(1, 5)):
            someone = self.chance.choice(list(members))
            if after in members and self.chance.random() < 0.4:
                someone = str(after)
            what = self.chance.randrange(3)
            if what < 2:
                self.troubles += someone == after
                del members[someone]
            self.entries += 1
            if what == 1 or len(members) < 4:
                members[someone] = 0
            if what == 2:
                self.newest += 1
                members[openid_of(self.newest)] = 0
        self.ever |= set(members)


@pytest.mark.timeout(900)
def test_nobody_who_follows_counts_as_gone(tmp_path: Path, full: bool) -> None:
    """Whoever comes, goes or comes back between any two pages: who follows stays, and the next sync finds who left."""
    for seed in range(500 if full else 40):
        with Mirror.open(str(tmp_path / f"{seed}.db"), "http://127.0.0.1:8060", "wx1") as mirror:
            try:
                Unrest(seed, mirror).live()
            except BaseException as error:
                error.add_note(f"seed {seed}")
                raise

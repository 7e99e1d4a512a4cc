"""The laws of plan, apply and undo, for accounts and wishes of any kind."""

import random
from collections.abc import Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.pretended_account import CHANGES, Made, PretendedAccount, State, openid_of, refusal
from tests.unit.regroup.timeless import Clock, inline, run

from fenzu.errors import FenzuError, TransportError
from fenzu.mirror import Mirror
from fenzu.regroup import Event, Finished, OpenRun, Plan, Settings, Stopped
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.opening import save_plan
from fenzu.regroup._planning.plan import Facts, make_plan
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._settling.undo import make_undo
from fenzu.regroup._settling.verify import verify_run
from fenzu.regroup._values import KnownGroup
from fenzu.wire.limits import BLACKLIST
from fenzu.wire.words import Words

pytestmark = pytest.mark.timeout(600)  # FULL=1 takes half a minute each, and more while coverage is measured

law = settings(max_examples=settings().max_examples // 2)
"""Each example writes and syncs a plan file or two: half as many as elsewhere, by default and with FULL=1."""


class Case(NamedTuple):
    """An account as it was, and where a wish wants some of its followers: the name of a group, or its id as text."""

    names: dict[int, str]
    members: dict[str, int]
    wish: dict[str, str]
    rename: bool

    def account(self) -> PretendedAccount:
        return PretendedAccount(self.members, self.names)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to 130 followers in up to five groups, of whom some are wished into these or into up to three new ones."""
    own = draw(st.lists(st.sampled_from(["VIP", "朋友", "同事", "East", "West"]), unique=True, max_size=4))
    names = {100 + number: name for number, name in enumerate(own)}
    ids = [0, 2, *names]
    # Runs of followers in one group and with one wish, so that a few draws make several batches.
    runs = draw(
        st.lists(
            st.tuples(
                st.integers(1, 60),
                st.sampled_from(ids),
                st.sampled_from([None, None, "Gold", "=Silver", *own, *map(str, ids)]),
            ),
            max_size=6,
        )
    )
    members: dict[str, int] = {}
    wish: dict[str, str] = {}
    for length, group, wanted in runs:
        for _ in range(length):
            openid = openid_of(len(members))
            members[openid] = group
            if wanted is not None:
                wish[openid] = wanted
    return Case(names, members, wish, draw(st.booleans()))


def plan_for(account: PretendedAccount, wish: Mapping[str, str], *, rename: bool = False) -> Plan:
    """Return the plan from who is where now to where the wish wants them."""
    rows = pl.DataFrame(
        {"row": range(2, len(wish) + 2), "openid": list(wish), "group": list(wish.values())},
        schema={"row": pl.UInt32, "openid": pl.String, "group": pl.String},
    )
    mirror = pl.DataFrame(
        {"openid": list(account.members), "group_id": list(account.members.values())},
        schema={"openid": pl.String, "group_id": pl.Int64},
    )
    facts = Facts(appid=account.appid, base_url=account.base_url, made_at=1.0, wish="crm.csv")
    known = [KnownGroup(number, name) for number, name in account.names.items()]
    return make_plan(facts, known, mirror, rows, create=True, rename_where_cheaper=rename).plan


async def events_of(book_of: OpenRun, account: PretendedAccount, *, undo: bool = False) -> list[Event]:
    """Carry out what was begun last, with few calls at once, so that a stop leaves something to do."""
    book = book_of.latest if undo else book_of.planned
    steps = carry_out(
        book,
        account,
        None,
        Settings(in_flight=3),
        clock=Clock(),
        chance=random.Random(1),
        work=inline,
    )
    async with aclosing(steps) as coming:
        return [event async for event in coming]


def apply(plan: Plan, account: PretendedAccount, *, then: Callable[[OpenRun], None] = lambda _: None) -> None:
    """Carry a plan out in a file of its own, to the end."""
    with TemporaryDirectory() as folder, save_plan(plan, str(Path(folder) / "crm.plan")) as opened:
        assert isinstance(run(events_of(opened, account))[-1], Finished)
        then(opened)


def asking(account: PretendedAccount) -> Asking:
    return Asking(account, clock=Clock(), chance=random.Random(1), work=inline)


RELABEL = Case(
    {100: "VIP", 101: "朋友"},
    {openid_of(n): 100 + n % 2 for n in range(120)},
    {openid_of(n): ("Gold", "=Silver")[n % 2] for n in range(120)},
    rename=True,
)


@law
@example(RELABEL)
@given(cases())
def test_apply_reaches_the_wish(case: Case) -> None:
    """After an apply everybody whom the wish lists is in the group that it names, and a verification says so."""
    account = case.account()

    def check(opened: OpenRun) -> None:
        assert run(verify_run(opened.planned, asking(account))).is_right

    apply(plan_for(account, case.wish, rename=case.rename), account, then=check)
    for openid, wanted in case.wish.items():
        group = account.members[openid]
        assert wanted in (account.names[group], str(group))


@law
@example(RELABEL)
@given(cases())
def test_what_is_not_listed_is_not_touched(case: Case) -> None:
    """Whom the wish does not list stays in a group of the same name, and no call names anybody else than it lists."""
    account = case.account()
    apply(plan_for(account, case.wish, rename=case.rename), account)
    called = {**PretendedAccount().names, **case.names}
    for openid, group in case.members.items():
        if openid not in case.wish:
            assert account.members[openid] == group
            assert account.names[group] == called[group]
    assert {openid for made in account.changes() for openid in made.openids} <= case.wish.keys()


@law
@given(cases())
def test_a_plan_from_a_state_to_itself_is_empty(case: Case) -> None:
    """Wishing everybody where they are is nothing to do, by name or by id."""
    account = case.account()
    by_id = {openid: str(group) for openid, group in account.members.items()}
    by_name = {openid: account.names[group] for openid, group in account.members.items()}
    assert plan_for(account, by_id, rename=case.rename).is_empty
    assert plan_for(account, by_name, rename=case.rename).is_empty


@law
@example(RELABEL)
@given(cases())
def test_applying_twice_equals_once(case: Case) -> None:
    """A plan applied again changes nothing, and so does a new plan for the same wish."""
    account = case.account()
    plan = plan_for(account, case.wish, rename=case.rename)

    def again(opened: OpenRun) -> None:
        after, calls = account.state(), len(account.changes())
        assert isinstance(run(events_of(opened, account))[-1], Finished)
        assert (account.state(), len(account.changes())) == (after, calls)

    apply(plan, account, then=again)
    assert len(account.changes()) == plan.calls
    # A wish by an id of a group that was renamed or by a name that is an id's is the same wish still.
    assert plan_for(account, case.wish).is_empty


class Interruption(NamedTuple):
    """At which change, counted from 1, something happens, and what the platform says then."""

    change: int
    error: FenzuError
    is_done: bool
    """Whether the change was carried out all the same."""


QUOTA = refusal(45009, "groups.move_many")
LOST = TransportError(Words("no answer", "没有应答"))
INTERRUPTIONS = st.builds(
    Interruption, st.integers(1, 12), st.sampled_from([QUOTA, LOST]), st.booleans()
).filter(lambda it: it.error is LOST or not it.is_done)


def interrupt(account: PretendedAccount, what: Interruption) -> None:
    """Let the account answer so at that change, and at every one after it."""
    seen = 0

    def count(made: Made) -> None:
        nonlocal seen
        seen += made.call in CHANGES

    def before(made: Made) -> None:
        count(made)
        if made.call in CHANGES and seen >= what.change and not (what.is_done and seen == what.change):
            raise what.error

    def after(made: Made) -> None:
        if made.call in CHANGES and what.is_done and seen >= what.change:
            raise what.error

    account.before, account.after = before, after


@law
@example(RELABEL, Interruption(1, LOST, is_done=True))
@example(RELABEL, Interruption(2, QUOTA, is_done=False))
@given(cases(), INTERRUPTIONS)
def test_stopping_and_resuming_equals_never_stopping(case: Case, what: Interruption) -> None:
    """Stopped at any change, whether that was carried out or not, and resumed, a plan ends as if nothing had been."""
    straight, account = case.account(), case.account()
    plan = plan_for(account, case.wish, rename=case.rename)
    apply(plan, straight)
    with TemporaryDirectory() as folder:
        place = str(Path(folder) / "crm.plan")
        with save_plan(plan, place) as opened:
            interrupt(account, what)
            first = run(events_of(opened, account))[-1]
            assert isinstance(
                first, Stopped if plan.calls >= what.change + what.is_done else Finished | Stopped
            )
            account.before = account.after = None
            assert isinstance(run(events_of(opened, account))[-1], Finished)
            assert opened.planned.tally().moved == plan.moves
    assert account.state() == straight.state()


@law
@example(RELABEL, None)
@given(cases(), st.none() | INTERRUPTIONS)
def test_undo_of_apply_is_where_it_began(case: Case, what: Interruption | None) -> None:
    """Groups, names and members are as they were once a plan is undone, whether it was applied whole or in part."""
    account = case.account()
    before = account.state()
    plan = plan_for(account, case.wish, rename=case.rename)
    with TemporaryDirectory() as folder, save_plan(plan, str(Path(folder) / "crm.plan")) as opened:
        if what is not None:
            interrupt(account, what)
        run(events_of(opened, account))
        account.before = account.after = None
        undo = run(make_undo(opened.planned, asking(account)))
        assert not undo.left and not undo.groups_left
        opened.add(undo.plan)
        assert isinstance(run(events_of(opened, account, undo=True))[-1], Finished)
    assert account.state() == before


@law
@given(cases(), INTERRUPTIONS)
def test_a_stopped_undo_goes_on(case: Case, what: Interruption) -> None:
    """An undo that stopped at any change is gone on with, and ends where everything began."""
    account = case.account()
    before = account.state()
    plan = plan_for(account, case.wish, rename=case.rename)
    with TemporaryDirectory() as folder, save_plan(plan, str(Path(folder) / "crm.plan")) as opened:
        run(events_of(opened, account))
        opened.add(run(make_undo(opened.planned, asking(account))).plan)
        interrupt(account, what)
        run(events_of(opened, account, undo=True))
        account.before = account.after = None
        assert isinstance(run(events_of(opened, account, undo=True))[-1], Finished)
    assert account.state() == before


@law
@given(cases(), st.data())
def test_undo_leaves_what_others_did(case: Case, data: st.DataObject) -> None:
    """Whom somebody else has moved since an apply is left where they are, and everybody else goes back."""
    account = case.account()
    before = account.state()[1]
    plan = plan_for(account, case.wish)
    moved = [openid for batch in plan.batches for openid in batch.openids]
    with TemporaryDirectory() as folder, save_plan(plan, str(Path(folder) / "crm.plan")) as opened:
        run(events_of(opened, account))
        others = data.draw(st.lists(st.sampled_from(moved), unique=True)) if moved else []
        for openid in others:
            account.members[openid] = BLACKLIST
        opened.add(run(make_undo(opened.planned, asking(account))).plan)
        run(events_of(opened, account, undo=True))
    for openid, group in account.members.items():
        assert group == (BLACKLIST if openid in others else before[openid])


@law
@given(cases())
def test_the_mirror_knows_what_was_done(case: Case) -> None:
    """A mirror that heard of an apply and of its undo knows of everybody where they are."""
    account = case.account()
    with (
        TemporaryDirectory() as folder,
        Mirror.open(str(Path(folder) / "mirror.db"), account.base_url, account.appid) as mirror,
    ):
        with mirror.transaction():
            for openid in account.members:
                mirror.subscribed(openid, 1)
            run(learn(mirror, account))
        plan = plan_for(account, case.wish)
        with save_plan(plan, str(Path(folder) / "crm.plan")) as opened:
            run(with_mirror(opened.planned, account, mirror))
            assert known(mirror) == account.state()
            opened.add(run(make_undo(opened.planned, asking(account))).plan)
            run(with_mirror(opened.latest, account, mirror))
        assert known(mirror) == account.state()


async def learn(mirror: Mirror, account: PretendedAccount) -> None:
    openids = list(account.members)
    for start in range(0, len(openids), 100):
        mirror.learn(await account.profiles(openids[start : start + 100]), 2.0)
    mirror.note_groups(await account.groups(), 2.0)


async def with_mirror(book: Book, account: PretendedAccount, mirror: Mirror) -> None:
    settings, clock = Settings(), Clock()
    steps = carry_out(book, account, mirror, settings, clock=clock, chance=random.Random(1), work=inline)
    async with aclosing(steps) as coming:
        async for _ in coming:
            pass


def known(mirror: Mirror) -> State:
    """Return what the mirror knows, as an account tells it."""
    lines = b"".join(mirror.dump(("openid", "group_id"))).decode().splitlines()
    pairs = (line.split(",") for line in lines)
    return {group.id: group.name for group in mirror.groups()}, {
        openid: int(group) for openid, group in pairs
    }

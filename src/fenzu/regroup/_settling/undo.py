"""The way back: a plan that takes back what a run did, as far as nobody else has touched it since.

Whoever is still where the run put them goes back to where it took them from. Who was moved by somebody else, who is
gone, and whose former group is gone is left alone and told. Names go back if they are still the ones that were given;
groups that the run made are deleted, if they are still called so and nobody is in them by then.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from fenzu.errors import PlanError
from fenzu.regroup._asking.present import Asking, see
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Action
from fenzu.regroup._digest import digest_of
from fenzu.regroup._running.events import Event
from fenzu.regroup._settling.returning import LeftAlone, Returning, perhaps_moved
from fenzu.regroup._values import Delete, Header, KnownGroup, Plan, Rename
from fenzu.wire.words import Words


class GroupLeft(msgspec.Struct, frozen=True):
    """A group that an undo leaves as it is, because somebody else has renamed or deleted it since."""

    id: int
    wanted: str
    """The name by which the run left it."""
    found: str | None
    """The name it has now; None where it was to get its old name back and is no more."""


class Undo(msgspec.Struct, frozen=True):
    """The plan of the way back, and what it leaves alone. `back` are those who are where they came from already."""

    plan: Plan
    back: int
    left: tuple[LeftAlone, ...]
    groups_left: tuple[GroupLeft, ...]


def undo_plan(book: Book, returning: Returning, made_at: float, revision: int = 0, mirror: str = "") -> Undo:
    """Return the way back out of what the journal holds and where everybody was found. Asks and changes nothing.

    `revision` is the one of `mirror` (its id) that knows where they were found.
    """
    renames, renames_left = _names_back(book, returning.groups)
    deletes, deletes_left = _groups_away(book, returning.groups)
    batches = tuple(returning.batches())
    named = {batch.target for batch in batches} | {source for batch in batches for source in batch.sources}
    named |= {rename.group_id for rename in renames} | {delete.group_id for delete in deletes}
    known = tuple(
        KnownGroup(number, name) for number, name in sorted(returning.groups.items()) if number in named
    )
    header = _header(book, returning, made_at, revision, mirror)
    digest = digest_of(header, known, (), renames, deletes, batches)
    plan = Plan(msgspec.structs.replace(header, digest=digest), known, (), renames, deletes, batches)
    return Undo(plan, returning.back, tuple(returning.left), renames_left + deletes_left)


UndoEvent: TypeAlias = Undo | Event
"""What an undo tells: first, unless it goes on where it stopped, what it is going to do."""


async def make_undo(book: Book, asking: Asking, told: Callable[[int], object] = lambda asked: None) -> Undo:
    """Ask where everybody is whom the run moved, and return the way back; `told` hears of how many it was asked.

    Takes one groups/get, and a call of user/info/batchget for each hundred.
    """
    check_can_be_undone(book)
    groups = await asking.patiently(asking.directory.groups)
    returning = Returning(groups)
    async for some in see(perhaps_moved(book), asking):
        returning.add(some)
        told(returning.asked)
    mirror = asking.mirror
    revision, name = (0, "") if mirror is None else await asking.work(lambda: (mirror.revision, mirror.id))
    return await asking.work(lambda: undo_plan(book, returning, asking.clock.time(), revision, name))


def check_can_be_undone(book: Book) -> None:
    """Refuse the undo of an undo: a group that it has deleted cannot be brought back."""
    if book.header.kind == "undo":
        raise PlanError(
            Words("an undo cannot be undone", "撤销本身不能再撤销"),
            Words("plan anew what you want: fenzu regroup plan", "请重新制定计划：fenzu regroup plan"),
        )


def _names_back(book: Book, groups: Mapping[int, str]) -> tuple[tuple[Rename, ...], tuple[GroupLeft, ...]]:
    begun = {action.subject for action in book.actions() if action.kind == "rename"}
    back: list[Rename] = []
    left: list[GroupLeft] = []
    for rename in book.renames:
        found = groups.get(rename.group_id)
        if rename.group_id not in begun or found == rename.old:
            continue
        if found == rename.new:
            back.append(Rename(rename.group_id, rename.new, rename.old))
        else:
            left.append(GroupLeft(rename.group_id, rename.new, found))
    return tuple(back), tuple(left)


def _groups_away(book: Book, groups: Mapping[int, str]) -> tuple[tuple[Delete, ...], tuple[GroupLeft, ...]]:
    names = {create.slot: create.name for create in book.creates}
    away: list[Delete] = []
    left: list[GroupLeft] = []
    for action in book.actions():
        if action.kind != "create":
            continue
        name = names[action.subject]
        number = action.group_id if action.group_id is not None else _lost(action, name, groups)
        found = groups.get(number) if number is not None else None
        if number is None or found is None:
            continue  # it was never made, or is gone already
        if found == name:
            away.append(Delete(number, name))
        else:
            left.append(GroupLeft(number, name, found))
    return tuple(sorted(away, key=lambda delete: delete.group_id)), tuple(left)


def _lost(action: Action, name: str, groups: Mapping[int, str]) -> int | None:
    """Return what a create has made whose answer was lost: the first group of its name above what there was before."""
    return min(
        (number for number in groups if number > action.highest and groups[number] == name), default=None
    )


def _header(book: Book, returning: Returning, made_at: float, revision: int, mirror: str) -> Header:
    was = book.header
    return Header(
        appid=was.appid,
        base_url=was.base_url,
        kind="undo",
        made_at=made_at,
        wish=was.wish,
        wish_digest=was.wish_digest,
        wishes=returning.asked,
        unchanged=returning.back,
        followers=was.followers,
        revision=revision,
        mirror=mirror,
        mirrored_at=made_at,
        problems=dict(Counter(one.why for one in returning.left)),
        undoes=book.run,
    )

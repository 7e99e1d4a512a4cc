"""Plans and runs by hand, for tests of what comes after a run: a planner and a carrier of a few lines each."""

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from fenzu.database import open_database
from fenzu.errors import ApiError
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import ActionDone, ActionSent, Called, Sent, Settled, StateChanged
from fenzu.regroup._values import Batch, Create, Failure, Header, KnownGroup, Plan, Rename
from tests.pretended_account import PretendedAccount

START = 1_700_000_000.0


def plan_by_hand(
    account: PretendedAccount,
    wish: Mapping[str, int],
    creates: Mapping[int, str] | None = None,
    *renames: Rename,
) -> Plan:
    """Return the plan that brings those followers there; groups to be made stand as slots."""
    changes = [
        (wish[openid], openid)
        for openid in account.members
        if wish.get(openid, account.members[openid]) != account.members[openid]
    ]
    batches: list[Batch] = []
    for target, some in groupby(sorted(changes, key=lambda change: change[0]), key=lambda change: change[0]):
        openids = [openid for _, openid in some]
        for start in range(0, len(openids), 50):
            part = tuple(openids[start : start + 50])
            batches.append(Batch(len(batches) + 1, target, part, tuple(account.members[one] for one in part)))
    header = Header(
        appid=account.appid,
        base_url=account.base_url,
        made_at=START,
        wish="crm.csv",
        wishes=len(wish),
        unchanged=len(wish) - len(changes),
        followers=len(account.members),
    )
    known = tuple(KnownGroup(number, name) for number, name in account.names.items())
    made = tuple(Create(slot, name) for slot, name in (creates or {}).items())
    return Plan(header, known, made, renames, (), tuple(batches))


def new_book(folder: Path, plan: Plan) -> Book:
    """Write the plan as the first run of a new file."""
    return _book.create(open_database(str(folder / "plan.fenzu")), plan)


async def carry_out_by_hand(book: Book, account: PretendedAccount, batches: int | None = None) -> None:
    """Carry a plan out on an account that answers as it should, its first batches alone or all of them."""
    at = _seconds()
    book.write([StateChanged("running", next(at))])
    for create in book.creates:
        highest = max(account.names)
        made = await account.create_group(create.name)
        book.write([ActionSent("create", create.slot, next(at), highest)])
        book.write([ActionDone("create", create.slot, next(at), made.id), Called("groups.create")])
    for rename in book.renames:
        await account.rename_group(rename.group_id, rename.new)
        book.write([ActionSent("rename", rename.group_id, next(at))])
        book.write(
            [ActionDone("rename", rename.group_id, next(at), rename.group_id), Called("groups.rename")]
        )
    for batch in book.unsettled(0, batches if batches is not None else 1_000_000):
        book.write([Sent(batch.number, next(at))])
        failures = [one async for one in _move_each(batch, book, account)]
        moved = len(batch.openids) - len(failures)
        book.write([Settled(batch.number, next(at), moved, tuple(failures)), Called("groups.move_many")])
    for delete in book.deletes:
        await account.delete_group(delete.group_id)
        book.write([ActionSent("delete", delete.group_id, next(at))])
        book.write(
            [ActionDone("delete", delete.group_id, next(at), delete.group_id), Called("groups.delete")]
        )
    book.write([StateChanged("stopped" if batches is not None else "done", next(at))])


async def _move_each(batch: Batch, book: Book, account: PretendedAccount) -> AsyncIterator[Failure]:
    target = book.group_ids().get(batch.target, batch.target)
    for openid in batch.openids:
        try:
            await account.move([openid], target)
        except ApiError as error:
            yield Failure(openid, batch.number, error.code, error.message)


def _seconds() -> Iterator[float]:
    now = START
    while True:
        now += 1.0
        yield now

"""Making and filling accounts: the work of the control port, each piece in one transaction.

Followers stream through in follow order and never stand in memory all at once. Runs on the writer's thread; the
transaction is the caller's.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from fenzu.errors import UsageError, mask
from fenzu.sandbox.accounts import AccountSpec, GroupSpec, check_followers, check_people, is_openid
from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.rules.rows import Ledger
from fenzu.sandbox.run.made_up import SEEDED_SINCE, make_openids
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.add_account import add_account
from fenzu.sandbox.store.books import read_members, read_notes
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.load_tags import add_tags, list_newcomers, name_tags
from fenzu.wire.limits import FIRST_CUSTOM_ID, RESERVED_GROUPS, UNGROUPED
from fenzu.wire.states import State
from fenzu.wire.words import Words

AT_ONCE = 10_000


class Newcomers(msgspec.Struct, frozen=True):
    """Followers to add to one group: so many made-up ones, or these openids."""

    group: int
    followers: int | list[str]


def create_account(
    connection: Connection, spec: AccountSpec, appid: str, secret: str, now: int, *, first: bool = False
) -> int:
    """Make the account with its groups and followers, and return its number; refuses followers that cannot be.

    `first` refuses by AccountExists where there is any account.
    """
    check_people(spec)
    groups = name_groups(spec.groups, [tag.id for tag in spec.tags if tag.id is not None])
    tags = name_tags(spec.tags, groups)
    number = add_account(
        connection,
        appid,
        secret,
        kind=spec.kind,
        state=spec.state,
        whitelist=spec.whitelist,
        seed=appid,
        next_group=max(FIRST_CUSTOM_ID - 1, *groups, *tags) + 1,
        first=first,
    )
    if spec.appid is None:
        connection.execute(sql.SET_SEED, (f"account {number}", number))
    connection.executemany(sql.SET_GROUP, [(number, id_, group.name, 0) for id_, group in groups.items()])
    everybody = [Newcomers(UNGROUPED, spec.followers)]
    everybody += [Newcomers(id_, group.followers) for id_, group in groups.items()]
    settled = sum(_size(some.followers) for some in everybody)
    newcomers = list_newcomers(spec, tags)
    everybody += [Newcomers(UNGROUPED, followers) for followers in newcomers]
    add_followers(connection, number, everybody, now)
    add_tags(connection, number, tags, [_size(followers) for followers in newcomers], 1 + settled)
    return number


def _size(followers: int | list[str]) -> int:
    return followers if isinstance(followers, int) else len(followers)


def name_groups(specs: Sequence[GroupSpec], taken: Sequence[int] = ()) -> dict[int, GroupSpec]:
    """Return the account's groups by id: the reserved ones, and those asked for; who has no id gets the next one."""
    groups = {id_: GroupSpec(name, id_) for id_, name in RESERVED_GROUPS.items()}
    groups.update((spec.id, spec) for spec in specs if spec.id is not None)
    last = max(FIRST_CUSTOM_ID - 1, *groups, *taken)
    groups.update(enumerate((spec for spec in specs if spec.id is None), last + 1))
    return groups


def add_followers(connection: Connection, account: int, newcomers: Iterable[Newcomers], now: int) -> int:
    """Append followers in the order given, and return how many. Refuses who follows already."""
    ledger = read_ledger(connection, account)
    first = number = ledger.next_follower
    serial = ledger.next_seed
    seed = str(connection.execute(sql.SEED, (account,)).get)
    made_up = False
    for some in newcomers:
        if not _has_group(connection, account, some.group):
            raise UsageError(Words(f"there is no group {some.group}", f"没有分组 {some.group}"))
        start = number
        for openids in _openids_of(some, seed, serial):
            connection.execute(sql.ADD_TO_ROLL, (account, number, connection.texts(openids)))
            number += len(openids)
        if isinstance(some.followers, int) and some.followers:
            serial += 1
            made_up = True
        connection.execute(sql.ADD_MEMBERSHIPS, (some.group, account, start, number))
        connection.execute(sql.ADD_TO_COUNT, (number - start, account, some.group))
    if number > first:
        _add_openids(connection, account, first)
        since, pace = (SEEDED_SINCE, 1) if made_up and first == 1 else (now, 0)
        connection.execute(sql.ADD_WAVE, (account, first, since, pace))
        _write_ledger(connection, account, ledger._replace(next_follower=number, next_seed=serial))
    return number - first


def check_and_add_followers(
    connection: Connection, account: int, wanted: int | list[str], group: int, now: int
) -> int:
    """Append followers to one group; refuses as well what is no number of followers, and who is no openid."""
    check_followers([wanted])
    return add_followers(connection, account, [Newcomers(group, wanted)], now)


def _has_group(connection: Connection, account: int, group: int) -> bool:
    if group.bit_length() > 63:  # SQLite's integers end where Python's go on
        return False
    return connection.execute(sql.GROUP_EXISTS, (account, group)).fetchone() is not None


def remove_followers(connection: Connection, account: int, openids: Sequence[str]) -> list[str]:
    """Let followers go, and return them; who does not follow is passed over. Refuses an account that is gone."""
    read_ledger(connection, account)  # so that nobody else moves them meanwhile
    openids = [openid for openid in dict.fromkeys(openids) if is_openid(openid)]
    starts = range(0, len(openids), AT_ONCE)
    gone: list[str] = []
    for start in starts:
        gone += _remove_some(connection, account, tuple(openids[start : start + AT_ONCE]))
    return gone


def _remove_some(connection: Connection, account: int, openids: tuple[str, ...]) -> list[str]:
    gone: dict[int, int] = {}
    tags: dict[int, list[int]] = {}
    members = read_members(connection, account, openids)
    for _, group in members.values():
        gone[group] = gone.get(group, 0) + 1
    for openid, note in read_notes(connection, account, openids).items():
        for tag in note.tags:
            tags.setdefault(tag, []).append(members[openid][0])
    for tag, carriers in tags.items():
        connection.executemany(sql.DELETE_TAGGING, [(account, tag, number) for number in carriers])
        connection.execute(sql.ADD_TO_TAG_COUNT, (-len(carriers), account, tag))
    by_openid, *by_number = sql.REMOVE_FOLLOWERS
    connection.executemany(by_openid, [(account, openid) for openid in members])
    for statement in by_number:
        connection.executemany(statement, [(account, number) for number, _ in members.values()])
    connection.executemany(sql.ADD_TO_COUNT, [(-count, account, group) for group, count in gone.items()])
    return [openid for openid in openids if openid in members]


def change_account(connection: Connection, account: int, state: State, whitelist: list[str]) -> None:
    """Put the account into a state, and give it a whitelist; refuses one that is gone."""
    connection.execute(sql.SET_STATE, (state, msgspec.json.encode(whitelist).decode(), account))
    if not connection.changes():
        raise UnknownAccount(f"#{account}")


def read_ledger(connection: Connection, account: int) -> Ledger:
    """Return what the account keeps about itself; refuses one that is gone."""
    row = connection.execute(sql.LEDGER, (account,)).fetchone()
    if row is None:
        raise UnknownAccount(f"#{account}")
    return Ledger(*row)


def _write_ledger(connection: Connection, account: int, ledger: Ledger) -> None:
    connection.execute(sql.SET_LEDGER, (*ledger, account))


def _openids_of(some: Newcomers, seed: str, serial: int) -> Iterator[list[str]]:
    followers = some.followers
    if isinstance(followers, int):
        yield from make_openids(seed, serial, followers, at_once=AT_ONCE)
        return
    for start in range(0, len(followers), AT_ONCE):
        yield followers[start : start + AT_ONCE]


def _add_openids(connection: Connection, account: int, first: int) -> None:
    """Index the openids from number `first` on, sorted by the database itself."""
    if not connection.insert_new(sql.ADD_FOLLOWERS, (account, first)):
        known = mask(str(connection.execute(sql.FOLLOWS_ALREADY, (account, first)).get or ""))
        raise UsageError(Words(f"{known} follows already", f"{known} 已是粉丝"))

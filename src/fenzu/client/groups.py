"""The seven group calls, one flow each; the only place where their logic lives."""

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from fenzu.client._account import Account
from fenzu.client._batches import Batch, in_batches
from fenzu.client._call import operation, perform
from fenzu.client._check import check_group, check_name, check_openid
from fenzu.client._codec import Answer, GroupAnswer, GroupIdAnswer, GroupsAnswer
from fenzu.client._flow import Flow
from fenzu.client._lost import Lost, made_meanwhile
from fenzu.client._move_many import MoveResult, told_as_move
from fenzu.client._retry import Attempt
from fenzu.errors import ApiError, ReservedGroup, SystemBusy, TransportError, UnknownGroup
from fenzu.model import Group, GroupID
from fenzu.wire.limits import BATCH_OPENIDS, RESERVED_GROUPS

GroupList: TypeAlias = list[Group]
GroupLike: TypeAlias = Group | int


class GroupCalls(Protocol):
    """The flows that stand behind `account.groups`: this module's own, or those of `groups_as_tags`."""

    def create(self, account: Account, name: str) -> Flow[Group]: ...

    def list(self, account: Account) -> Flow[GroupList]: ...

    def of(self, account: Account, openid: str) -> Flow[GroupID]: ...

    def rename(self, account: Account, group: GroupLike, name: str) -> Flow[None]: ...

    def move(self, account: Account, openid: str, to: GroupLike) -> Flow[None]: ...

    def move_many(self, account: Account, openids: Iterable[str], to: GroupLike) -> Flow[MoveResult]: ...

    def delete(self, account: Account, group: GroupLike) -> Flow[None]: ...


def create(account: Account, name: str) -> Flow[Group]:
    """Names may repeat, so after a lost answer the groups are read before the call is repeated."""
    call = operation("groups.create", GroupAnswer, {"group": {"name": check_name(name)}})

    def look(lost: Attempt) -> Flow[GroupAnswer | None]:
        made = yield from made_meanwhile(lost, list(account), name)
        return GroupAnswer(group=Group(made.id, made.name)) if made is not None else None

    return (yield from perform(account, call, look)).group


def list(account: Account) -> Flow[GroupList]:
    return (yield from perform(account, operation("groups.list", GroupsAnswer))).groups


def of(account: Account, openid: str) -> Flow[GroupID]:
    call = operation("groups.of", GroupIdAnswer, {"openid": check_openid(openid)})
    return (yield from perform(account, call)).groupid


def rename(account: Account, group: GroupLike, name: str) -> Flow[None]:
    number = check_group(group)
    call = operation("groups.rename", Answer, {"group": {"id": number, "name": check_name(name)}})
    yield from perform(
        account, call, lambda tried: missing(account, number, "groups.rename", tried, is_change=True)
    )


def move(account: Account, openid: str, to: GroupLike) -> Flow[None]:
    number = check_group(to)
    call = operation("groups.move", Answer, {"openid": check_openid(openid), "to_groupid": number})
    yield from perform(account, call, lambda tried: missing(account, number, "groups.move", tried))


def move_many(account: Account, openids: Iterable[str], to: GroupLike) -> Flow[MoveResult]:
    number = check_group(to)
    batch = Batch(
        "groups.move_many",
        lambda part: {"openid_list": part, "to_groupid": number},
        BATCH_OPENIDS,
        lambda tried: missing(account, number, "groups.move_many", tried),
    )
    return told_as_move((yield from in_batches(account, openids, batch)))


def delete(account: Account, group: GroupLike) -> Flow[None]:
    """A repeated delete that finds no group has done its work before, if the answer of a try was lost."""
    number = check_group(group)
    call = operation("groups.delete", Answer, {"group": {"id": number}})
    lost = Lost()

    def look(tried: Attempt) -> Flow[Answer | None]:
        yield from lost.note(tried)
        return (yield from missing(account, number, "groups.delete", tried))

    try:
        yield from perform(account, call, look)
    except UnknownGroup:
        if not lost.happened:
            raise


def missing(
    account: Account, group: GroupID, endpoint: str, tried: Attempt, *, is_change: bool = False
) -> Flow[Answer | None]:
    """Before the last try of a call that was answered -1, look whether the group exists at all; it raises if not.

    Since about 2021 the platform answers -1, "busy", for an unknown group too (and for changing a reserved one), so
    that a caller would wait for nothing. groups/get is read once; if it cannot be read, the last try decides.
    """
    if not (tried.is_last_but_one and isinstance(tried.error, SystemBusy)):
        return None
    if group in RESERVED_GROUPS:
        if is_change:
            raise ReservedGroup(-1, "system error", endpoint)
        return None
    try:
        answer = yield from perform(account, operation("groups.list", GroupsAnswer), tries=1)
    except (ApiError, TransportError):
        return None
    if all(each.id != group for each in answer.groups):
        raise UnknownGroup(-1, "system error", endpoint)
    return None

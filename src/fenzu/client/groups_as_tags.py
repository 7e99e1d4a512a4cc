"""The group calls carried out on tags, for accounts for which the platform's own group calls are gone.

Every tag of the account is a group, and fenzu keeps a follower in one of them: who is moved loses the other tags. Group
0 is to carry no tag, 2 is the tag 星标组; 1 is no tag and none of these groups, the blacklist has calls of its own. A
follower gets the new tag before losing the old ones, so that an unknown group costs nobody anything and a run that
breaks off leaves nobody without; moving again mends what it left.
"""

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from fenzu.client import followers, tags
from fenzu.client._account import Account
from fenzu.client._batches import Tally
from fenzu.client._check import check_group, check_name, check_openid, check_openids
from fenzu.client._flow import Flow
from fenzu.client._move_many import MoveResult, told_as_move
from fenzu.client.groups import GroupLike, GroupList
from fenzu.errors import (
    ApiError,
    FenzuError,
    InvalidGroupName,
    InvalidOpenid,
    InvalidTagName,
    NotAFollower,
    ReservedGroup,
    ReservedTag,
    TooManyGroups,
    TooManyTags,
    UnknownGroup,
    UnknownTag,
    UsageError,
)
from fenzu.model import Follower, Group, GroupID, OpenID
from fenzu.wire.limits import BLACKLIST, PROFILES, UNGROUPED
from fenzu.wire.words import Words

T = TypeVar("T")
GroupMembers: TypeAlias = list[OpenID]

_ERRORS: dict[type[ApiError], type[ApiError]] = {
    InvalidTagName: InvalidGroupName,
    ReservedTag: ReservedGroup,
    TooManyTags: TooManyGroups,
    UnknownTag: UnknownGroup,
}
"""What callers of the group calls wait for, in place of what the tag calls raise; the platform's code stays."""


def create(account: Account, name: str) -> Flow[Group]:
    made = yield from _told(tags.create(account, check_name(name)))
    return Group(GroupID(made.id), made.name)


def list(account: Account) -> Flow[GroupList]:
    return [Group(GroupID(tag.id), tag.name, tag.count) for tag in (yield from tags.list(account))]


def of(account: Account, openid: str) -> Flow[GroupID]:
    """Of a follower who carries several tags, as somebody else may have left it, the first that is told."""
    carried = yield from tags.of(account, openid)
    return GroupID(carried[0] if carried else UNGROUPED)


def rename(account: Account, group: GroupLike, name: str) -> Flow[None]:
    yield from _told(tags.rename(account, check_group(group), check_name(name)))


def delete(account: Account, group: GroupLike) -> Flow[None]:
    yield from _told(tags.delete(account, check_group(group), False, None))


def move(account: Account, openid: str, to: GroupLike) -> Flow[None]:
    number = _check_target(to)
    carried = yield from tags.of(account, check_openid(openid))
    moves = _Moves(account, number)
    yield from moves.change({OpenID(openid): {*carried}})
    for error in (moves.stopped_by, *moves.failed.values()):
        if error is not None:
            raise error


def move_many(account: Account, openids: Iterable[str], to: GroupLike) -> Flow[MoveResult]:
    moves = _Moves(account, _check_target(to))
    wanted = check_openids(openids)
    for start in range(0, len(wanted), PROFILES):
        part = moves.take_checked(wanted[start : start + PROFILES])
        yield from moves.change((yield from moves.read(part)))
        if moves.stopped_by is not None:
            break
    return told_as_move(moves.result(wanted))


class _Moves(Tally):
    """A move: done is who is where they are to be."""

    def __init__(self, account: Account, to: GroupID) -> None:
        super().__init__(account)
        self._to = to

    def read(self, part: GroupMembers) -> Flow[dict[OpenID, set[int]]]:
        """Return what tags each carries, a hundred a call; who does not follow has failed, and spoils nobody."""
        refusal: FenzuError | None = None
        profiles: followers.FollowerList = []
        try:
            profiles = yield from followers.get_many(self._account, part)
        except FenzuError as error:
            refusal = self.kept(error)
        if refusal is None:
            told = dict(self._carried(profile) for profile in profiles if self._follows(profile))
            for openid in part:
                if openid not in told and openid not in self.failed:
                    self._fail(openid)  # left out of the answer: nobody knows what it carries
            return told
        if not isinstance(refusal, InvalidOpenid | NotAFollower):
            self.stopped_by = refusal
        elif len(part) == 1:
            self.failed[part[0]] = refusal
        else:
            middle = len(part) // 2
            left = yield from self.read(part[:middle])
            return {**left, **(yield from self.read(part[middle:]))} if self.stopped_by is None else left
        return {}

    @staticmethod
    def _carried(profile: Follower) -> tuple[OpenID, set[int]]:
        return profile.openid, {*profile.tag_ids}

    def _follows(self, profile: Follower) -> bool:
        if not profile.subscribe:
            self._fail(profile.openid)
        return profile.subscribe

    def _fail(self, openid: OpenID) -> None:
        self.failed[openid] = self.kept(InvalidOpenid(40003, "invalid openid", "groups.move_many"))

    def change(self, carried: dict[OpenID, set[int]]) -> Flow[None]:
        """Put the tag on those who lack it, then take all others off; note who is where they are to be."""
        wanted = {int(self._to)} - {UNGROUPED}
        to_do = {openid: wanted ^ own for openid, own in carried.items()}
        begun: set[str] = set()
        for tag in (*wanted, *sorted(set().union(*carried.values()) - wanted)):
            some = [openid for openid, left in to_do.items() if tag in left and openid not in self.failed]
            if some and self.stopped_by is None:
                done = yield from self._send(some, tag)
                begun.update(done)
                for openid in done:
                    to_do[openid].discard(tag)
        self.done.extend(openid for openid, left in to_do.items() if not left)
        if self.stopped_by is not None:
            halfway = [openid for openid, left in to_do.items() if left and openid in begun]
            self.failed.update((openid, self.stopped_by) for openid in halfway if openid not in self.failed)

    def _send(self, some: GroupMembers, tag: int) -> Flow[GroupMembers]:
        send = tags.add if tag == self._to else tags.remove
        result = yield from send(self._account, some, tag)
        if result.stopped_by is not None:
            self.stopped_by = self.kept(_as_group_error(result.stopped_by))
        for openid, error in result.failed.items():
            self.failed[openid] = (self.stopped_by or error) if error is result.stopped_by else error
        return result.done


def _check_target(to: GroupLike) -> GroupID:
    number = check_group(to)
    if number == BLACKLIST:
        raise UsageError(
            Words("the blacklist is no tag, so nobody can be moved into it", "黑名单不是标签，不能移进去"),
            Words("use account.blacklist.add(openids)", "请用 account.blacklist.add(openids)"),
        )
    return number


def _told(flow: Flow[T]) -> Flow[T]:
    """Run a flow of the tag calls and raise what callers of the group calls wait for."""
    try:
        return (yield from flow)
    except ApiError as error:
        failure = _as_group_error(error)
    raise failure


def _as_group_error(error: FenzuError) -> FenzuError:
    for kind, ours in _ERRORS.items():
        if isinstance(error, kind):
            return ours(error.code, error.message, error.endpoint, error.rid)
    return error

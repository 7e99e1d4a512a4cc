"""The tag calls, one flow each. A follower carries up to 20 tags, and is in one group beside."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from fenzu.client._account import Account
from fenzu.client._batches import Batch, BatchResult, in_batches
from fenzu.client._call import Operation, operation, perform
from fenzu.client._check import check_openid, check_tag, check_tag_name
from fenzu.client._codec import Answer, MembersAnswer, TagAnswer, TagIdsAnswer, TagsAnswer
from fenzu.client._flow import Flow
from fenzu.client._lost import Lost, made_meanwhile
from fenzu.client._pages import emit_openids, read_pages
from fenzu.client._retry import Attempt
from fenzu.errors import UnknownTag
from fenzu.model import OpenID, Tag
from fenzu.wire.limits import BATCH_OPENIDS, RESERVED_GROUPS

TagList: TypeAlias = list[Tag]
TagIds: TypeAlias = list[int]
TagLike: TypeAlias = Tag | int
Progress: TypeAlias = Callable[[int], None]
"""Called with how many followers are untagged so far."""


def create(account: Account, name: str) -> Flow[Tag]:
    """No two tags have the same name, so a repeat after a lost answer would be refused: the tags are read first."""
    call = operation("tags.create", TagAnswer, {"tag": {"name": check_tag_name(name)}})

    def look(lost: Attempt) -> Flow[TagAnswer | None]:
        made = yield from made_meanwhile(lost, list(account), name)
        return TagAnswer(tag=Tag(made.id, made.name)) if made is not None else None

    return (yield from perform(account, call, look)).tag


def list(account: Account) -> Flow[TagList]:
    return (yield from perform(account, operation("tags.list", TagsAnswer))).tags


def rename(account: Account, tag: TagLike, name: str) -> Flow[None]:
    body = {"tag": {"id": check_tag(tag), "name": check_tag_name(name)}}
    yield from perform(account, operation("tags.rename", Answer, body))


def delete(account: Account, tag: TagLike, untag_first: bool, progress: Progress | None) -> Flow[None]:
    """A repeated delete that finds no tag has done its work before, if the answer of a try was lost."""
    number = check_tag(tag)
    # A reserved one cannot be deleted: nobody is to lose it for nothing.
    if untag_first and number not in RESERVED_GROUPS:
        yield from _untag_all(account, number, progress)
    lost = Lost()
    try:
        yield from perform(account, operation("tags.delete", Answer, {"tag": {"id": number}}), lost.note)
    except UnknownTag:
        if not lost.happened:
            raise


def _untag_all(account: Account, tag: int, progress: Progress | None) -> Flow[None]:
    """Untag everybody who can be untagged; the platform judges whether so many are left that it will not delete.

    The first page is read again and again, because a page behind somebody who is untagged by then is not defined. It
    ends with a page that holds nobody new: the platform may go on listing whom it has untagged.
    """
    untagged: set[str] = set()
    while True:
        page = (yield from perform(account, _ask(tag, ""))).data.openid
        result = yield from in_batches(
            account, [each for each in page if each not in untagged], _untagging(tag)
        )
        if result.stopped_by is not None:
            raise result.stopped_by
        if not result.done:
            return
        untagged.update(result.done)
        if progress is not None:
            progress(len(untagged))


def of(account: Account, openid: str) -> Flow[TagIds]:
    call = operation("tags.of", TagIdsAnswer, {"openid": check_openid(openid)})
    return (yield from perform(account, call)).tagid_list


def members(account: Account, tag: TagLike, after: str | None) -> Flow[None]:
    number = check_tag(tag)
    yield from read_pages(account, after, lambda start: _ask(number, start), emit_openids)


def _ask(tag: int, start: str) -> Operation[MembersAnswer]:
    return operation("tags.members", MembersAnswer, {"tagid": tag, "next_openid": start})


def add(account: Account, openids: Iterable[str], to: TagLike) -> Flow[BatchResult]:
    number = check_tag(to)
    return (yield from in_batches(account, openids, _batch("tags.add", number)))


def remove(account: Account, openids: Iterable[str], out_of: TagLike) -> Flow[BatchResult]:
    return (yield from in_batches(account, openids, _untagging(check_tag(out_of))))


def _untagging(tag: int) -> Batch:
    return _batch("tags.remove", tag)


def _batch(endpoint: str, tag: int) -> Batch:
    def body(part: Iterable[OpenID]) -> dict[str, object]:
        return {"openid_list": part, "tagid": tag}

    return Batch(endpoint, body, BATCH_OPENIDS)

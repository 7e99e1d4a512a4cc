"""The rules about tags and remarks: from a request and the rows read for it to an answer and changes.

Ids come from the groups' counter. A rule raises the refusal that the platform would answer; a batch is done wholly or
not at all. Both rulebooks have the same tags.
"""

from collections.abc import Iterable

from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.requests import CreateTag, DeleteTag, GiveTag, Remark, RenameTag
from fenzu.sandbox.rules.rows import (
    DONE,
    NO_NOTE,
    Changes,
    Decision,
    GroupRow,
    LabelChanges,
    Note,
    PartFailed,
    Rows,
)
from fenzu.wire.limits import RESERVED_GROUPS, TAG_DELETE_FOLLOWERS, TAGS, TAGS_PER_FOLLOWER


def decide(request: CreateTag | RenameTag | DeleteTag | GiveTag | Remark, rows: Rows) -> Decision:
    """Decide one request; raises the `ApiError` that the platform would answer."""
    match request:
        case GiveTag():
            return give(request, rows)
        case CreateTag():
            return create(request, rows)
        case RenameTag():
            return rename(request, rows)
        case DeleteTag():
            return delete(request, rows)
        case Remark():
            return remark(request, rows)


def create(request: CreateTag, rows: Rows) -> Decision:
    """Give the next id. Refuses a name that another tag has, then the tag above the limit."""
    tags = rows.labels.tags
    if any(tag.name == request.name for tag in tags.values()):
        raise refusal(45157)
    if sum(1 for id_ in tags if id_ not in RESERVED_GROUPS) >= TAGS:
        raise refusal(45056)
    id_ = rows.ledger.next_group
    return Decision(
        {"tag": {"id": id_, "name": request.name}},
        Changes(
            ledger=rows.ledger._replace(next_group=id_ + 1),
            labels=LabelChanges({id_: GroupRow(id_, request.name, 0)}),
        ),
    )


def rename(request: RenameTag, rows: Rows) -> Decision:
    """Rename one of the account's own tags."""
    tag = _own_tag(request.id, rows)
    if any(other.name == request.name and other.id != tag.id for other in rows.labels.tags.values()):
        raise refusal(45157)
    return Decision(changes=Changes(labels=LabelChanges({tag.id: tag._replace(name=request.name)})))


def delete(request: DeleteTag, rows: Rows) -> Decision:
    """Delete one of the account's own tags, unless very many carry it."""
    tag = _own_tag(request.id, rows)
    if tag.size > TAG_DELETE_FOLLOWERS:
        raise refusal(45057)
    return Decision(changes=Changes(labels=LabelChanges({tag.id: None})))


def give(request: GiveTag, rows: Rows) -> Decision:
    """Give all of them a tag, or take it from all who carry it."""
    check_followers(request.openids, rows)
    labels = rows.labels
    tag = None if request.tag is None else labels.tags.get(request.tag)
    if tag is None:
        raise refusal(45159)
    notes: dict[str, Note] = {}
    for openid in request.openids:
        note = labels.notes.get(openid, NO_NOTE)
        if (tag.id in note.tags) == request.take:
            notes[openid] = note._replace(tags=_changed(note.tags, tag.id, rows))
    answer = PartFailed(request.crowded) if request.crowded else None
    if not notes:
        return Decision(answer)
    change = -len(notes) if request.take else len(notes)
    taggings = {(tag.id, rows.members[openid][0]): not request.take for openid in notes}
    tags = {tag.id: tag._replace(size=tag.size + change)}
    return Decision(answer, Changes(labels=LabelChanges(tags, notes, taggings)))


def remark(request: Remark, rows: Rows) -> Decision:
    """Set the remark on a follower; an empty one takes it away."""
    if request.openid not in rows.members:
        raise refusal(43004)
    note = rows.labels.notes.get(request.openid, NO_NOTE)
    if note.remark == request.text:
        return DONE
    notes = {request.openid: note._replace(remark=request.text)}
    return Decision(changes=Changes(labels=LabelChanges(notes=notes)))


def check_followers(openids: Iterable[str], rows: Rows) -> None:
    """Refuse the first who does not follow: 49003 if it is another account's follower, else 40003."""
    for openid in openids:
        if openid not in rows.members:
            raise refusal(49003 if openid in rows.labels.elsewhere else 40003)


def _own_tag(id_: int, rows: Rows) -> GroupRow:
    if id_ in RESERVED_GROUPS:
        raise refusal(45058)
    tag = rows.labels.tags.get(id_)
    if tag is None:
        raise refusal(45159)
    return tag


def _changed(carried: tuple[int, ...], tag: int, rows: Rows) -> tuple[int, ...]:
    """Return a follower's tags with one more or one less; those that are gone from the account are left out."""
    kept = tuple(id_ for id_ in carried if id_ != tag and id_ in rows.labels.tags)
    if tag in carried:
        return kept
    if len(kept) >= TAGS_PER_FOLLOWER:
        raise refusal(45059)
    return (*kept, tag)

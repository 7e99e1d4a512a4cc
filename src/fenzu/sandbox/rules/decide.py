"""The rules about groups: from a request and the rows read for it to an answer and changes. No database, no wire.

The blacklist is a group here; what is about tags stands in `tag_rules`.
A rule raises the refusal that the platform would answer. `decide` is the one door.
"""

from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules import tags as tag_rules
from fenzu.sandbox.rules.requests import (
    Bar,
    ClearQuota,
    CreateGroup,
    DeleteGroup,
    EndToken,
    FetchToken,
    Move,
    RenameGroup,
    Request,
)
from fenzu.sandbox.rules.rows import DONE, Changes, Decision, GroupRow, Member, Rows
from fenzu.sandbox.rules.tokens import decide_token
from fenzu.wire.limits import BLACKLIST, CLEARS_A_MONTH, RESERVED_GROUPS, UNGROUPED
from fenzu.wire.rulebooks import Rulebook


def decide(request: Request, rows: Rows, book: Rulebook) -> Decision:
    """Decide one request; raises the `ApiError` that the platform would answer."""
    match request:
        case Move():
            return move(request, rows, book)
        case FetchToken() | EndToken():
            return decide_token(request, rows)
        case CreateGroup() | RenameGroup() | DeleteGroup():
            return change_group(request, rows, book)
        case Bar():
            return bar(request, rows, book)
        case ClearQuota():
            return clear_quota(request, rows)
        case _:
            return tag_rules.decide(request, rows)


def change_group(request: CreateGroup | RenameGroup | DeleteGroup, rows: Rows, book: Rulebook) -> Decision:
    """Decide about a group itself."""
    match request:
        case CreateGroup():
            return create(request, rows, book)
        case RenameGroup():
            return rename(request, rows, book)
        case DeleteGroup():
            return delete(request, rows, book)


def create(request: CreateGroup, rows: Rows, book: Rulebook) -> Decision:
    """Give the next id; names may repeat. Refuses the group above the rulebook's limit."""
    own = sum(1 for id_ in rows.groups if id_ not in RESERVED_GROUPS)
    if own >= book.custom_groups:
        raise refusal(45018)
    id_ = rows.ledger.next_group
    return Decision(
        {"group": {"id": id_, "name": request.name}},
        Changes(
            groups={id_: GroupRow(id_, request.name, 0)},
            ledger=rows.ledger._replace(next_group=id_ + 1),
        ),
    )


def rename(request: RenameGroup, rows: Rows, book: Rulebook) -> Decision:
    """Rename one of the account's own groups."""
    if request.id in RESERVED_GROUPS:
        raise refusal(book.rename_reserved)
    group = rows.groups.get(request.id)
    if group is None:
        raise refusal(book.rename_unknown)
    return Decision(changes=Changes(groups={group.id: group._replace(name=request.name)}))


def delete(request: DeleteGroup, rows: Rows, book: Rulebook) -> Decision:
    """Delete one of the account's own groups; its members go to 0."""
    if request.id in RESERVED_GROUPS:
        if book.delete_reserved:
            raise refusal(book.delete_reserved)
        return DONE
    group = rows.groups.get(request.id)
    if group is None:
        raise refusal(book.delete_unknown)
    home = rows.groups[UNGROUPED]
    return Decision(
        changes=Changes(
            groups={group.id: None, UNGROUPED: home._replace(size=home.size + group.size)},
            vanished=group.id,
        )
    )


def move(request: Move, rows: Rows, book: Rulebook) -> Decision:
    """Move all or, if one of them is no follower, nobody."""
    members, target = rows.members, request.to
    for openid in request.openids:
        if openid not in members:
            raise refusal(40003)
    if target is None:
        raise refusal(book.bad_group_id)
    if target not in rows.groups:
        raise refusal(book.move_unknown)
    moved: dict[str, Member] = {}
    left: dict[int, int] = {}
    for openid in request.openids:
        number, group = members[openid]
        if group != target:
            moved[openid] = (number, target)
            left[group] = left.get(group, 0) + 1
    if not moved:
        return DONE
    groups: dict[int, GroupRow | None] = {}
    for id_, count in left.items():
        _, name, size = rows.groups[id_]
        groups[id_] = GroupRow(id_, name, size - count)
    _, name, size = rows.groups[target]
    groups[target] = GroupRow(target, name, size + len(moved))
    return Decision(None, Changes(groups, moved))


def bar(request: Bar, rows: Rows, book: Rulebook) -> Decision:
    """Move all to the blacklist, or those who are on it to 0; nobody if one of them is no follower."""
    tag_rules.check_followers(request.openids, rows)
    openids, target = request.openids, BLACKLIST
    if request.lift:
        openids = tuple(openid for openid in openids if rows.members[openid][1] == BLACKLIST)
        target = UNGROUPED
    return move(Move(request.account, openids, target), rows, book)


def clear_quota(request: ClearQuota, rows: Rows) -> Decision:
    """Set the counters to nothing, ten times a month."""
    ledger = rows.ledger
    count = ledger.clear_count if ledger.clear_month == request.month else 0
    if count >= CLEARS_A_MONTH:
        raise refusal(48006)
    cleared = ledger._replace(clear_month=request.month, clear_count=count + 1)
    return Decision(changes=Changes(ledger=cleared, clears_quota=True))

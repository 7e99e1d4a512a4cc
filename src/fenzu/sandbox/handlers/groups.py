"""The seven group calls: fields are judged in the documented order, then a rule decides."""

from msgspec.json import encode

from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.reading import read_number, read_object, read_text
from fenzu.sandbox.handlers.fields import read_openid, read_openids
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.requests import CreateGroup, DeleteGroup, Move, RenameGroup
from fenzu.wire.limits import BATCH_OPENIDS, RESERVED_GROUPS
from fenzu.wire.rulebooks import Rulebook


def create(call: Call) -> Answer:
    """Answer groups/create."""
    group = read_object(call.fields.get("group"))
    name = read_name(group.get("name"), call.resources.book)
    return call.resources.submit(CreateGroup(call.card.number, name))


def list_(call: Call) -> Answer:
    """Answer groups/get, from memory if nothing has changed since it was last asked."""
    card = call.card
    if card.groups_answer is None:
        listed = call.resources.book.listed_reserved
        groups = [
            {"id": group.id, "name": group.name, "count": group.size}
            for group in call.resources.reader.groups(card.number)
            if group.id in listed or group.id not in RESERVED_GROUPS
        ]
        card.groups_answer = encode({"groups": groups})
    return card.groups_answer


def of(call: Call) -> Answer:
    """Answer groups/getid."""
    openid = read_openid(call.fields.get("openid"))
    group = call.resources.reader.group_of(call.card.number, openid)
    if group is None:
        raise refusal(40003)
    return b'{"groupid":%d}' % group


def rename(call: Call) -> Answer:
    """Answer groups/update."""
    group = read_object(call.fields.get("group"))
    book, id_ = call.resources.book, read_number(group.get("id"))
    if id_ in RESERVED_GROUPS and is_too_long(group.get("name"), book):
        raise refusal(45017)
    name = read_name(group.get("name"), book)
    if id_ is None:
        raise refusal(book.bad_group_id)
    return call.resources.submit(RenameGroup(call.card.number, id_, name))


def move(call: Call) -> Answer:
    """Answer groups/members/update."""
    openid = read_openid(call.fields.get("openid"))
    return call.resources.submit(
        Move(call.card.number, (openid,), read_number(call.fields.get("to_groupid")))
    )


def move_many(call: Call) -> Answer:
    """Answer groups/members/batchupdate."""
    openids = read_openids(call.fields.get("openid_list"), BATCH_OPENIDS)
    return call.resources.submit(Move(call.card.number, openids, read_number(call.fields.get("to_groupid"))))


def delete(call: Call) -> Answer:
    """Answer groups/delete."""
    id_ = read_number(read_object(call.fields.get("group")).get("id"))
    if id_ is None:
        raise refusal(call.resources.book.delete_unknown)
    return call.resources.submit(DeleteGroup(call.card.number, id_))


def is_too_long(value: object, book: Rulebook) -> bool:
    """Tell whether a name is longer than the rulebook allows."""
    name = read_text(value)
    return name is not None and book.name_length(name) > book.name_limit


def read_name(value: object, book: Rulebook) -> str:
    """Return a group's name, or refuse it: 40051."""
    name = read_text(value)
    if not name or book.name_length(name) > book.name_limit:
        raise refusal(40051)
    return name

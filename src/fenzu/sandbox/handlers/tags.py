"""The calls about tags: fields are judged in the documented order, then a rule decides."""

from msgspec.json import encode

from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.reading import read_number, read_object, read_text
from fenzu.sandbox.handlers.fields import read_openid, read_openids
from fenzu.sandbox.handlers.pages import page, read_start
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.requests import CreateTag, DeleteTag, GiveTag, RenameTag
from fenzu.wire.limits import BATCH_OPENIDS, TAG_NAME_BYTES


def create(call: Call) -> Answer:
    """Answer tags/create."""
    name = read_name(read_object(call.fields.get("tag")).get("name"))
    return call.resources.submit(CreateTag(call.card.number, name))


def list_(call: Call) -> Answer:
    """Answer tags/get: tag 2 and the account's own."""
    tags = [
        {"id": tag.id, "name": tag.name, "count": tag.size}
        for tag in call.resources.reader.tags(call.card.number)
    ]
    return encode({"tags": tags})


def rename(call: Call) -> Answer:
    """Answer tags/update."""
    tag = read_object(call.fields.get("tag"))
    name = read_name(tag.get("name"))
    return call.resources.submit(RenameTag(call.card.number, read_id(tag.get("id")), name))


def delete(call: Call) -> Answer:
    """Answer tags/delete."""
    tag = read_object(call.fields.get("tag"))
    return call.resources.submit(DeleteTag(call.card.number, read_id(tag.get("id"))))


def members(call: Call) -> Answer:
    """Answer user/tag/get: a page in follow order, up to 10,000 openids."""
    reader, account = call.resources.reader, call.card.number
    with reader.moment():
        after = read_start(call, call.fields.get("next_openid"), 40003)
        tag = read_id(call.fields.get("tagid"))
        if tag.bit_length() > 31 or not reader.has_tag(account, tag):
            raise refusal(45159)
        return page(*reader.tag_page(account, tag, after), None)


def add(call: Call) -> Answer:
    """Answer batchtagging."""
    return _give(call, take=False)


def remove(call: Call) -> Answer:
    """Answer batchuntagging."""
    return _give(call, take=True)


def of(call: Call) -> Answer:
    """Answer tags/getidlist, in the order in which the tags were given."""
    reader, account = call.resources.reader, call.card.number
    openid = read_openid(call.fields.get("openid"))
    tags = reader.tags_of(account, openid)
    if tags is None:
        raise refusal(49003 if reader.follows_elsewhere(account, openid) else 40003)
    return encode({"tagid_list": tags})


def read_name(value: object) -> str:
    """Return a tag's name, or refuse it: 45157 for none, 45158 for one that is too long."""
    name = read_text(value)
    if not name:
        raise refusal(45157)
    if len(name.encode()) > TAG_NAME_BYTES:
        raise refusal(45158)
    return name


def read_id(value: object) -> int:
    """Return a tag's id, or refuse what is no number: 45159."""
    id_ = read_number(value)
    if id_ is None:
        raise refusal(45159)
    return id_


def _give(call: Call, *, take: bool) -> Answer:
    """Tag or untag those whom not too many others are tagging at this moment."""
    openids = read_openids(call.fields.get("openid_list"), BATCH_OPENIDS)
    card, tag = call.card, read_number(call.fields.get("tagid"))
    free, crowded = card.tagging.part(openids)
    if not free:
        raise refusal(45169)
    answer = call.resources.submit(GiveTag(card.number, free, tag, take, crowded))
    card.tagging.enter(free)
    answer.add_done_callback(lambda _: card.tagging.leave(free))
    return answer

"""The blacklist calls: who is on it is in group 1, which the group calls show as well."""

from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.handlers.fields import read_openids
from fenzu.sandbox.handlers.pages import page, read_start
from fenzu.sandbox.rules.requests import Bar
from fenzu.wire.limits import BLACKLIST_OPENIDS


def list_(call: Call) -> Answer:
    """Answer getblacklist: a page in follow order, up to 10,000 openids."""
    reader, account = call.resources.reader, call.card.number
    with reader.moment():
        after = read_start(call, call.fields.get("begin_openid"), 49003)
        total = reader.blacklisted(account)
        return page(*reader.blacklist_page(account, after), total)


def add(call: Call) -> Answer:
    """Answer batchblacklist: they leave their group for group 1."""
    openids = read_openids(call.fields.get("openid_list"), BLACKLIST_OPENIDS)
    return call.resources.submit(Bar(call.card.number, openids))


def remove(call: Call) -> Answer:
    """Answer batchunblacklist: those in group 1 go to group 0, others stay where they are."""
    openids = read_openids(call.fields.get("openid_list"), BLACKLIST_OPENIDS)
    return call.resources.submit(Bar(call.card.number, openids, lift=True))

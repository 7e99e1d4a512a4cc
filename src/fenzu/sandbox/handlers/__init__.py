"""The calls that are built, by their names in `fenzu.wire.ENDPOINTS`; any other answers as an unknown address."""

from fenzu.sandbox.calls.call import Handler
from fenzu.sandbox.handlers import blacklist, followers, groups, service, tags, tokens

HANDLERS: dict[str, Handler] = {
    "token.get": tokens.get,
    "token.stable": tokens.stable,
    "groups.create": groups.create,
    "groups.list": groups.list_,
    "groups.of": groups.of,
    "groups.rename": groups.rename,
    "groups.move": groups.move,
    "groups.move_many": groups.move_many,
    "groups.delete": groups.delete,
    "followers.list": followers.list_,
    "followers.get": followers.get,
    "followers.get_many": followers.get_many,
    "followers.remark": followers.remark,
    "tags.create": tags.create,
    "tags.list": tags.list_,
    "tags.rename": tags.rename,
    "tags.delete": tags.delete,
    "tags.members": tags.members,
    "tags.add": tags.add,
    "tags.remove": tags.remove,
    "tags.of": tags.of,
    "blacklist.list": blacklist.list_,
    "blacklist.add": blacklist.add,
    "blacklist.remove": blacklist.remove,
    "quota.clear": service.clear,
    "quota.get": service.quota,
    "quota.rid": service.rid,
    "domain.ips": service.addresses,
    "domain.callback_ips": service.addresses,
}

__all__ = ["HANDLERS", "Handler"]

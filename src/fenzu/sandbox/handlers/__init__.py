"""The calls that are built, by their names in `fenzu.wire.ENDPOINTS`; any other answers as an unknown address."""

from fenzu.sandbox.handlers import followers, groups, tokens
from fenzu.sandbox.handlers.call import Handler

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
}

__all__ = ["HANDLERS", "Handler"]

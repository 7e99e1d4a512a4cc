"""Where a page of trouble leads on: never to what has just failed, but by the word that says so."""

from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request

from fenzu.console.account.desk import Desk
from fenzu.console.addresses import address_of
from fenzu.console.web.gate import Foreign, NotLetIn
from fenzu.errors import FenzuError, StoreError, UsageError
from fenzu.wire.words import Words

AGAIN = Words("Try again", "重试")
FOLLOWERS = Words("To the followers", "回到粉丝页")
ACCOUNT = Words("What is known of the account", "查看账号信息")


class NoSuchThing(UsageError):
    """The address names something that is not there."""


class WrongMethod(UsageError):
    """The address is there, and does something else."""


class Way(NamedTuple):
    """A link."""

    address: str
    words: Words


def ways_on(request: Request, error: FenzuError) -> tuple[Way, ...]:
    """Return the links of a page that tells of an error; whoever has not come in gets none."""
    desk: Desk | None = getattr(request.state, "desk", None)
    here = "" if desk is None else address_of(desk.account.name)
    followers = Way(f"{here}/", FOLLOWERS)
    if isinstance(error, NotLetIn):
        return ()
    if isinstance(error, NoSuchThing | WrongMethod | Foreign):
        return (followers,)
    again = _again(request)
    if not isinstance(error, StoreError) and _path(request) != followers.address:
        return (*again, followers)
    # The followers cannot be shown; the page of the account can, and tells what is wrong with the mirror.
    return again if desk is None else (*again, Way(f"{here}/account", ACCOUNT))


def _again(request: Request) -> tuple[Way, ...]:
    """Return the way to the page that was asked for; what was sent to an address is not sent twice by a link."""
    if request.method != "GET":
        return ()
    query = request.scope["query_string"].decode("latin-1")
    return (Way(_path(request) + (f"?{query}" if query else ""), AGAIN),)


def _path(request: Request) -> str:
    """Return the address that was asked for, which leads to no other host."""
    return "/" + quote(request.scope["path"]).lstrip("/")

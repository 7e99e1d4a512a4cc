"""The control port's routes about accounts and who follows them."""

from collections.abc import AsyncIterator

import msgspec

from fenzu.sandbox.accounts import AccountSpec, Kind, NewAccount
from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Done, Route, body_as, query_as
from fenzu.sandbox.transfer.arrival import Content
from fenzu.wire.states import State


class AddFollowers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either a number of made-up followers, or openids."""

    count: int | None = None
    openids: list[str] | None = None
    group: int = 0


class RemoveFollowers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who unsubscribes."""

    openids: list[str]


class ChangeAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of an account; what is left out stays as it is."""

    state: State | None = None
    whitelist: list[str] | None = None


class ImportAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which appid stands in for that of the file."""

    appid: str | None = None


class ExportAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the secret is told."""

    secret: bool = False


class Account(msgspec.Struct, frozen=True):
    """An account without its secret: only the answer that made it tells that."""

    appid: str
    kind: Kind
    followers: int
    groups: int
    whitelist: list[str]
    state: State
    calls: dict[str, int]


async def create_account(platform: Controlled, asked: Asked) -> NewAccount:
    """Create an account."""
    return await platform.create_account(body_as(AccountSpec, asked))


async def import_account(platform: Controlled, asked: Asked) -> NewAccount:
    """Make an account from an export, or from a table of followers."""
    appid = query_as(ImportAccount, asked).appid
    return await platform.import_account(Content(asked.content), appid=appid)


async def export_account(platform: Controlled, asked: Asked) -> AsyncIterator[bytes]:
    """Return an account as lines of JSON: its groups and tags, its followers in their order."""
    return await platform.export_account(asked.appid, secret=query_as(ExportAccount, asked).secret)


async def list_accounts(platform: Controlled, _asked: Asked) -> list[Account]:
    """List the accounts, the first one first."""
    return [_view(account) for account in await platform.list_accounts()]


async def get_account(platform: Controlled, asked: Asked) -> Account:
    """Look at an account."""
    return _view(await platform.get_account(asked.appid))


async def change_account(platform: Controlled, asked: Asked) -> Account:
    """Put an account into another state, or give it another whitelist."""
    wish = body_as(ChangeAccount, asked)
    await platform.change_account(asked.appid, state=wish.state, whitelist=wish.whitelist)
    return _view(await platform.get_account(asked.appid))


async def delete_account(platform: Controlled, asked: Asked) -> Done:
    """Remove an account with all that it holds."""
    await platform.delete_account(asked.appid)
    return Done()


async def add_followers(platform: Controlled, asked: Asked) -> Account:
    """Let people follow the account."""
    wish = body_as(AddFollowers, asked)
    await platform.add_followers(asked.appid, count=wish.count, openids=wish.openids, group=wish.group)
    return _view(await platform.get_account(asked.appid))


async def remove_followers(platform: Controlled, asked: Asked) -> Account:
    """Let followers unsubscribe."""
    await platform.remove_followers(asked.appid, body_as(RemoveFollowers, asked).openids)
    return _view(await platform.get_account(asked.appid))


async def reset(platform: Controlled, asked: Asked) -> Account:
    """Empty an account; appid and secret stay."""
    await platform.reset(asked.appid)
    return _view(await platform.get_account(asked.appid))


def _view(account: NewAccount) -> Account:
    return Account(
        appid=account.appid,
        kind=account.kind,
        followers=account.followers,
        groups=account.groups,
        whitelist=account.whitelist,
        state=account.state,
        calls=account.calls,
    )


ONE = "/accounts/{appid}"
ROUTES = (
    Route("GET", "/accounts", list_accounts, list[Account]),
    Route("POST", "/accounts", create_account, NewAccount, AccountSpec, status=201),
    Route(
        "POST",
        "/accounts/import",
        import_account,
        NewAccount,
        asks=ImportAccount,
        status=201,
        takes_file=True,
    ),
    Route("GET", ONE, get_account, Account),
    Route("PATCH", ONE, change_account, Account, ChangeAccount),
    Route("DELETE", ONE, delete_account, Done),
    Route("POST", ONE + "/followers", add_followers, Account, AddFollowers),
    Route("DELETE", ONE + "/followers", remove_followers, Account, RemoveFollowers),
    Route("GET", ONE + "/export", export_account, None, asks=ExportAccount, gives_file=True),
    Route("POST", ONE + "/reset", reset, Account),
)

"""The control port's routes: one table of method, path, body, answer, and what is done. Knows no HTTP."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec

from fenzu.sandbox.accounts import AccountSpec, Kind, NewAccount, State
from fenzu.sandbox.openapi import Route


class Health(msgspec.Struct, frozen=True):
    """What the sandbox says of itself."""

    ready: bool
    version: str
    rules: str
    accounts: int
    store: str | None


class Controlled(Protocol):
    """What this port needs of the platform. An unknown appid raises `UnknownAccount`, a taken one `AccountExists`."""

    def health(self) -> Health:
        """Return version, rules, number of accounts, store."""
        ...

    async def create_account(self, spec: AccountSpec) -> NewAccount:
        """Make an account."""
        ...

    async def list_accounts(self) -> list[NewAccount]:
        """Return all accounts, the first one first."""
        ...

    async def get_account(self, appid: str) -> NewAccount:
        """Return one account."""
        ...

    async def delete_account(self, appid: str) -> None:
        """Remove an account with all that it holds."""
        ...

    async def add_followers(
        self, appid: str, *, count: int | None = None, openids: list[str] | None = None, group: int = 0
    ) -> object:
        """Let made-up followers, or these openids, follow."""
        ...

    async def remove_followers(self, appid: str, openids: list[str]) -> object:
        """Let them unsubscribe."""
        ...

    async def reset(self, appid: str) -> None:
        """Empty one account."""
        ...

    async def reset_all(self) -> None:
        """Empty all accounts."""
        ...


class AddFollowers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either a number of made-up followers, or openids."""

    count: int | None = None
    openids: list[str] | None = None
    group: int = 0


class RemoveFollowers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who unsubscribes."""

    openids: list[str]


class Done(msgspec.Struct, frozen=True):
    """What a call answers that has nothing to tell."""

    ok: bool = True


class Account(msgspec.Struct, frozen=True):
    """An account without its secret: only the answer that made it tells that."""

    appid: str
    kind: Kind
    followers: int
    groups: int
    whitelist: list[str]
    state: State
    calls: dict[str, int]


Body: TypeAlias = msgspec.Struct | None
Perform: TypeAlias = Callable[[Controlled, str, Body], Awaitable[object]]
BodyType = TypeVar("BodyType", bound=msgspec.Struct)


async def health(platform: Controlled, _appid: str, _body: Body) -> object:
    """Tell that the sandbox is ready."""
    return platform.health()


async def create_account(platform: Controlled, _appid: str, body: Body) -> NewAccount:
    """Create an account."""
    return await platform.create_account(_as(AccountSpec, body))


async def list_accounts(platform: Controlled, _appid: str, _body: Body) -> list[Account]:
    """List the accounts, the first one first."""
    return [_view(account) for account in await platform.list_accounts()]


async def get_account(platform: Controlled, appid: str, _body: Body) -> Account:
    """Look at an account."""
    return _view(await platform.get_account(appid))


async def delete_account(platform: Controlled, appid: str, _body: Body) -> Done:
    """Remove an account with all that it holds."""
    await platform.delete_account(appid)
    return Done()


async def add_followers(platform: Controlled, appid: str, body: Body) -> Account:
    """Let people follow the account."""
    wish = _as(AddFollowers, body)
    await platform.add_followers(appid, count=wish.count, openids=wish.openids, group=wish.group)
    return _view(await platform.get_account(appid))


async def remove_followers(platform: Controlled, appid: str, body: Body) -> Account:
    """Let followers unsubscribe."""
    await platform.remove_followers(appid, _as(RemoveFollowers, body).openids)
    return _view(await platform.get_account(appid))


async def reset(platform: Controlled, appid: str, _body: Body) -> Account:
    """Empty an account; appid and secret stay."""
    await platform.reset(appid)
    return _view(await platform.get_account(appid))


async def reset_all(platform: Controlled, _appid: str, _body: Body) -> Done:
    """Empty all accounts."""
    await platform.reset_all()
    return Done()


def _as(kind: type[BodyType], body: Body) -> BodyType:
    assert isinstance(body, kind)  # the route's own type, decoded before
    return body


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


class Entry(NamedTuple):
    """A route and what is done when it is asked for."""

    route: Route
    perform: Perform


ONE = "/accounts/{appid}"
ENTRIES = tuple(
    Entry(
        Route(method, path, perform.__name__, (perform.__doc__ or "").rstrip("."), gives, takes, status),
        perform,
    )
    for method, path, perform, takes, gives, status in (
        ("GET", "/health", health, None, Health, 200),
        ("GET", "/accounts", list_accounts, None, list[Account], 200),
        ("POST", "/accounts", create_account, AccountSpec, NewAccount, 201),
        ("GET", ONE, get_account, None, Account, 200),
        ("DELETE", ONE, delete_account, None, Done, 200),
        ("POST", ONE + "/followers", add_followers, AddFollowers, Account, 200),
        ("DELETE", ONE + "/followers", remove_followers, RemoveFollowers, Account, 200),
        ("POST", ONE + "/reset", reset, None, Account, 200),
        ("POST", "/reset", reset_all, None, Done, 200),
    )
)

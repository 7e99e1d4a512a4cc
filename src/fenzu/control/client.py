"""The control port's calls as methods, noun by noun; accounts and followers stand here."""

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from fenzu.client.transport import HttpTransport, Transport
from fenzu.control._port import Port, check_appid, given, path_of, query_of
from fenzu.control.clock import Clock
from fenzu.control.events import Events
from fenzu.control.faults import Faults
from fenzu.control.quota import Quota
from fenzu.control.requests import Requests
from fenzu.control.snapshots import Snapshots
from fenzu.control.values import Account, GroupSeed, Health, NewAccount, TagSeed


class Accounts:
    """The sandbox's accounts."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def create(
        self,
        *,
        appid: str | None = None,
        secret: str | None = None,
        kind: str | None = None,
        followers: int | Sequence[str] | None = None,
        groups: Sequence[GroupSeed] | None = None,
        tags: Sequence[TagSeed] | None = None,
        whitelist: Sequence[str] | None = None,
        state: str | None = None,
    ) -> NewAccount:
        """Make an account; what is not given is made up. The answer is the only one that holds its secret."""
        spec = given(
            appid=appid,
            secret=secret,
            kind=kind,
            followers=followers,
            groups=groups,
            tags=tags,
            whitelist=whitelist,
            state=state,
        )
        return self._port.call("POST", "/accounts", NewAccount, spec)

    def list(self) -> list[Account]:
        """Return all accounts, the first one first."""
        return self._port.call("GET", "/accounts", list[Account])

    def get(self, appid: str) -> Account:
        """Return one account; `ControlError` with `unknown_account` if there is none."""
        return self._port.call("GET", path_of(appid), Account)

    def change(
        self, appid: str, *, state: str | None = None, whitelist: Sequence[str] | None = None
    ) -> Account:
        """Put an account into another state (`frozen`, `busy`, `active` again …), or give it another whitelist."""
        wish = given(state=state, whitelist=whitelist)
        return self._port.call("PATCH", path_of(appid), Account, wish)

    def export(self, appid: str, *, secret: bool = False) -> bytes:
        """Return an account as lines of JSON: its groups and tags, its followers in their order; its secret on request.

        For accounts of up to some eighty thousand followers: a longer answer is refused (`TransportError`), while the
        route `GET /accounts/{appid}/export` itself gives any length.
        """
        return self._port.fetch("GET", path_of(appid, "/export" + ("?secret=1" if secret else "")))

    def import_(self, content: bytes, *, appid: str | None = None) -> NewAccount:
        """Make an account from an export or from a table (CSV or TSV: openid, group, remark, tags), all or nothing.

        `appid` stands in for that of the file; a secret that the file does not tell is made up. `ControlError` tells
        the lines that are wrong. Up to 64 MiB; `fenzu sandbox --seed FILE` takes any size.
        """
        query = query_of(appid=None if appid is None else check_appid(appid))
        return self._port.call("POST", "/accounts/import" + query, NewAccount, content=content)

    def delete(self, appid: str) -> None:
        """Remove an account with all that it holds."""
        self._port.call("DELETE", path_of(appid), dict[str, object])


class Followers:
    """Who follows an account: people come and go here, not through the platform's own calls."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def add(
        self, appid: str, *, count: int | None = None, openids: Sequence[str] | None = None, group: int = 0
    ) -> Account:
        """Let `count` made-up people or these `openids` follow; return the account as it is then."""
        wish = given(count=count, openids=openids, group=group)
        return self._port.call("POST", path_of(appid, "/followers"), Account, wish)

    def remove(self, appid: str, openids: Sequence[str]) -> Account:
        """Let them unsubscribe; return the account as it is then."""
        return self._port.call("DELETE", path_of(appid, "/followers"), Account, {"openids": openids})


class Control:
    """A sandbox's control port. Serves many threads; `close` gives its connections back.

    Raises `ControlError` where the port refuses, `UsageError` for what cannot be an appid, `TransportError` where
    nothing usable answers.

    `key` is what the sandbox's `--control-key-file` holds, where it has one; no repr and no error shows it. `ca_file`
    names the authority of a control port that speaks https; a `transport` of your own has to know it by itself.
    """

    def __init__(
        self,
        control_url: str,
        *,
        key: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        transport: Transport | None = None,
        timeout: float = 60.0,
    ) -> None:
        self._transport = transport or HttpTransport(trust_env=False, ca_file=ca_file)
        self._port = Port(control_url, self._transport, timeout, key, ca_file)
        self.accounts: Accounts = Accounts(self._port)
        self.followers: Followers = Followers(self._port)
        self.clock: Clock = Clock(self._port)
        self.quota: Quota = Quota(self._port)
        self.events: Events = Events(self._port)
        self.snapshots: Snapshots = Snapshots(self._port)
        self.requests: Requests = Requests(self._port)
        self.faults: Faults = Faults(self._port)

    def __repr__(self) -> str:
        return f"Control({self._port.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def health(self) -> Health:
        """Return version, rules and number of accounts."""
        return self._port.call("GET", "/health", Health)

    def reset(self, appid: str | None = None) -> None:
        """Empty one account, or all: no followers, no groups of its own. Appid and secret stay."""
        self._port.call("POST", "/reset" if appid is None else path_of(appid, "/reset"), dict[str, object])

    def close(self) -> None:
        """Close the connections. Repeating is safe."""
        self._transport.close()

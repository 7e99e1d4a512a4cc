"""The control port's calls as methods. It knows routes and bodies; the transport it borrows knows HTTP."""

import re
from collections.abc import Sequence
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from fenzu.client._check import check_base_url
from fenzu.client.transport import HttpTransport, Request, Transport
from fenzu.control.values import Account, ControlError, GroupSeed, Health, NewAccount, TagSeed
from fenzu.errors import TransportError, UsageError
from fenzu.wire.limits import APPID_PATTERN
from fenzu.wire.words import Words

T = TypeVar("T")


class _Problem(msgspec.Struct):
    error: str
    message: str


class _Port:
    """One request to the control port, decoded or raised."""

    def __init__(self, url: str, transport: Transport, timeout: float) -> None:
        self.url: str = check_base_url(url)
        self.transport = transport
        self.timeout = timeout

    def call(self, method: str, path: str, gives: type[T], body: object = None) -> T:
        content = None if body is None else msgspec.json.encode(body)
        response = self.transport.send(Request(method, self.url + path, content, self.timeout))
        if response.status >= 400:
            raise self._error(response.status, response.body)
        try:
            return msgspec.json.decode(response.body, type=gives)
        except msgspec.MsgspecError:
            raise self._no_sandbox() from None

    def _error(self, status: int, body: bytes) -> ControlError | TransportError:
        try:
            problem = msgspec.json.decode(body, type=_Problem)
        except msgspec.MsgspecError:
            return self._no_sandbox()
        return ControlError(status, problem.error, problem.message)

    def _no_sandbox(self) -> TransportError:
        return TransportError(
            Words(f"what answers at {self.url} is no control port", f"{self.url} 上应答的不是沙箱的控制端口"),
            Words("give the control_url of the sandbox's ready line", "请使用沙箱就绪行里的 control_url"),
        )


class Accounts:
    """The sandbox's accounts."""

    def __init__(self, port: _Port) -> None:
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
        spec = {
            "appid": appid,
            "secret": secret,
            "kind": kind,
            "followers": followers,
            "groups": groups,
            "tags": tags,
            "whitelist": whitelist,
            "state": state,
        }
        given = {name: value for name, value in spec.items() if value is not None}
        return self._port.call("POST", "/accounts", NewAccount, given)

    def list(self) -> list[Account]:
        """Return all accounts, the first one first."""
        return self._port.call("GET", "/accounts", list[Account])

    def get(self, appid: str) -> Account:
        """Return one account; `ControlError` with `unknown_account` if there is none."""
        return self._port.call("GET", _path(appid), Account)

    def delete(self, appid: str) -> None:
        """Remove an account with all that it holds."""
        self._port.call("DELETE", _path(appid), dict[str, object])


class Followers:
    """Who follows an account: people come and go here, not through the platform's own calls."""

    def __init__(self, port: _Port) -> None:
        self._port = port

    def add(
        self, appid: str, *, count: int | None = None, openids: Sequence[str] | None = None, group: int = 0
    ) -> Account:
        """Let `count` made-up people or these `openids` follow; return the account as it is then."""
        given = {"count": count, "openids": openids, "group": group}
        body = {name: value for name, value in given.items() if value is not None}
        return self._port.call("POST", _path(appid, "/followers"), Account, body)

    def remove(self, appid: str, openids: Sequence[str]) -> Account:
        """Let them unsubscribe; return the account as it is then."""
        return self._port.call("DELETE", _path(appid, "/followers"), Account, {"openids": openids})


class Control:
    """A sandbox's control port. Serves many threads; `close` gives its connections back.

    Raises `ControlError` where the port refuses, `UsageError` for what cannot be an appid, `TransportError` where
    nothing usable answers.
    """

    def __init__(
        self, control_url: str, *, transport: Transport | None = None, timeout: float = 60.0
    ) -> None:
        self._transport = transport or HttpTransport(trust_env=False)
        self._port = _Port(control_url, self._transport, timeout)
        self.accounts: Accounts = Accounts(self._port)
        self.followers: Followers = Followers(self._port)

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
        self._port.call("POST", "/reset" if appid is None else _path(appid, "/reset"), dict[str, object])

    def close(self) -> None:
        """Close the connections. Repeating is safe."""
        self._transport.close()


def _path(appid: str, rest: str = "") -> str:
    """Return an account's path; what is no appid is refused, because `..` would lead to another route."""
    if not re.fullmatch(APPID_PATTERN, appid):
        raise UsageError(
            Words(
                "an appid is 1 to 64 letters, digits, _ and -",
                "appid 为 1 到 64 个字母、数字、_ 或 -",
            )
        )
    return f"/accounts/{appid}{rest}"

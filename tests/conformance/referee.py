"""A second pair of eyes: what the sandbox holds, read by plain HTTP with a token of its own.

Its token is a stable one, so it never supersedes the one that an SDK got from `/cgi-bin/token`.
"""

import json
import urllib.request
from typing import Any

import msgspec

# An environment's proxy is no way to this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def send(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    """Send a GET, or with a body a POST, and return the JSON of the answer."""
    return json.loads(send_raw(url, body, headers))


def send_raw(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """Send a GET, or with a body a POST, and return the bytes of the answer."""
    with _OPENER.open(urllib.request.Request(url, body, headers or {}), timeout=30) as answer:
        content: bytes = answer.read()
    return content


class Account(msgspec.Struct, frozen=True):
    """An account of the sandbox under test, and what it holds by plain HTTP."""

    base_url: str
    appid: str
    secret: str

    def token(self) -> str:
        """Return the account's stable token."""
        wish = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer: str = send(f"{self.base_url}/cgi-bin/stable_token", json.dumps(wish).encode())["access_token"]
        return answer

    def call(self, path: str, body: object = None) -> Any:
        """Send one call with the account's stable token."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return send(f"{self.base_url}/cgi-bin/{path}?access_token={self.token()}", content)

    def groups(self) -> dict[int, tuple[str, int]]:
        """Return name and count of each group."""
        return {row["id"]: (row["name"], row["count"]) for row in self.call("groups/get")["groups"]}

    def group_of(self, openid: str) -> int:
        """Return the number of the group that `openid` is in."""
        found: int = self.call("groups/getid", {"openid": openid})["groupid"]
        return found


def open_account(base_url: str, control_url: str, spec: dict[str, object]) -> Account:
    """Make an account by the control port; `spec` is the body of `POST /accounts`."""
    made = send(f"{control_url}/accounts", json.dumps(spec).encode(), {"Content-Type": "application/json"})
    return Account(base_url, made["appid"], made["secret"])

"""A console without a port, and a browser of a few lines in front of it: requests go in as ASGI messages."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.types import Message
from tests.cli.pretended import Pretended

from fenzu import AsyncClient
from fenzu.client._events import Listener
from fenzu.console.account.accounts import Account
from fenzu.console.app import make_app
from fenzu.console.serve import hosts_of
from fenzu.console.web.sessions import Sessions
from fenzu.control import Control

PORT = 8062
HOST = f"127.0.0.1:{PORT}"
HOME = f"http://{HOST}"
SECRET = "5ec2e75ec2e75ec2e75ec2e75ec2e75e"
TOKEN = "T0KEN"
OWN = {"sec-fetch-site": "same-origin", "origin": HOME}
"""What a browser says of itself where a page of the console sends something."""
JSON = {"accept": "application/json", "content-type": "application/json"}


class PretendedAccounts:
    """Accounts in memory, all of one pretended platform."""

    def __init__(self, platform: Pretended, folder: Path, *, is_read_only: bool = False) -> None:
        self.platform, self.folder = platform, folder
        self.accounts = [self.account("shop", is_read_only=is_read_only)]

    def account(self, name: str, *, is_read_only: bool = False, control_url: str | None = None) -> Account:
        return Account(
            name=name,
            appid="wx5eed5eed5eed5eed",
            base_url="http://127.0.0.1:9",
            mirror=str(self.folder / f"{name}.db"),
            runs=self.folder / "runs",
            control_url=control_url,
            is_read_only=is_read_only,
        )

    def list(self) -> list[Account]:
        return self.accounts

    def open_client(self, account: Account, on_event: Listener) -> AsyncClient:
        return AsyncClient(
            account.appid, SECRET, base_url=account.base_url, transport=self.platform, on_event=on_event
        )

    def open_control(self, account: Account) -> Control | None:
        return Control(account.control_url) if account.control_url else None


class Answer(NamedTuple):
    """An answer, whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Sends requests to an application. What `headers` say of it comes with each; `enter` lets it in by a link."""

    def __init__(self, app: Starlette, headers: Mapping[str, str] | None = None) -> None:
        self.app = app
        self.headers = {"host": HOST, **(headers or {})}

    def enter(self) -> "Browser":
        sessions: Sessions = self.app.state.sessions
        session = sessions.enter(sessions.new_link())
        return Browser(self.app, {**self.headers, "cookie": f"{sessions.cookie}={session}"})

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, headers)

    async def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """Send JSON as a page of the console does."""
        return await self.send("POST", path, {**OWN, **JSON, **headers}, json.dumps(body or {}).encode())

    async def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, *pieces: bytes
    ) -> Answer:
        """Send a request; an underscore in a header's name stands for a dash. `pieces` are its body."""
        plain, _, query = path.partition("?")
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(plain),
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.encode(), value.encode("latin-1")) for name, value in {**self.headers, **given}.items()
            ],
            "server": ("127.0.0.1", PORT),
            "client": ("127.0.0.1", 50000),
        }
        return await exchange(self.app, scope, pieces)


async def exchange(app: Starlette, scope: dict[str, Any], pieces: Iterable[bytes]) -> Answer:
    """Hand a request to the application, and return all of what it answers."""
    coming: list[Message] = [
        *({"type": "http.request", "body": piece, "more_body": True} for piece in pieces),
        {"type": "http.request", "body": b"", "more_body": False},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        if coming:
            return coming.pop(0)
        await asyncio.Event().wait()  # it stays until it has its answer
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    [start] = [message for message in sent if message["type"] == "http.response.start"]
    body = b"".join(message["body"] for message in sent if message["type"] == "http.response.body")
    return Answer(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body)


def make_console(accounts: PretendedAccounts) -> Starlette:
    """Return a console on these accounts."""
    return make_app(accounts, Sessions(PORT), hosts_of(PORT))

"""The decorator of every command that calls the platform: adds the options that name the account, opens a client.

Knows how a client is opened and closed, and nothing of what is done with it.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

import click

from fenzu.cli import refusals
from fenzu.cli.command import Callback, option
from fenzu.cli.completing import complete_account
from fenzu.cli.connect import Credentials, Wanted, choose
from fenzu.cli.io import Streams
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.cli.edge import Run
    from fenzu.client._events import Listener

Action: TypeAlias = Callable[..., Coroutine[Any, Any, int | None]]
"""A command's coroutine: takes the `Session` and what click has parsed; returns an exit code, or None for done."""
_OPTIONS = (
    option(
        "--account",
        metavar="NAME",
        shell_complete=complete_account,
        words=Words("a kept account (see `fenzu account`)", "已保存的账号（见 `fenzu account`）"),
    ),
    option("--appid", metavar="APPID", words=Words("the account's appid", "账号的 appid")),
    option(
        "--base-url", metavar="URL", words=Words("where the platform or a sandbox is", "平台或沙箱的地址")
    ),
    option(
        "--production",
        is_flag=True,
        words=Words("the real platform, https://api.weixin.qq.com", "真实平台 https://api.weixin.qq.com"),
    ),
    option(
        "--secret-file",
        metavar="FILE",
        words=Words(
            "read the secret from this file (- for standard input)", "从文件读取 AppSecret（- 表示标准输入）"
        ),
    ),
    option(
        "--ca-file",
        metavar="FILE",
        words=Words(
            "trust the authorities in this PEM file too ($FENZU_CA_FILE)",
            "另外信任此 PEM 文件中的证书颁发者（$FENZU_CA_FILE）",
        ),
    ),
    option(
        "--timeout",
        type=float,
        metavar="SECONDS",
        words=Words("wait so long for each answer (10)", "每个应答等待的秒数（默认 10）"),
    ),
)

JSON = option("--json", "as_json", is_flag=True, words=Words("print JSON", "输出 JSON"))
YES = option("--yes", is_flag=True, words=Words("do not ask", "不询问"))


class Limits(TypedDict, total=False):
    """The seconds that a client is given."""

    timeout: float
    deadline: float


DEADLINE = 60.0
"""Seconds for a call with all its tries, as the client has it; more where one answer alone may take longer."""


class Session:
    """What a command on an account gets: the client, the streams, and what is known of the account."""

    def __init__(self, client: "AsyncClient", streams: Streams, credentials: Credentials) -> None:
        self.client = client
        self.streams = streams
        self.credentials = credentials


def on_account(*, writes: bool = False) -> Callable[[Action], Callback]:
    """Make a coroutine the function of a command; a writing one is refused on a read-only account."""

    def wrap(action: Action) -> Callback:
        @functools.wraps(action)
        def callback(
            *,
            account: str | None,
            appid: str | None,
            base_url: str | None,
            production: bool,
            secret_file: str | None,
            ca_file: str | None,
            timeout: float | None,
            as_json: bool,
            **rest: object,
        ) -> int | None:
            streams = streams_of(as_json=as_json)
            credentials = choose(Wanted(account, appid, base_url, production, secret_file))
            if writes:
                check_may_write(credentials)
            limits: Limits = (
                {} if timeout is None else {"timeout": timeout, "deadline": max(DEADLINE, timeout)}
            )
            client = open_client(credentials, current_run(), limits, ca_file)
            return asyncio.run(
                _with_client(Session(client, streams, credentials), lambda it: action(it, **rest))
            )

        own = callback.__dict__.pop("__click_params__", [])
        for add in reversed((JSON, *_OPTIONS)):
            add(callback)
        # So that a command's own options stand first in its help.
        callback.__dict__["__click_params__"].extend(own)
        return callback

    return wrap


def check_may_write(credentials: Credentials) -> None:
    """Refuse to change anything on an account that is kept read-only."""
    if credentials.read_only:
        raise refusals.read_only(credentials.profile or credentials.appid)


def streams_of(*, as_json: bool = False) -> Streams:
    """Return the streams of the command that runs."""
    return Streams(current_run().language, as_json=as_json)


def current_run() -> "Run":
    """Return the run that the running command belongs to."""
    run: Run = click.get_current_context().find_root().obj
    return run


async def _with_client(session: Session, action: Callable[[Session], Awaitable[int | None]]) -> int | None:
    try:
        return await action(session)
    finally:
        await session.client.aclose()


def open_client(
    credentials: Credentials,
    run: "Run",
    limits: Limits,
    ca_file: str | None = None,
    on_event: "Listener | None" = None,
) -> "AsyncClient":
    """Open a client for the account; `limits` bound each call, `on_event` hears what it does."""
    from fenzu import AsyncClient

    return AsyncClient(
        credentials.appid,
        credentials.secret,
        base_url=credentials.base_url,
        language=run.language,
        transport=run.transport,
        ca_file=ca_file or run.ca_file,
        on_event=on_event,
        **limits,
    )

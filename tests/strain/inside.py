"""A platform in this process: calls without a socket between, and an account to call for."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.platform import Platform
from fenzu.sandbox.store.opening import Synchronous


class Inside:
    """Calls a platform in this process, without a socket between."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def call(self, target: str, body: object = None) -> Any:
        return json.loads(await self.call_raw(target, body))

    async def call_raw(self, target: str, body: object = None) -> bytes:
        path, _, query = target.partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        answer = self._platform.answer(Call(method, path, query.encode(), content, "127.0.0.1"))
        return answer if isinstance(answer, bytes) else await answer


@asynccontextmanager
async def opened(
    path: Path, *, vfs: str | None = None, synchronous: Synchronous = "FULL"
) -> AsyncIterator[Platform]:
    """Open a platform and close it again."""
    platform = Platform.open(str(path), vfs=vfs, synchronous=synchronous)
    try:
        yield platform
    finally:
        platform.close()


async def make_account(platform: Platform, followers: Sequence[str], **spec: object) -> str:
    """Make an account and return the query with its token; the token was acknowledged like everything else."""
    account = await platform.create_account(msgspec.convert({"followers": followers, **spec}, AccountSpec))
    wish = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret}
    token = (await Inside(platform).call("/cgi-bin/stable_token", wish))["access_token"]
    return f"access_token={token}"

"""The accounts that a worker may take runs of, and how it opens one: a client a run, tokens and paces shared by all.

Their names are read when the worker starts; a secret is looked up when a run begins, so that a new one counts at once.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fenzu.cli import profiles, refusals
from fenzu.cli.connect import Credentials, Wanted, choose
from fenzu.client._check import check_base_url, is_loopback
from fenzu.errors import UsageError
from fenzu.regroup._queueing.queue import Account
from fenzu.wire import environment
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.cli.edge import Run
    from fenzu.mirror.directory import Directory
    from fenzu.pace import Pace
    from fenzu.regroup._values import Header
    from fenzu.tokens import TokenStore

Wanteds = Mapping[Account, Wanted]


def accounts_named(names: str | None) -> dict[Account, Wanted]:
    """Return the accounts of these names (a comma between); without names all that may write, and the environment's."""
    kept = profiles.load()
    if names is not None:
        chosen = [kept.get(name.strip()) for name in names.split(",")]
        for profile in chosen:
            if profile.read_only:
                raise refusals.read_only(profile.name)
    else:
        chosen = [profile for profile in kept.accounts.values() if not profile.read_only]
    found = {
        Account(check_base_url(profile.base_url), profile.appid): Wanted(account=profile.name)
        for profile in reversed(chosen)
    }
    if names is None and os.environ.get(environment.APPID):
        credentials = choose(Wanted(appid=os.environ[environment.APPID]))
        found[Account(credentials.base_url, credentials.appid)] = Wanted(appid=credentials.appid)
    if not found:
        raise refusals.no_account()
    return found


class Accounts:
    """Opens the accounts of a worker."""

    def __init__(self, wanted: Wanteds, run: "Run", tokens: "TokenStore", pace: "Pace | None") -> None:
        self._wanted, self._run, self._tokens, self._pace = wanted, run, tokens, pace

    @asynccontextmanager
    async def open(self, header: "Header") -> "AsyncIterator[Directory]":
        """Open the account of a plan."""
        from fenzu import AsyncClient
        from fenzu.client.transport import AsyncHttpTransport

        credentials = self._credentials(Account(header.base_url, header.appid))
        transport = self._run.transport or AsyncHttpTransport(
            trust_env=not is_loopback(credentials.base_url), ca_file=self._run.ca_file
        )
        async with AsyncClient(
            credentials.appid,
            credentials.secret,
            base_url=credentials.base_url,
            language=self._run.language,
            transport=transport,
            token_store=self._tokens,
            pace=self._pace,
        ) as client:
            yield client.directory

    def _credentials(self, account: Account) -> Credentials:
        credentials = choose(self._wanted[account])
        if (credentials.base_url, credentials.appid) != account:
            raise UsageError(
                Words(
                    f"the account kept for {account.appid} was changed meanwhile",
                    f"为 {account.appid} 保存的账号已被改动",
                ),
                Words("start the worker anew", "请重新启动 worker"),
            )
        if credentials.read_only:
            raise refusals.read_only(credentials.profile or credentials.appid)
        return credentials

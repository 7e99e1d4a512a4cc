"""The accounts that a console shows: the one that is meant, then all that are kept under a name."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from fenzu.cli import profiles, refusals
from fenzu.cli.connect import Credentials, Wanted, choose
from fenzu.cli.mirror_place import account_name, data_folder, place_of
from fenzu.cli.on_account import open_client
from fenzu.client._check import check_base_url
from fenzu.console.account.accounts import Account
from fenzu.wire import environment

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.cli.edge import Run
    from fenzu.client._events import Listener
    from fenzu.control import Control


class KeptAccounts:
    """Reads the kept accounts each time they are asked for, so that one that is added meanwhile is there."""

    def __init__(
        self,
        wanted: Wanted,
        run: "Run",
        mirror: str | None,
        control_url: str | None,
        control_key: str | None,
        *,
        is_read_only: bool,
    ) -> None:
        self._run, self._mirror, self._is_read_only = run, mirror, is_read_only
        self._control_url, self._control_key = control_url, control_key
        try:
            self._first: Credentials | None = choose(wanted)
        except refusals.NoAccount:
            if wanted.account or not profiles.load().accounts:
                raise
            self._first = None

    def list(self) -> list[Account]:
        """Return all accounts; the one that the options or the environment mean comes first."""
        found = profiles.load().accounts
        first = self._first_of(found)
        kept = [self._kept(profile) for profile in found.values()]
        return kept if first is None else [first, *(each for each in kept if each.name != first.name)]

    def open_client(self, account: Account, on_event: "Listener") -> "AsyncClient":
        """Open a client with the account's secret, as it is kept now."""
        first = self._first
        if first is not None and first.profile is None and account.name == first.appid:
            return open_client(first, self._run, {}, on_event=on_event)
        return open_client(choose(Wanted(account=account.name)), self._run, {}, on_event=on_event)

    def open_control(self, account: Account) -> "Control | None":
        """Open the control port of the account's sandbox."""
        if account.control_url is None:
            return None
        from fenzu.control import Control

        # The key opens the control port that it was named with, and is shown to no other.
        first = self._first_of(profiles.load().accounts)
        is_its_port = first is not None and account.control_url == first.control_url
        key = self._control_key if is_its_port else None
        return Control(account.control_url, key=key, ca_file=self._run.ca_file)

    def _first_of(self, found: Mapping[str, profiles.Profile]) -> Account | None:
        """Return the account that the options or the environment mean; one that is kept is read as it is kept now."""
        first = self._first
        if first is None:
            return None
        if first.profile is None:
            return self._account(
                first.appid, first.appid, first.base_url, self._control_url, is_read_only=first.read_only
            )
        profile = found.get(first.profile)
        if profile is None:  # it was removed meanwhile
            return None
        return self._kept(profile, self._control_url if self._is_of_sandbox(profile, first) else None)

    def _is_of_sandbox(self, profile: profiles.Profile, first: Credentials) -> bool:
        """Whether the control port that was named is that of the account's sandbox: the two were named together."""
        if check_base_url(profile.base_url) != first.base_url:
            return False
        url = os.environ.get(environment.BASE_URL)
        return url is None or check_base_url(url) == first.base_url

    def _kept(self, profile: profiles.Profile, control_url: str | None = None) -> Account:
        account = self._account(
            profile.name,
            profile.appid,
            check_base_url(profile.base_url),
            control_url or profile.control_url,
            is_read_only=profile.read_only,
        )
        return msgspec.structs.replace(account, kept_at=profile.kept_at)

    def _account(
        self, name: str, appid: str, base_url: str, control_url: str | None, *, is_read_only: bool
    ) -> Account:
        account = Account(
            name=name,
            appid=appid,
            base_url=base_url,
            mirror=place_of(self._mirror, base_url, appid),
            runs=data_folder() / "runs" / account_name(base_url, appid),
            control_url=control_url,
            is_read_only=is_read_only or self._is_read_only,
        )
        if account.is_production:
            account = msgspec.structs.replace(account, control_url=None)
        return account

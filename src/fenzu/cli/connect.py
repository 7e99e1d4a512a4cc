"""For which account a command works: from options, the environment or a profile, and never from a guess.

No two sources are mixed silently: a secret goes only to the host that was named together with it.
"""

import os

import msgspec

from fenzu.cli import profiles, refusals, secrets
from fenzu.client._check import check_appid, check_base_url
from fenzu.errors import UsageError
from fenzu.wire import environment
from fenzu.wire.endpoints import PRODUCTION_URL
from fenzu.wire.words import Words


class Wanted(msgspec.Struct, frozen=True):
    """What the options say about the account."""

    account: str | None = None
    appid: str | None = None
    base_url: str | None = None
    production: bool = False
    secret_file: str | None = None


class Credentials(msgspec.Struct, frozen=True):
    """Where to call, and as whom. Its `repr` does not show the secret."""

    appid: str
    secret: str
    base_url: str
    profile: str | None = None
    read_only: bool = False

    def __repr__(self) -> str:
        return f"Credentials({self.appid}, {self.base_url})"


def choose(wanted: Wanted) -> Credentials:
    """Return the account that is meant.

    Options come first, then the environment (FENZU_APPID or FENZU_ACCOUNT), then the profile in use.
    """
    if wanted.account and wanted.appid:
        raise UsageError(
            Words("--account and --appid name two accounts", "--account 与 --appid 指定了两个账号"),
            Words("give one of them", "只给其中一个"),
        )
    appid, named = os.environ.get(environment.APPID), os.environ.get("FENZU_ACCOUNT")
    if wanted.account:
        return _from_profile(profiles.load().get(wanted.account), wanted)
    if wanted.appid:
        return _by_hand(wanted.appid, wanted)
    if appid and named:
        raise UsageError(
            Words("FENZU_APPID and FENZU_ACCOUNT are both set", "FENZU_APPID 与 FENZU_ACCOUNT 同时存在"),
            Words(
                "unset one of them, or name the account with --account",
                "取消其中一个，或用 --account 指定账号",
            ),
        )
    if appid:
        return _by_hand(appid, wanted)
    kept = profiles.load()
    name = named or kept.use
    if name is None:
        raise refusals.no_account()
    profile = kept.get(name)
    _check_host_agrees(profile, wanted)
    return _from_profile(profile, wanted)


def option_url(wanted: Wanted) -> str | None:
    """Return the address that the options name."""
    if wanted.production and wanted.base_url:
        raise UsageError(
            Words("--production and --base-url name two hosts", "--production 与 --base-url 指定了两个地址"),
            Words("give one of them", "只给其中一个"),
        )
    if wanted.production:
        return PRODUCTION_URL
    return check_base_url(wanted.base_url) if wanted.base_url else None


def _by_hand(appid: str, wanted: Wanted) -> Credentials:
    url = option_url(wanted) or _exported_url()
    if not url:
        raise refusals.no_host()
    secret = secrets.read_secret(wanted.secret_file) if wanted.secret_file else _exported_secret(appid, url)
    if not secret:
        raise refusals.no_secret(appid)
    return Credentials(check_appid(appid), secret, url)


def _from_profile(profile: profiles.Profile, wanted: Wanted) -> Credentials:
    own = check_base_url(profile.base_url)
    url = option_url(wanted) or own
    if wanted.secret_file:
        secret: str | None = secrets.read_secret(wanted.secret_file)
    elif url != own:
        raise refusals.secret_of_another(profile.name, own, profile.name, url)
    else:
        secret = secrets.find(profile) or _exported_secret(profile.appid, url)
    if not secret:
        raise refusals.no_secret(profile.appid)
    return Credentials(profile.appid, secret, url, profile.name, profile.read_only)


def _exported_url() -> str | None:
    url = os.environ.get(environment.BASE_URL)
    return check_base_url(url) if url else None


def _exported_secret(appid: str, url: str) -> str | None:
    """Return FENZU_SECRET; raises `UsageError` where what is exported beside it says that it is another account's."""
    secret = os.environ.get(environment.SECRET)
    if not secret:
        return None
    its_appid, its_url = os.environ.get(environment.APPID) or appid, _exported_url() or url
    if (its_appid, its_url) != (appid, url):
        raise refusals.secret_of_another(its_appid, its_url, appid, url)
    return secret


def _check_host_agrees(profile: profiles.Profile, wanted: Wanted) -> None:
    """Who has exported a sandbox's address must not reach production because of a profile that is in use."""
    url = _exported_url()
    if url and not option_url(wanted) and url != check_base_url(profile.base_url):
        raise UsageError(
            Words(
                f"FENZU_BASE_URL is {url}, the account {profile.name} is at {profile.base_url}",
                f"FENZU_BASE_URL 是 {url}，而账号 {profile.name} 在 {profile.base_url}",
            ),
            Words(
                f"say which: --account {profile.name}, or set FENZU_APPID too",
                f"说明用哪个：--account {profile.name}，或同时设置 FENZU_APPID",
            ),
        )

"""Accounts kept under a name: a TOML file in the platform's folder for settings.

Knows no secret, only where one is kept.
"""

import os
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from fenzu.errors import StoreError, UsageError
from fenzu.wire.words import Words

Keeping: TypeAlias = Literal["keyring", "file", "nowhere"]
VERSION = 1
_NAME = re.compile(r"\w[\w.-]{0,63}")
_HEAD = "# Accounts of the command `fenzu`; `fenzu account` changes this file. It holds no secret.\n"


class Profile(msgspec.Struct, frozen=True):
    """An account under a name; its secret is kept where `secret_in` says."""

    name: str
    appid: str
    base_url: str
    secret_in: Keeping = "nowhere"
    read_only: bool = False
    control_url: str | None = None
    """The control port of the sandbox that it lives in, where it lives in one."""
    kept_at: float | None = None
    """When it was kept, in Unix seconds: kept anew it may have another secret, which does not stand here."""


class Profiles(msgspec.Struct, frozen=True):
    """All accounts that are kept, and which of them is in use."""

    accounts: dict[str, Profile] = {}
    use: str | None = None

    def get(self, name: str) -> Profile:
        """Return the account of that name, or raise an error that lists those there are."""
        if name in self.accounts:
            return self.accounts[name]
        names = ", ".join(self.accounts)
        raise UsageError(
            Words(f"no account is kept under the name {name}", f"没有名为 {name} 的账号"),
            Words(f"there are: {names}", f"现有：{names}")
            if names
            else Words("add it: `fenzu account add`", "用 `fenzu account add` 添加"),
        )

    def with_profile(self, profile: Profile) -> "Profiles":
        """Return these and `profile`, in the place of one of the same name; the first one is in use at once."""
        return Profiles({**self.accounts, profile.name: profile}, self.use or profile.name)

    def without(self, name: str) -> "Profiles":
        """Return these without the account of that name."""
        rest = {key: value for key, value in self.accounts.items() if key != name}
        return Profiles(rest, None if self.use == name else self.use)


def check_name(name: str) -> str:
    """Return `name` if an account can be kept under it: letters, digits, `_`, `.` and `-`, at most 64."""
    if _NAME.fullmatch(name):
        return name
    raise UsageError(
        Words("this cannot be an account's name", "账号名不合规则"),
        Words(
            "use up to 64 letters, digits, `_`, `.` and `-`, beginning with a letter or digit",
            "请用字母（含汉字）、数字、`_`、`.`、`-`，以字母或数字开头，最多 64 个",
        ),
    )


def config_dir() -> Path:
    """Return the folder for settings: FENZU_CONFIG_DIR, else what the platform uses."""
    if own := os.environ.get("FENZU_CONFIG_DIR"):
        return Path(own)
    if xdg := os.environ.get("XDG_CONFIG_HOME"):
        return Path(xdg) / "fenzu"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "fenzu"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home()) / "fenzu"
    return Path.home() / ".config" / "fenzu"


def profiles_path() -> Path:
    """Return where the accounts are kept."""
    return config_dir() / "accounts.toml"


def load() -> Profiles:
    """Read the accounts; there are none before the first is added."""
    path = profiles_path()
    data = read_toml(path)
    if not data:
        return Profiles()
    try:
        rows = {name: {"name": name, **row} for name, row in data.get("accounts", {}).items()}
        kept = msgspec.convert({"accounts": rows, "use": data.get("use")}, Profiles)
        for profile in kept.accounts.values():
            urlsplit(profile.base_url)  # raises for what is no address at all, such as http://[::1
    except (msgspec.ValidationError, TypeError, AttributeError, ValueError):
        raise broken(path) from None
    return kept


def save(profiles: Profiles) -> None:
    """Write the accounts, at once or not at all."""
    text = f"{_HEAD}version = {VERSION}\n"
    if profiles.use:
        text += f"use = {quoted(profiles.use)}\n"
    for profile in profiles.accounts.values():
        text += f"\n[accounts.{quoted(profile.name)}]\n"
        text += f"appid = {quoted(profile.appid)}\nbase_url = {quoted(profile.base_url)}\n"
        text += f"secret_in = {quoted(profile.secret_in)}\nread_only = {str(profile.read_only).lower()}\n"
        if profile.control_url is not None:
            text += f"control_url = {quoted(profile.control_url)}\n"
        if profile.kept_at is not None:
            text += f"kept_at = {profile.kept_at!r}\n"
    write_private(profiles_path(), text)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of ours; {} if there is none, words if it is broken or of a later version."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise cannot("read", "读", path, error) from None
    except ValueError:
        raise broken(path) from None
    if data.get("version") != VERSION:
        raise StoreError(
            Words(f"{path} was written by another version of fenzu", f"{path} 由另一个版本的 fenzu 写成"),
            Words("use that version, or move the file away", "请用那个版本，或把文件移走"),
        )
    return data


def broken(path: Path) -> StoreError:
    """The file cannot be read as what it should be."""
    return StoreError(
        Words(f"{path} cannot be read: it is damaged", f"读不了 {path}：文件已损坏"),
        Words(
            "mend it; or move it away, then keep the accounts again with `fenzu account add`",
            "修好它；或移走它，再用 `fenzu account add` 重新保存账号",
        ),
    )


def cannot(do: str, zh: str, path: Path, error: OSError) -> StoreError:
    """The system refuses to read or write a file of ours."""
    reason = error.strerror or type(error).__name__
    return StoreError(
        Words(f"cannot {do} {path}: {reason}", f"{zh}不了 {path}：{reason}"),
        Words(
            "give yourself the right to, or name another folder with FENZU_CONFIG_DIR",
            "修改权限，或用 FENZU_CONFIG_DIR 指定另一个文件夹",
        ),
    )


def quoted(text: str) -> str:
    """Return `text` as a TOML string (JSON's, but for the one character that TOML wants escaped besides)."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, at once or not at all; raises `StoreError` where that fails."""
    try:
        _write_private(path, text)
    except OSError as error:
        raise cannot("write", "写", path, error) from None


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)

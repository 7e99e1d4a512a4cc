"""Where an account's secret is kept: the system's keyring, or a file that only its owner may read. Shows none, ever."""

from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.cli.person import read_text
from fenzu.cli.profiles import VERSION, Keeping, Profile, broken, config_dir, quoted, read_toml, write_private
from fenzu.cli.refusals import NoAccount
from fenzu.client._secret import Secret
from fenzu.errors import FenzuError, StoreError, UsageError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "fenzu"
KEYRING: Keeping = "keyring"
FILE: Keeping = "file"
WHERE: dict[Keeping, Words] = {
    "keyring": Words("system keyring", "系统钥匙串"),
    "file": Words("file", "文件"),
    "nowhere": Words("not kept", "未保存"),
}


def secrets_path() -> Path:
    """Return the file for secrets whose owner asked for one."""
    return config_dir() / "secrets.toml"


def find_keyring() -> "KeyringBackend | None":
    """Return the system's keyring; None if the extra is not installed or there is no keyring here."""
    try:
        import keyring
    except ImportError:
        return None
    backend = keyring.get_keyring()
    return backend if backend.priority > 0 else None


def keep(profile: Profile, secret: str) -> None:
    """Keep the secret where the profile says."""
    if profile.secret_in == KEYRING:
        backend = find_keyring()
        if backend is None:
            raise no_keyring()
        try:
            backend.set_password(SERVICE, profile.name, secret)
        except Exception:  # noqa: BLE001 - whatever a keyring raises, its text may hold what it was given
            raise keyring_fails() from None
    elif profile.secret_in == FILE:
        _write({**_read(), profile.name: secret})


def find(profile: Profile) -> str | None:
    """Return the secret of the profile, None if it is kept nowhere."""
    if profile.secret_in == KEYRING:
        backend = find_keyring()
        if backend is None:
            raise no_keyring(NoAccount)
        try:
            return backend.get_password(SERVICE, profile.name)
        except Exception:  # noqa: BLE001 - see `keep`
            raise keyring_fails(NoAccount) from None
    return _read().get(profile.name) if profile.secret_in == FILE else None


def forget(name: str, *, but: Keeping | None = None) -> None:
    """Remove the secret kept under `name` from every place, or from all places but one."""
    kept = _read()
    if but != FILE and name in kept:
        _write({other: secret for other, secret in kept.items() if other != name})
    if but != KEYRING and (backend := find_keyring()) is not None:
        try:
            backend.delete_password(SERVICE, name)
        except Exception:  # noqa: BLE001 - see `keep`; one that is gone already is forgotten as well
            return


def where(profile: Profile) -> Words:
    """Say where the profile's secret is kept."""
    if profile.secret_in == FILE:
        return Words(f"file {secrets_path()}", f"文件 {secrets_path()}")
    return WHERE[profile.secret_in]


def read_secret(source: str) -> str:
    """Read a secret from a file, or from standard input for `-`."""
    try:
        text = read_text() if source == "-" else Path(source).read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError(Words("the secret is no text", "AppSecret 不是文本")) from None
    except OSError as error:
        reason = error.strerror or ""
        raise UsageError(Words(f"{source} cannot be read: {reason}", f"读不了 {source}：{reason}")) from None
    return check_secret(text.strip())


def check_secret(secret: str) -> str:
    """Return `secret` if it can be one: one line of visible letters."""
    Secret(secret).check("secret")
    return secret


def no_keyring(kind: type[FenzuError] = UsageError) -> FenzuError:
    """No keyring on this machine, or no access to it."""
    return kind(
        Words("there is no keyring here to keep the secret in", "这里没有可用的系统钥匙串"),
        Words(
            "install it (`pip install keyring`), or say --keep-secret-in file (a file that only you may "
            "read), or --keep-secret-in nowhere and set FENZU_SECRET each time",
            "安装它（`pip install keyring`），或用 --keep-secret-in file（只有你能读的文件），"
            "或用 --keep-secret-in nowhere 并每次设置 FENZU_SECRET",
        ),
    )


def keyring_fails(kind: type[FenzuError] = StoreError) -> FenzuError:
    """The keyring is there and does not answer."""
    return kind(
        Words("the system's keyring refused", "系统钥匙串拒绝了请求"),
        Words("unlock it, or set FENZU_SECRET", "解锁它，或设置 FENZU_SECRET"),
    )


def _read() -> dict[str, str]:
    rows = read_toml(secrets_path()).get("secrets", {})
    if not isinstance(rows, dict):
        raise broken(secrets_path())
    return {name: secret for name, secret in rows.items() if isinstance(secret, str)}


def _write(secrets: dict[str, str]) -> None:
    lines = "".join(f"{quoted(name)} = {quoted(secret)}\n" for name, secret in secrets.items())
    write_private(
        secrets_path(),
        f"# Secrets that `fenzu account add --keep-secret-in file` keeps.\nversion = {VERSION}\n\n[secrets]\n{lines}",
    )

"""A certificate authority of the sandbox's own, and the certificate that it gives to the sandbox. Knows no port.

The libraries that make certificates are loaded here and nowhere else, and only for a sandbox that speaks TLS. The
authority's key and certificate lie in one file, so that two sandboxes that make it at once end with the same one.
"""

import asyncio
import os
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.errors import FenzuError, UsageError
from fenzu.sandbox.store.lock import Lock
from fenzu.sandbox.store.temporary import LOCK, make_folder
from fenzu.wire.endpoints import PRODUCTION_HOSTS
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from trustme import CA

LIFE = timedelta(days=397)
"""A certificate's; some clients take none that lives longer. The authority's own does not end."""
RENEWED_BEFORE = timedelta(days=30)
LOOK_SECONDS = 86_400.0
KEY, CERTIFICATE = "ca.key", "ca.pem"
NAMES = ("localhost", "127.0.0.1", "::1", *sorted(PRODUCTION_HOSTS))


class Authority:
    """Who vouches for this sandbox: `ca_file` is what clients have to trust, `context` what a port serves with."""

    def __init__(self, ca: "CA", ca_file: Path, names: Iterable[str]) -> None:
        self._ca = ca
        self._names = tuple(dict.fromkeys((*NAMES, *names)))
        self._renewal: datetime | None = None
        self.ca_file = ca_file
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(["http/1.1"])

    def renew(self, now: datetime) -> bool:
        """Make a new certificate if there is none yet or its end is near; connections that stand are not touched."""
        if self._renewal is not None and now < self._renewal:
            return False
        ends = now + LIFE
        try:
            made = self._ca.issue_cert(
                *self._names,
                organization_name="fenzu sandbox",
                not_before=now - timedelta(days=1),  # clocks differ
                not_after=ends,
            )
        except ValueError as error:  # a name that no certificate can hold; idna's errors are ValueErrors
            raise UsageError(
                Words(f"no certificate can name this host: {error}", f"主机名不能写入证书：{error}"),
                Words("give another --allow-host", "换一个 --allow-host"),
            ) from None
        made.configure_cert(self.context)
        self._renewal = ends - RENEWED_BEFORE
        return True

    async def keep_fresh(self) -> None:
        """Look every day whether it is time for a new certificate; a sandbox may run for years."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.renew(datetime.now(UTC))


def require() -> None:
    """Refuse with words where the library that makes certificates is not installed."""
    if find_spec("trustme") is None:
        raise UsageError(
            Words("TLS needs a library that is not installed", "TLS 所需的库没有安装"),
            install("tls"),
        )


@contextmanager
def open_authority(
    names: Iterable[str], *, folder: str | None = None, store: str | None = None
) -> Iterator[Authority]:
    """Open the authority in `folder`, else beside the file `store`, else one that goes with the process.

    It is made where there is none. Raises `FenzuError` for a place that cannot be used.
    """
    if folder is not None:
        place = Path(folder).absolute()  # clients read the file from wherever they are
        opened = _kept(place / KEY, place / CERTIFICATE, names)
    elif store is not None and "://" not in store:
        file = os.path.realpath(store)
        opened = _kept(Path(f"{file}.{KEY}"), Path(f"{file}.{CERTIFICATE}"), names)
    else:
        with _temporary(names) as authority:
            yield authority
        return
    yield opened


def _kept(key_file: Path, ca_file: Path, names: Iterable[str]) -> Authority:
    try:
        ca = _open_ca(_read_or_make(key_file), key_file)
        certificate = ca.cert_pem.bytes()
        if not ca_file.exists() or ca_file.read_bytes() != certificate:
            _write_certificate(ca_file, certificate)
    except OSError as error:
        raise FenzuError(
            Words(
                f"cannot keep the certificate authority in {key_file.parent}: {error.strerror}",
                f"无法在 {key_file.parent} 保存证书颁发者：{error.strerror}",
            ),
            Words("check the folder and its permissions", "检查目录是否存在、是否可写"),
        ) from None
    return _certified(ca, ca_file, names)


@contextmanager
def _temporary(names: Iterable[str]) -> Iterator[Authority]:
    """Make an authority whose key is never written; its certificate goes with the process, or is swept up later."""
    with make_folder() as folder:
        lock = Lock(Path(folder, LOCK))
        lock.take()
        ca = _make_ca()
        ca_file = Path(folder, CERTIFICATE)
        _write_certificate(ca_file, ca.cert_pem.bytes())
        try:
            yield _certified(ca, ca_file, names)
        finally:
            lock.free()


def _certified(ca: "CA", ca_file: Path, names: Iterable[str]) -> Authority:
    authority = Authority(ca, ca_file, names)
    authority.renew(datetime.now(UTC))
    return authority


def _make_ca() -> "CA":
    from trustme import CA

    return CA(path_length=0, organization_name="fenzu sandbox")


def _open_ca(content: bytes, key_file: Path) -> "CA":
    from trustme import CA

    try:
        return CA.from_pem(content, content)
    except (ValueError, TypeError):
        raise FenzuError(
            Words(
                f"{key_file} holds no certificate authority of fenzu's",
                f"{key_file} 不是 fenzu 的证书颁发者文件",
            ),
            Words("move it away, and a new one is made", "移走它，会生成新的"),
        ) from None


def _read_or_make(key_file: Path) -> bytes:
    """Return key and certificate; whoever is first makes them, and the file is there as a whole or not at all."""
    try:
        content = key_file.read_bytes()
    except FileNotFoundError:
        ca = _make_ca()
        new = _write_new(key_file, ca.private_key_pem.bytes() + ca.cert_pem.bytes(), 0o600)
        try:
            os.link(new, key_file)
        except FileExistsError:  # another sandbox was quicker
            pass
        finally:
            new.unlink()
        return key_file.read_bytes()
    if key_file.stat().st_mode & 0o077:
        key_file.chmod(0o600)
    return content


def _write_certificate(ca_file: Path, content: bytes) -> None:
    _write_new(ca_file, content, 0o644).replace(ca_file)


def _write_new(beside: Path, content: bytes, mode: int) -> Path:
    """Write a file of a name of its own in the same folder, with the mode from its first moment on."""
    descriptor, name = tempfile.mkstemp(prefix=f".{beside.name}-", dir=beside.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    if mode != 0o600:
        Path(name).chmod(mode)
    return Path(name)

"""The sandbox's own certificate authority: where it lies, who may read it, and what its certificate is good for."""

import os
import ssl
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fenzu.errors import FenzuError, UsageError
from fenzu.sandbox.http import authority as module
from fenzu.sandbox.http.authority import LIFE, Authority, open_authority, require
from fenzu.wire.endpoints import PRODUCTION_HOSTS


@pytest.fixture
def careless() -> Iterator[None]:
    """A process whose umask takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


def shake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> dict[str, object]:
    """Let the two shake hands in memory and return the certificate that the client accepted for `name`."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(down, up, server_hostname=name),
        server.wrap_bio(up, down, server_side=True),
    )
    done = [False, False]
    while not all(done):
        for index, end in enumerate(ends):
            try:
                end.do_handshake()
                done[index] = True
            except ssl.SSLWantReadError:
                pass
    return dict(ends[0].getpeercert() or {})


def trusting(opened: Authority) -> ssl.SSLContext:
    """A client that trusts this authority only, and takes the standard at its word."""
    context = ssl.create_default_context(cafile=opened.ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "::1", "sandbox.internal", "10.1.2.3", *sorted(PRODUCTION_HOSTS)]
)
def test_the_certificate_is_good_for_every_name(name: str, tmp_path: Path) -> None:
    """Who trusts the CA file may call the sandbox by each of its names, and by the platform's."""
    with open_authority(["sandbox.internal", "10.1.2.3"], folder=str(tmp_path)) as opened:
        assert shake(opened.context, trusting(opened), name)


def test_it_is_good_for_no_other_name(tmp_path: Path) -> None:
    """The certificate is no way to pass for somebody else."""
    with open_authority([], folder=str(tmp_path)) as opened:
        for name in ("mp.weixin.qq.com", "example.com"):
            with pytest.raises(ssl.SSLCertVerificationError):
                shake(opened.context, trusting(opened), name)


def test_a_name_that_no_certificate_can_hold(tmp_path: Path) -> None:
    """It is refused with words, not with the library's trace."""
    with (
        pytest.raises(UsageError, match="no certificate can name"),
        open_authority(["a" * 70], folder=str(tmp_path)),
    ):
        pass


def test_what_is_kept_stays_trusted(tmp_path: Path) -> None:
    """A client that has been told to trust the CA goes on trusting it when the sandbox is started again."""
    with open_authority([], folder=str(tmp_path)) as first:
        client = trusting(first)
    with open_authority([], folder=str(tmp_path)) as second:
        assert shake(second.context, client, "localhost")


def test_beside_a_store(tmp_path: Path, careless: None) -> None:
    """With a store file the authority lies beside it, its key for its owner alone whatever the umask."""
    store = tmp_path / "my.db"
    with open_authority([], store=str(store)) as opened:
        assert opened.ca_file == tmp_path / "my.db.ca.pem"
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {"my.db.ca.key": 0o600, "my.db.ca.pem": 0o644}


def test_clients_find_the_file_from_wherever_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder or a store named from here is told by its whole path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certificates").mkdir()
    with open_authority([], folder="certificates") as opened:
        assert opened.ca_file == tmp_path / "certificates" / "ca.pem"
    with open_authority([], store="my.db") as opened:
        assert opened.ca_file == tmp_path / "my.db.ca.pem"


def test_a_key_that_was_opened_to_others_is_closed(tmp_path: Path) -> None:
    """Whoever copied it with less care finds it private again."""
    with open_authority([], folder=str(tmp_path)):
        (tmp_path / "ca.key").chmod(0o644)
    with open_authority([], folder=str(tmp_path)):
        assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600


def test_a_lost_certificate_is_written_anew(tmp_path: Path) -> None:
    """The key's file holds both, so the file that clients trust can always be made again."""
    with open_authority([], folder=str(tmp_path)) as opened:
        before = opened.ca_file.read_bytes()
    for damage in (b"", b"something else"):
        opened.ca_file.write_bytes(damage)
        with open_authority([], folder=str(tmp_path)) as again:
            assert again.ca_file.read_bytes() == before


@pytest.mark.parametrize("store", [None, "postgresql://localhost/x"])
def test_a_temporary_one_leaves_nothing(
    store: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key is never written anywhere, and its certificate goes with the process."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_authority([], store=store) as opened:
        assert shake(opened.context, trusting(opened), "localhost")
        assert not [
            file for file in tmp_path.rglob("*") if file.is_file() and b"PRIVATE" in file.read_bytes()
        ]
    assert list(tmp_path.iterdir()) == []


def test_two_that_begin_at_once_have_one_authority(tmp_path: Path, full: bool) -> None:
    """Sandboxes that share a folder are trusted together, also if each of them found it empty."""
    for number in range(20 if full else 3):
        folder = tmp_path / str(number)
        folder.mkdir()

        def open_one(folder: Path = folder) -> bytes:
            with open_authority([], folder=str(folder)) as opened:
                return opened.ca_file.read_bytes()

        with ThreadPoolExecutor(4) as threads:
            assert len(set(threads.map(lambda _: open_one(), range(4)))) == 1
        assert sorted(file.name for file in folder.iterdir()) == ["ca.key", "ca.pem"]


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_authority_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A foreign file in its place is refused with words and stays as it is."""
    (tmp_path / "ca.key").write_bytes(content)
    with (
        pytest.raises(FenzuError, match="no certificate authority"),
        open_authority([], folder=str(tmp_path)),
    ):
        pass
    assert (tmp_path / "ca.key").read_bytes() == content


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """It is for the user to say where secrets lie, so no folder is made."""
    with (
        pytest.raises(FenzuError, match=r"cannot keep the certificate authority in .*/none: "),
        open_authority([], folder=str(tmp_path / "none")),
    ):
        pass


def test_a_certificate_is_renewed_before_its_end(tmp_path: Path) -> None:
    """A sandbox that runs for a year does not end up with a certificate that is over."""
    with open_authority([], folder=str(tmp_path)) as opened:
        now = datetime.now(UTC)
        client = trusting(opened)
        first = shake(opened.context, client, "localhost")["serialNumber"]
        assert not opened.renew(now + LIFE - timedelta(days=31))
        assert shake(opened.context, client, "localhost")["serialNumber"] == first
        assert opened.renew(now + timedelta(days=1) + LIFE - timedelta(days=30))
        assert not opened.renew(now + LIFE)


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lacks the extra is told its name, not shown a traceback."""
    require()
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"pip install '\.\[tls\]'"):
        require()

"""Which accounts `fenzu console` offers, and which control port belongs to each."""

from pathlib import Path

import msgspec
import pytest

from fenzu.cli.connect import Wanted
from fenzu.cli.console import accounts as module
from fenzu.cli.console.accounts import KeptAccounts
from fenzu.cli.console.demo import NAME, DemoAccounts
from fenzu.cli.edge import Run
from fenzu.control import Control
from fenzu.testing import SandboxAccount
from fenzu.wire.endpoints import PRODUCTION_URL
from tests.cli.conftest import ACCOUNT, SECRET, Shell

KEY = "k" * 32
PORT, OTHER = "http://127.0.0.1:8061", "http://127.0.0.1:8071"


def keep(shell: Shell, name: str, url: str, *more: str) -> None:
    where = ("--appid", f"wx{name}", "--base-url", url, "--keep-secret-in", "file", "--secret-file", "-")
    assert shell.run("account", "add", name, *where, *more, stdin=SECRET).code == 0


def accounts(
    *, account: str | None = None, control_url: str | None = None, key: str | None = None
) -> KeptAccounts:
    return KeptAccounts(Wanted(account=account), Run(), None, control_url, key, is_read_only=False)


@pytest.fixture
def kept(shell: Shell) -> Shell:
    """Two accounts, each in a sandbox of its own; the first one is in use."""
    shell.without_account()
    keep(shell, "play", "http://127.0.0.1:8060", "--control-url", PORT)
    keep(shell, "more", "http://127.0.0.1:8070", "--control-url", OTHER)
    return shell


def test_a_kept_control_port_is_used(kept: Shell) -> None:
    """Each kept account brings the control port that it is kept with, whichever comes first."""
    assert [(each.name, each.control_url) for each in accounts().list()] == [("play", PORT), ("more", OTHER)]
    assert [each.name for each in accounts(account="more").list()] == ["more", "play"]
    assert accounts(account="more").list()[0].control_url == OTHER


def test_a_control_port_that_is_said_comes_first(kept: Shell) -> None:
    """What is said on the command line stands in for what is kept, for the account that it is said with alone."""
    found = accounts(control_url="http://127.0.0.1:9061").list()
    assert [each.control_url for each in found] == ["http://127.0.0.1:9061", OTHER]


def test_an_account_of_the_environment(shell: Shell) -> None:
    """An account of the environment has the control port that is exported with it; its appid is its name."""
    found = accounts(control_url=PORT).list()
    assert [(each.name, each.control_url) for each in found] == [(ACCOUNT["FENZU_APPID"], PORT)]


def test_the_key_goes_to_one_control_port(kept: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a control port is given to the first account's, and to no other sandbox's."""
    given: dict[str, object] = {}
    monkeypatch.setattr(Control, "__init__", lambda _, url, *, key, ca_file: given.update({url: key}))
    known = accounts(key=KEY)
    for account in known.list():
        known.open_control(account)
    assert given == {PORT: KEY, OTHER: None}


def test_the_first_account_is_read_as_it_is_kept_now(kept: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept anew, read only or with another secret, the account that came first is another one: nothing of it is old."""
    used: list[str] = []
    heard: list[object] = []
    monkeypatch.setattr(module, "open_client", lambda credentials, *_, **__: used.append(credentials.secret))
    known = accounts(account="play", control_url="http://127.0.0.1:9061")
    before = known.list()[0]
    known.open_client(before, heard.append)
    again = (
        "--base-url",
        "http://127.0.0.1:8060",
        "--keep-secret-in",
        "file",
        "--secret-file",
        "-",
        "--replace",
    )
    secret = "0" * 32
    assert kept.run("account", "add", "play", "--appid", "wxplay", *again, stdin=secret).code == 0
    after = known.list()[0]
    assert after != before
    assert msgspec.structs.replace(after, kept_at=before.kept_at) == before
    known.open_client(after, heard.append)
    assert used == [SECRET, secret]
    assert (
        kept.run("account", "add", "play", "--appid", "wxplay", *again, "--read-only", stdin=secret).code == 0
    )
    assert known.list()[0].is_read_only


def test_a_first_account_that_is_removed_is_gone(kept: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed while the console runs, the account that came first is not there, and no other gets its key."""
    given: dict[str, object] = {}
    monkeypatch.setattr(Control, "__init__", lambda _, url, *, key, ca_file: given.update({url: key}))
    known = accounts(account="play", key=KEY)
    assert kept.run("account", "remove", "play", "--yes").code == 0
    [rest] = known.list()
    known.open_control(rest)
    assert (rest.name, given) == ("more", {OTHER: None})


def test_a_key_file_that_others_can_read(kept: Shell, tmp_path: Path) -> None:
    """A key that is no secret is refused before anything is served."""
    path = tmp_path / "key"
    path.write_text(KEY)
    path.chmod(0o644)
    outcome = kept.run("console", "--port", "0", "--control-key-file", str(path))
    assert outcome.code == 2
    assert "others can read the key file" in outcome.err


def test_without_an_account_in_use_those_that_are_kept_are_offered(
    kept: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is meant, the kept accounts come as they are kept, and a key that was named goes to none of them."""
    given: dict[str, object] = {}
    monkeypatch.setattr(Control, "__init__", lambda _, url, *, key, ca_file: given.update({url: key}))
    assert kept.run("account", "remove", "play", "--yes").code == 0
    known = accounts(key=KEY)
    [rest] = known.list()
    known.open_control(rest)
    assert (rest.name, given) == ("more", {OTHER: None})


def test_a_control_port_that_was_said_stays_with_its_sandbox(kept: Shell) -> None:
    """Kept anew at another address, the account that came first has no more to do with the sandbox that was named."""
    known = accounts(account="play", control_url="http://127.0.0.1:9061")
    keep(kept, "play", "http://127.0.0.1:8080", "--replace")
    assert [each.control_url for each in known.list()] == [None, OTHER]


def test_an_account_without_a_control_port_has_none(shell: Shell) -> None:
    """Where no control port is known, nothing is opened in its place."""
    known = accounts()
    [account] = known.list()
    assert account.control_url is None
    assert known.open_control(account) is None


def test_production_has_no_control_port(shell: Shell) -> None:
    """An account of the platform itself is given no control port, whatever is exported."""
    shell.setenv(FENZU_BASE_URL=PRODUCTION_URL)
    [account] = accounts(control_url=PORT).list()
    assert (account.is_production, account.control_url) == (True, None)


def test_an_account_of_the_environment_is_opened_with_its_secret(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client of an account of the environment has the environment's secret, and no profile's."""
    used: list[str] = []
    monkeypatch.setattr(module, "open_client", lambda credentials, *_, **__: used.append(credentials.secret))
    known = accounts()
    known.open_client(known.list()[0], print)
    assert used == [SECRET]


async def test_the_demo_has_one_account(account: SandboxAccount, tmp_path: Path) -> None:
    """The console's own sandbox is one account, with its client, its control port and its mirror."""
    demo = DemoAccounts(account, tmp_path, is_read_only=True)
    [only] = demo.list()
    assert (only.name, only.is_read_only, only.mirror) == (NAME, True, str(tmp_path / "mirror.db"))
    async with demo.open_client(only, print) as client:
        assert await client.groups.list()
    control = demo.open_control(only)
    assert control is not None
    with control:
        assert control.health().ready
    assert demo.open_control(msgspec.structs.replace(only, control_url=None)) is None

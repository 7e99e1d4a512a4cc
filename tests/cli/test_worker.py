"""`fenzu worker`: what it refuses, which accounts it has, what it writes. That it works is told by tests/strain."""

import asyncio
import io
import json
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from fenzu.cli import profiles, secrets
from fenzu.cli.connect import Wanted
from fenzu.cli.edge import Run
from fenzu.cli.refusals import GuardError, NoAccount
from fenzu.cli.worker.accounts import Accounts, accounts_named
from fenzu.cli.worker.log import Log
from fenzu.client.transport import Request, Response
from fenzu.errors import StoreError, UsageError, api_error
from fenzu.mirror.directory import Guardable
from fenzu.regroup._queueing.job import Away, Busy
from fenzu.regroup._queueing.queue import Account
from fenzu.regroup._running.events import Finished, GroupReady, Progress, Started, Stopped, Waiting
from fenzu.regroup._values import Header, Tally
from fenzu.tokens import MemoryStore
from fenzu.wire.words import Words
from tests.cli.conftest import ACCOUNT, Shell

HEADER = Header(appid="wx1", base_url="http://127.0.0.1:9", made_at=1.0, wish="x", wishes=1, followers=1)
TALLY = Tally(2, 1, 100, 50, 0, 1)
NOWHERE = "postgresql://fenzu:CANARY@127.0.0.1:1/x"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two accounts that may write, and one that may not."""
    monkeypatch.setenv("FENZU_CONFIG_DIR", str(tmp_path / "config"))
    for name in ACCOUNT:
        monkeypatch.delenv(name, raising=False)
    found = profiles.Profiles()
    for name, read_only in (("shop", False), ("club", False), ("museum", True)):
        found = found.with_profile(
            profiles.Profile(name, f"wx{name}", "http://127.0.0.1:9/", "file", read_only)
        )
    profiles.save(found)
    for profile in found.accounts.values():
        secrets.keep(profile, "5ec4e7" + "0" * 26)


def account(name: str) -> Account:
    """The account that is kept under a name."""
    return Account("http://127.0.0.1:9", f"wx{name}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--database postgresql://"),
        (("--database", "mirror.db"), "PostgreSQL database"),
        (("--database", NOWHERE, "--concurrency", "0"), "--concurrency"),
        (("--database", NOWHERE, "--lease", "0.5"), "--lease"),
        (("--database", NOWHERE, "--pace", "0"), "--pace"),
        (("--database", NOWHERE, "--global-pace", "0"), "--global-pace"),
        (("--database", NOWHERE, "--accounts", "nobody"), "nobody"),
    ],
)
@pytest.mark.usefixtures("kept")
def test_what_makes_no_sense_is_refused(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    """A worker without a database, or with numbers that mean nothing, is refused before anything is opened."""
    result = shell.run("worker", *arguments)
    assert result.code == 2
    assert said in result.err


@pytest.mark.usefixtures("kept")
def test_a_database_that_is_away_is_told(shell: Shell) -> None:
    """A worker whose server cannot be reached ends with words in the reader's language, without the password."""
    shell.setenv(FENZU_LANG="zh", FENZU_MIRROR=NOWHERE)
    result = shell.run("worker", "--accounts", "shop")
    assert result.code == 1
    assert "无法连接" in result.err
    assert "CANARY" not in result.err


@pytest.mark.usefixtures("kept")
def test_it_has_the_accounts_that_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without names a worker has all kept accounts but read-only ones, and the one in the environment."""
    assert accounts_named(None).keys() == {account("shop"), account("club")}
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    named = Account(ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"])
    assert accounts_named(None)[named] == Wanted(appid=named.appid)
    assert accounts_named("shop, club").keys() == {account("shop"), account("club")}
    assert accounts_named("club") == {account("club"): Wanted(account="club")}


@pytest.mark.usefixtures("kept")
def test_an_account_that_may_not_write_is_refused() -> None:
    """A read-only account cannot be named, and a worker without any account says how to name one."""
    with pytest.raises(GuardError, match="museum"):
        accounts_named("shop,museum")
    profiles.save(profiles.Profiles())
    with pytest.raises(NoAccount, match="no account"):
        accounts_named(None)


class Recorded:
    """A transport that takes everything."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.is_closed = False

    async def send(self, request: Request) -> Response:
        """Answer with groups, or a token."""
        self.sent.append(request.url)
        if "token" in request.url.partition("?")[0]:
            return Response(200, b'{"access_token":"t","expires_in":7200}')
        return Response(200, b'{"groups":[]}')

    async def aclose(self) -> None:
        """Note it."""
        self.is_closed = True


@pytest.mark.usefixtures("kept")
def test_an_account_is_opened_with_its_secret() -> None:
    """The client of a run sends as the kept account, and is closed when the run is over."""
    transport = Recorded()
    accounts = Accounts(accounts_named(None), Run(transport), MemoryStore(), None)

    async def ask() -> None:
        async with accounts.open(_header("shop")) as directory:
            assert isinstance(directory, Guardable)
            assert await directory.groups() == []

    asyncio.run(ask())
    assert len(transport.sent) == 2
    assert transport.is_closed


@pytest.mark.usefixtures("kept")
def test_an_account_that_was_changed_meanwhile_is_not_used() -> None:
    """A name that has come to mean another account, or a read-only one, since the worker began is refused."""
    accounts = Accounts(accounts_named(None), Run(Recorded()), MemoryStore(), None)

    async def ask() -> None:
        async with accounts.open(_header("shop")):
            raise AssertionError

    found = profiles.load()
    shop = found.get("shop")
    profiles.save(found.with_profile(msgspec.structs.replace(shop, read_only=True)))
    with pytest.raises(GuardError):
        asyncio.run(ask())
    profiles.save(found.with_profile(msgspec.structs.replace(shop, appid="wxother")))
    with pytest.raises(UsageError, match="changed meanwhile"):
        asyncio.run(ask())


def test_each_event_is_a_line_of_json() -> None:
    """What happens to runs is told a line each, progress now and then only, errors in the reader's language."""
    stream = io.StringIO()
    log = Log("zh", stream)
    progress = Progress(at=1.0, done=1, failed=0, total=2, calls=1, rate=1.0, in_flight=1)
    started = Started(
        appid="wx1", base_url="http://127.0.0.1:9", kind="apply", resumed=True, tally=TALLY, max_failures=1
    )
    quota = api_error(45009, "reach max api daily quota limit")
    log.write("working", accounts=1)
    for event in (
        started,
        GroupReady("create", 100, "VIP", -1),
        progress,
        progress,
        Waiting(2.0, "45011"),
        Busy(),
        Away(StoreError(Words("away", "不在"))),
        Stopped(reason="45009", tally=TALLY, error=quota, renews_at=3.0),
        Stopped(reason="interrupted", tally=TALLY),
        progress,
        Finished(TALLY),
    ):
        log.tell(7, HEADER, event)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [
        *("working", "started", "group_ready", "progress", "waiting", "busy", "away"),
        *("stopped", "stopped", "progress", "finished"),
    ]
    assert all(line["run"] == 7 and line["appid"] == "wx1" for line in lines[1:])
    assert lines[7]["error"] == quota.say("zh")
    assert lines[7]["moved"] == 50
    assert lines[6]["error"] == "不在"
    assert all(datetime.fromisoformat(line["at"]) for line in lines)


def _header(name: str) -> Header:
    return msgspec.structs.replace(HEADER, base_url=account(name).base_url, appid=account(name).appid)

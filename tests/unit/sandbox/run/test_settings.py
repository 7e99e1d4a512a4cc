"""What a sandbox is asked to be, and which account it tells."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fenzu.errors import FenzuError, UsageError
from fenzu.sandbox.accounts import AccountSpec, NewAccount
from fenzu.sandbox.control_errors import AccountExists
from fenzu.sandbox.http.listen import (
    Complaints,
    address_of,
    bind,
    is_exposed,
    loopback_like,
    place_of,
    url_of,
)
from fenzu.sandbox.run.first_account import first_account
from fenzu.sandbox.run.made_up import DEMO_APPID
from fenzu.sandbox.run.settings import Settings, check
from fenzu.sandbox.transfer.arrival import Content


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1"])
def test_loopback_addresses_are_taken(host: str) -> None:
    """Every address of this machine alone is one to listen on."""
    assert address_of(host) == host


def test_localhost_is_an_address() -> None:
    """The name is bound as the address that every client finds."""
    assert address_of("LocalHost") == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.com", ""])
def test_other_machines_are_kept_out(host: str) -> None:
    """A sandbox that others could reach is refused, with words that name the way in."""
    with pytest.raises(UsageError, match=r"this machine only.*--expose"):
        address_of(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "127.0.0.1"])
def test_with_expose_every_address_is_taken(host: str) -> None:
    """Who has said so may listen wherever this machine has an address."""
    assert address_of(host, expose=True) == host


def test_a_name_is_no_address_to_listen_on() -> None:
    """What a name means is for the user to say."""
    with pytest.raises(UsageError, match="no address"):
        address_of("example.com", expose=True)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("0.0.0.0", "127.0.0.1"), ("10.1.2.3", "127.0.0.1"), ("::", "::1"), ("127.0.0.9", "127.0.0.9")],
)
def test_what_is_not_exposed_stays_on_loopback(address: str, expected: str) -> None:
    """The control port without a key keeps to this machine, in the same family of addresses."""
    assert loopback_like(address) == expected


def test_a_port_that_is_taken_is_told() -> None:
    """The refusal names the address, the option, and the way out."""
    with bind("127.0.0.1", 0, "--port") as first:
        port = first.getsockname()[1]
        with pytest.raises(FenzuError, match=rf"127.0.0.1:{port}.*in use.*--control-port"):
            bind("127.0.0.1", port, "--control-port")


def test_a_number_that_is_no_port_is_told() -> None:
    """A port beyond the last is words, not a traceback."""
    with pytest.raises(FenzuError, match="70000"):
        bind("127.0.0.1", 70000, "--port")


def test_addresses_become_urls() -> None:
    """A client can use the URL as it is."""
    with bind("127.0.0.1", 0, "--port") as sock:
        assert url_of(sock) == f"http://127.0.0.1:{sock.getsockname()[1]}"


def test_an_open_port_is_told_as_this_machine_reaches_it() -> None:
    """The ready line of a sandbox on every address names one that can be asked; the warning names what is open."""
    with bind("0.0.0.0", 0, "--port") as sock:
        port = sock.getsockname()[1]
        assert url_of(sock, "https") == f"https://127.0.0.1:{port}"
        assert place_of(sock) == f"0.0.0.0:{port}"
        assert is_exposed(sock)


async def test_the_loops_complaints_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """When files run out, stderr says so in one line, not in a trace for every connection."""
    complaints, loop = Complaints(), asyncio.get_running_loop()
    for _ in range(3):
        complaints(loop, {"message": "cannot accept", "exception": OSError(24, "Too many open files")})
    assert capsys.readouterr().err == "fenzu sandbox: cannot accept: Too many open files\n"


@pytest.mark.parametrize("settings", [Settings(demo=True, followers=3), Settings(followers=-1)])
def test_settings_that_contradict_themselves_are_refused(settings: Settings) -> None:
    """What makes no sense is told before anything is opened."""
    with pytest.raises(UsageError):
        check(settings)


class Fake:
    """A platform with some accounts."""

    def __init__(self, *appids: str) -> None:
        self.accounts = [make(appid) for appid in appids]
        self.made_elsewhere: list[NewAccount] = []

    async def catch_up(self) -> None:
        self.accounts += self.made_elsewhere

    async def create_account(self, spec: AccountSpec, *, first: bool = False) -> NewAccount:
        if self.made_elsewhere:
            raise AccountExists("wx")
        account = make(spec.appid or "wxnew", spec.followers if isinstance(spec.followers, int) else 0)
        self.accounts.append(account)
        return account

    async def import_account(self, content: Content, *, first: bool = False) -> NewAccount:
        with content.open() as file:
            self.accounts.append(make(file.read().decode()))
        return self.accounts[-1]

    async def list_accounts(self) -> list[NewAccount]:
        return self.accounts


def make(appid: str, followers: int = 0) -> NewAccount:
    return NewAccount(appid, "secret", "ordinary", followers, 3, [])


async def test_a_new_store_gets_an_account() -> None:
    """There is always an account to begin with."""
    assert await first_account(Fake(), demo=False, followers=None) == make("wxnew")


async def test_a_new_account_gets_the_followers_asked_for() -> None:
    """--followers counts for the account that is made."""
    assert (await first_account(Fake(), demo=False, followers=5)).followers == 5


async def test_a_new_account_is_made_from_a_seed(tmp_path: Path) -> None:
    """--seed counts for the account that is made; a store that has one is not touched, nor is the file read."""
    seed = str(tmp_path / "seed")
    (tmp_path / "seed").write_text("wxseed")
    assert (await first_account(Fake(), demo=False, followers=None, seed=seed)).appid == "wxseed"
    assert (await first_account(Fake("wx1"), demo=False, followers=None, seed="/none")).appid == "wx1"
    with pytest.raises(UsageError, match="cannot read /none: No such file"):
        await first_account(Fake(), demo=False, followers=None, seed="/none")


@pytest.mark.parametrize("other", [{"demo": True}, {"followers": 3}])
def test_a_seed_brings_its_own_followers(other: dict[str, Any]) -> None:
    """Two ways to fill the first account at once are refused."""
    with pytest.raises(UsageError, match="--seed brings its own followers"):
        check(Settings(seed="x", **other))


async def test_a_store_tells_its_first_account() -> None:
    """What is there already is told, and stays as it is."""
    fake = Fake("wx1", "wx2")
    assert (await first_account(fake, demo=False, followers=5)).appid == "wx1"
    assert len(fake.accounts) == 2


@pytest.mark.parametrize("there", [(), ("wx1",), ("wx1", DEMO_APPID)])
async def test_the_demo_is_told_where_it_was_asked_for(there: tuple[str, ...]) -> None:
    """--demo tells the documents' account, and makes it once."""
    fake = Fake(*there)
    for _ in range(2):
        assert (await first_account(fake, demo=True, followers=None)).appid == DEMO_APPID
    assert [account.appid for account in fake.accounts].count(DEMO_APPID) == 1


@pytest.mark.parametrize(("demo", "appid"), [(True, DEMO_APPID), (False, "wxquick")])
async def test_an_account_that_another_sandbox_made_first(demo: bool, appid: str) -> None:
    """Who is late with the first account of a shared store tells the one that is there."""
    fake = Fake()
    fake.made_elsewhere = [make(appid)]
    assert (await first_account(fake, demo=demo, followers=None)).appid == appid

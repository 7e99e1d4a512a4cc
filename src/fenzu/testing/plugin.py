"""The pytest plugin: a sandbox for the session, and for each test a fresh account of it and clients that speak to it.

pytest loads this module in every project that has fenzu installed, before coverage is measured and whether or not a
test wants a sandbox. So nothing of fenzu's is imported at the top; a fixture imports what it needs when it is used.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fenzu import AsyncClient, Client
    from fenzu.control import Control
    from fenzu.testing import AccountMaker, SandboxAccount, SandboxProcess


@pytest.fixture(scope="session")
def wechat_sandbox_arguments() -> tuple[str, ...]:
    """Options for `fenzu sandbox`. Define a fixture of this name for others, such as `("--rules", "2021")`."""
    return ()


@pytest.fixture(scope="session")
def wechat_sandbox_process(wechat_sandbox_arguments: tuple[str, ...]) -> "Iterator[SandboxProcess]":
    """The sandbox of this session, and with pytest-xdist of this worker; it ends with it, however that happens."""
    from fenzu.testing import SandboxProcess

    with SandboxProcess(*wechat_sandbox_arguments) as process:
        yield process


@pytest.fixture(scope="session")
def wechat_sandbox_control(wechat_sandbox_process: "SandboxProcess") -> "Iterator[Control]":
    """The control port of the session's sandbox."""
    from fenzu.control import Control
    from fenzu.transports import StdlibTransport

    # This transport survives a fork, as pytest-forked and multiprocessing do it.
    transport = StdlibTransport(trust_env=False)
    with Control(wechat_sandbox_process.ready.control_url, transport=transport) as control:
        yield control


@pytest.fixture
def make_wechat_sandbox(
    wechat_sandbox_process: "SandboxProcess", wechat_sandbox_control: "Control"
) -> "Iterator[AccountMaker]":
    """Makes fresh accounts for this test: `make_wechat_sandbox(followers=200, groups=[…], kind="test")`."""
    from fenzu.testing import AccountMaker

    maker = AccountMaker(wechat_sandbox_process.ready, wechat_sandbox_control)
    yield maker
    maker.delete_all()


@pytest.fixture
def wechat_sandbox(make_wechat_sandbox: "AccountMaker") -> "SandboxAccount":
    """A fresh account of a running sandbox: base_url, appid, secret, control_url, add_followers() and more."""
    return make_wechat_sandbox()


@pytest.fixture
def own_wechat_sandbox(wechat_sandbox_arguments: tuple[str, ...]) -> "Iterator[SandboxAccount]":
    """The account of a sandbox that this test has for itself, for what all accounts share: its clock, a full reset."""
    from fenzu.control import Control
    from fenzu.testing import SandboxAccount, SandboxProcess
    from fenzu.transports import StdlibTransport

    with SandboxProcess(*wechat_sandbox_arguments) as process:
        ready = process.ready
        with Control(ready.control_url, transport=StdlibTransport(trust_env=False)) as control:
            yield SandboxAccount(ready, control, ready.appid, ready.secret)


@pytest.fixture
def wechat_client(wechat_sandbox: "SandboxAccount") -> "Iterator[Client]":
    """A `fenzu.Client` of the test's account."""
    from fenzu import Client

    account = wechat_sandbox
    with Client(account.appid, account.secret, base_url=account.base_url, ca_file=account.ca_file) as client:
        yield client


@pytest.fixture
def wechat_async_client(wechat_sandbox: "SandboxAccount") -> "Iterator[AsyncClient]":
    """A `fenzu.AsyncClient` of the test's account, for whatever runs the test's event loop."""
    from fenzu import AsyncClient

    account = wechat_sandbox
    client = AsyncClient(account.appid, account.secret, base_url=account.base_url, ca_file=account.ca_file)
    yield client
    _close(client)


def _close(client: "AsyncClient") -> None:
    """Close it on a loop of its own in a thread of its own: the test's loop may be over, or be anybody's."""
    import asyncio
    from threading import Thread

    closing = Thread(target=lambda: asyncio.run(client.aclose()))
    closing.start()
    closing.join()

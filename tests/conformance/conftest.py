"""The SDKs as one parametrised fixture, and an account with a few groups and followers for each test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests.sessions

from fenzu.testing import SandboxProcess
from tests.conformance.referee import Account, open_account
from tests.conformance.sdks import NODE_FOLDER, STRAY, VIPS, Connect, NodeSdk, Sdk, Wechatpy, Weixin, Werobot

NODE_RECIPES = {"co-wechat-api": "co_wechat_api", "wechat-api": "wechat_api"}
SDKS = [
    "wechatpy",
    "WeRoBot",
    "weixin-python",
    *(pytest.param(name, marks=pytest.mark.needs("node")) for name in NODE_RECIPES),
]


@pytest.fixture
def make_account(sandbox: SandboxProcess) -> Callable[..., Account]:
    """Make an account of the sandbox from the fields of a `POST /accounts`."""
    return lambda **spec: open_account(sandbox.ready.base_url, sandbox.ready.control_url, spec)


@pytest.fixture
def account(make_account: Callable[..., Account]) -> Account:
    """An account with sixty followers in no group, three in 104 VIP, and an empty group 106."""
    groups = [{"id": 104, "name": "VIP", "followers": VIPS}, {"id": 106, "name": "★不测试组★"}]
    return make_account(followers=STRAY, groups=groups)


@pytest.fixture
def adapter_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back what WeRoBot's recipe replaces for the whole process."""
    monkeypatch.setattr(requests.sessions, "HTTPAdapter", requests.sessions.HTTPAdapter)


@pytest.fixture(params=SDKS)
def connect(
    request: pytest.FixtureRequest, account: Account, tmp_path: Path, adapter_put_back: None
) -> Iterator[Connect]:
    """Make the SDK under test for an appid and a secret, by its recipe in examples/sdks."""
    name: str = request.param
    opened: list[NodeSdk] = []
    if name in NODE_RECIPES and not (NODE_FOLDER / "node_modules").is_dir():
        pytest.skip("needs the Node SDKs, which `make peers` installs")

    def make(appid: str, secret: str) -> Sdk:
        if name == "wechatpy":
            return Wechatpy(account.base_url, appid, secret)
        if name == "WeRoBot":
            return Werobot(account.base_url, appid, secret)
        if name == "weixin-python":
            return Weixin(
                account.base_url, appid, secret, tmp_path / f"token-{appid}-{len(list(tmp_path.iterdir()))}"
            )
        opened.append(NodeSdk(NODE_RECIPES[name], account.base_url, appid, secret, dict(os.environ)))
        return opened[-1]

    yield make
    for sdk in opened:
        sdk.close()


@pytest.fixture
def sdk(connect: Connect, account: Account) -> Sdk:
    """The SDK under test, connected to `account`."""
    return connect(account.appid, account.secret)

"""SDKs with the platform's host in their code reach a sandbox by environment variables alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fenzu.testing import SandboxProcess
from tests.conformance import unmodified
from tests.conformance.referee import Account, open_account
from tests.conformance.sdks import NODE_FOLDER

PROGRAM = unmodified.__file__
PRELOAD = Path(__file__).parents[2] / "examples" / "proxy" / "through_proxy.js"
FOLLOWER = f"oVip{0:024d}"
LISTED = ["未分组", "黑名单", "星标组", "VIP"]
TRUST = {
    "werobot": "REQUESTS_CA_BUNDLE",
    "wechatpy": "REQUESTS_CA_BUNDLE",
    "requests": "REQUESTS_CA_BUNDLE",
    "httpx2": "SSL_CERT_FILE",
    "urllib": "SSL_CERT_FILE",
}
"""Which variable tells it whom to trust."""


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """A sandbox that serves a proxy, and plain http beside."""
    with SandboxProcess("--proxy-port", "0") as process:
        yield process
    assert "refused" not in process.stderr
    assert "Traceback" not in process.stderr


@pytest.fixture
def account(process: SandboxProcess) -> Account:
    """An account with one follower in no group."""
    return open_account(process.ready.base_url, process.ready.control_url, {"followers": [FOLLOWER]})


def run(command: list[str], environment: dict[str, str], account: Account, folder: Path) -> list[str]:
    """Run a program for the account with these variables and no others of ours, and return what it prints."""
    done = subprocess.run(
        [*command, account.appid, account.secret, FOLLOWER],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def check(account: Account) -> None:
    """What the program did has happened in the sandbox."""
    (vip,) = (number for number, (name, _) in account.groups().items() if name == "VIP")
    assert account.group_of(FOLLOWER) == vip


@pytest.mark.parametrize("name", TRUST)
def test_a_python_program_needs_two_variables(
    name: str, process: SandboxProcess, account: Account, tmp_path: Path
) -> None:
    """HTTPS_PROXY and one CA variable lead WeRoBot, whose host is fixed, and others to the sandbox."""
    ready = process.ready
    environment = {"HTTPS_PROXY": str(ready.proxy_url), TRUST[name]: str(ready.ca_file)}
    assert run([sys.executable, PROGRAM, name], environment, account, tmp_path) == LISTED
    check(account)


@pytest.mark.needs("node")
@pytest.mark.parametrize("name", ["co-wechat-api", "wechat-api"])
def test_a_node_program_needs_a_preload_too(
    name: str, process: SandboxProcess, account: Account, tmp_path: Path
) -> None:
    """Node's agents heed no proxy variable by themselves; the recipe's file, loaded by NODE_OPTIONS, makes them."""
    if not (NODE_FOLDER / "node_modules").is_dir():
        pytest.skip("needs the Node SDKs, which `make peers` installs")
    ready = process.ready
    environment = {
        "HTTPS_PROXY": str(ready.proxy_url),
        "NODE_EXTRA_CA_CERTS": str(ready.ca_file),
        "NODE_OPTIONS": f"--require {PRELOAD}",
        "NODE_PATH": str(NODE_FOLDER / "node_modules"),
    }
    assert run(["node", str(NODE_FOLDER / "unmodified.js"), name], environment, account, tmp_path) == LISTED
    check(account)


def test_the_page_shows_the_file_for_node() -> None:
    """What the page gives to Node is what is tested here."""
    page = Path(__file__).parents[2] / "docs" / "howto" / "unmodified-sdks.md"
    shown = PRELOAD.read_text(encoding="utf-8").rstrip()
    assert f"```js\n{shown}\n```" in page.read_text(encoding="utf-8")


@pytest.mark.needs("curl")
def test_curl_needs_two_variables(process: SandboxProcess, account: Account, tmp_path: Path) -> None:
    """curl asks the platform's host, and the sandbox answers."""
    ready = process.ready
    script = (
        'curl -sS "https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential&appid=$1&secret=$2"'
    )
    environment = {"HTTPS_PROXY": str(ready.proxy_url), "CURL_CA_BUNDLE": str(ready.ca_file)}
    (answer,) = run(["sh", "-c", script, "sh"], environment, account, tmp_path)
    assert answer.startswith('{"access_token":"')

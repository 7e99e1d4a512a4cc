"""What the console's pages of a sandbox do to it, over the control port of a process; asked without a browser."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from fenzu import AsyncClient, Client
from fenzu.client._events import Listener
from fenzu.console.account.accounts import Account
from fenzu.console.sandbox.live_log import MOST_READERS
from fenzu.console.sandbox.log_lines import Filter
from fenzu.console.views import request_log
from fenzu.control import Control, Fault
from fenzu.testing import SandboxAccount
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import JSON, OWN, Answer, Browser, PretendedAccounts, make_console

HERE = "/a/shop/sandbox"


class SandboxAccounts(PretendedAccounts):
    """The account of a sandbox that the test has for itself."""

    def __init__(self, account: SandboxAccount, folder: Path) -> None:
        super().__init__(Pretended(), folder)
        self._secret = account.secret
        shop = self.account("shop", control_url=account.control_url)
        self.accounts = [msgspec.structs.replace(shop, appid=account.appid, base_url=account.base_url)]

    def open_client(self, account: Account, on_event: Listener) -> AsyncClient:
        return AsyncClient(account.appid, self._secret, base_url=account.base_url, on_event=on_event)


@pytest.fixture
def account(own_wechat_sandbox: SandboxAccount) -> SandboxAccount:
    """The account of a sandbox whose clock is nobody else's."""
    own_wechat_sandbox.reset()
    return own_wechat_sandbox


@pytest.fixture
async def app(account: SandboxAccount, tmp_path: Path) -> AsyncIterator[Starlette]:
    """The console."""
    made = make_console(SandboxAccounts(account, tmp_path))
    yield made
    await made.state.desks.close()


@pytest.fixture
def browser(app: Starlette) -> Browser:
    """A browser that has come in."""
    return Browser(app).enter()


def client_of(account: SandboxAccount) -> Client:
    return Client(account.appid, account.secret, base_url=account.base_url)


async def send(browser: Browser, method: str, path: str, body: object = None) -> Answer:
    """Send JSON to a page of the sandbox."""
    return await browser.send(method, HERE + path, {**OWN, **JSON}, json.dumps(body or {}).encode())


async def test_the_clock_is_turned(account: SandboxAccount, browser: Browser) -> None:
    """Each way to turn the clock is told with what it shows then, and a way that lacks its number is refused."""
    clock = account.control.clock
    assert "The sandbox’s clock" in (await browser.get(f"{HERE}/clock")).text
    turns: list[dict[str, Any]] = [
        {"do": "freeze"},
        {"do": "advance", "number": 2, "unit": "3600"},
        {"do": "midnight"},
        {"do": "resume"},
        {"do": "rate", "number": 60},
    ]
    for turn in turns:
        assert "in the sandbox now" in (await send(browser, "POST", "/clock", turn)).json["message"]
    page = (await browser.get(f"{HERE}/clock", accept_language="zh")).text
    assert "1 秒相当于 60 秒" in page
    assert "比真实时间快" in page
    await send(browser, "POST", "/clock", {"do": "reset"})
    assert clock.read().rate == 1
    refused = await send(browser, "POST", "/clock", {"do": "advance"})
    assert (refused.status, refused.json["message"]) == (400, "no number is given")


async def test_quotas_are_set(account: SandboxAccount, browser: Browser) -> None:
    """A call's quota, whether it is enforced, and what holds for all accounts are set, and today's use is forgotten."""
    quota = account.control.quota
    wish = {"call": "groups.of", "used": 3, "limit": 7, "enforced": True}
    assert "groups.of" in (await send(browser, "PUT", "/quota", wish)).json["message"]
    found = quota.get(account.appid)
    assert (found.used["groups.of"], found.limits["groups.of"], found.enforced) == (3, 7, True)
    await send(browser, "PUT", "/quota", {"call": "groups.of"})
    assert quota.get(account.appid).limits["groups.of"] != 7
    await send(browser, "POST", "/quota/enforce", {"enforced": False})
    await send(browser, "POST", "/quota/renew")
    found = quota.get(account.appid)
    assert (found.used["groups.of"], found.enforced) == (0, False)
    await send(browser, "POST", "/quota/mode", {"mode": "ordinary"})
    assert quota.mode() == "ordinary"


async def test_faults_come_and_go(account: SandboxAccount, browser: Browser) -> None:
    """A rule is added behind those there are, taken away by its key, and all of an account's or of everybody's go."""
    faults = account.control.faults
    wish = {"what": "busy", "call": "groups.*", "often": "always"}
    await send(browser, "POST", "/faults", wish)
    await send(browser, "POST", "/faults", {**wish, "what": "expire_token"})
    faults.set([Fault.busy("token.*")])
    page = (await browser.get(f"{HERE}/faults")).text
    assert "For all accounts" in page
    key = page.split('data-send="DELETE ' + HERE + "/faults/")[2].split('"')[0]
    assert (await send(browser, "DELETE", f"/faults/{key}")).status == 200
    assert (await send(browser, "DELETE", "/faults/none")).status == 404
    assert len(faults.get(account.appid).rules) == 1
    await send(browser, "DELETE", "/faults/of-all")
    assert faults.get().rules == ()
    await send(browser, "DELETE", "/faults")
    assert faults.get(account.appid).rules == ()


async def test_a_preset_takes_the_place_of_the_rules(account: SandboxAccount, browser: Browser) -> None:
    """A preset brings rules of its own, and one that there is not is refused."""
    page = (await browser.get(f"{HERE}/faults")).text
    name = page.split('data-body=\'{"name":"')[1].split('"')[0]
    assert (await send(browser, "POST", "/faults/preset", {"name": name})).status == 200
    assert account.control.faults.get(account.appid).rules
    assert (await send(browser, "POST", "/faults/preset", {"name": "none"})).status == 404


async def test_snapshots_are_taken_put_back_and_removed(account: SandboxAccount, browser: Browser) -> None:
    """What is kept under a name can be put back by it until it is removed."""
    await send(browser, "POST", "/snapshots", {"name": "before"})
    account.add_followers(3)
    assert ">before<" in (await browser.get(f"{HERE}/snapshots")).text
    assert (await send(browser, "POST", "/snapshots/restore", {"name": "before"})).status == 200
    assert account.control.accounts.get(account.appid).followers == 0
    assert "The sandbox was put back" in (await browser.get(f"{HERE}/snapshots")).text
    await send(browser, "POST", "/snapshots/delete", {"name": "before"})
    assert account.control.snapshots.list() == []
    refused = await send(browser, "POST", "/snapshots/restore", {"name": "before"})
    assert (refused.status, refused.json["error"]) == (502, "ControlError")


async def test_requests_are_told_as_lines_and_in_full(account: SandboxAccount, browser: Browser) -> None:
    """The log tells each request, the newest first; one is told in full, until all are forgotten."""
    with client_of(account) as client:
        client.groups.create("VIP")
    for address in ("/sandbox", "/sandbox?changes=1&call=groups.*"):
        assert "groups.create" in (await browser.get("/a/shop" + address)).text
    newest = account.control.requests.list()[-1].id
    assert "Send it again" in (await browser.get(f"{HERE}/log/{newest}")).text
    await send(browser, "DELETE", "/log")
    assert "does not remember this request" in (await browser.get(f"{HERE}/log/{newest}")).text
    assert "Nothing has been asked yet" in (await browser.get(HERE)).text


async def test_requests_are_told_as_they_come(account: SandboxAccount, app: Starlette) -> None:
    """Who watches hears that the log is followed, then of each request, as far as it is looked for."""
    desk = app.state.desks.get("shop")
    told = request_log._told(desk, Filter(changes=True), 10**6, "en")
    assert json.loads((await anext(told))["data"]) == {"entries": [], "left_out": 0}
    with client_of(account) as client:
        client.groups.list()
        client.groups.create("VIP")
    message = await anext(told)
    [entry] = json.loads(message["data"])["entries"]
    assert (entry["call"], message["id"], message["event"]) == ("groups.create", str(entry["id"]), "requests")
    await told.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_a_stream_that_cannot_be_says_why(browser: Browser, app: Starlette) -> None:
    """Too many readers of a log, and a control port that is away, are told in the stream, which ends then."""
    desk = app.state.desks.get("shop")
    desk.log_readers = MOST_READERS
    assert "follow this log already" in (await browser.get(f"{HERE}/log/events?after=1")).text
    desk.log_readers = 0
    desk.__dict__["control"] = Control("http://127.0.0.1:9")
    assert "look whether the sandbox still runs" in (await browser.get(f"{HERE}/log/events")).text
    assert "look whether the sandbox still runs" in (await browser.get(f"{HERE}/faults")).text


async def test_what_takes_a_while_of_an_account(account: SandboxAccount, browser: Browser) -> None:
    """Quotas, token and mirror are asked for apart, and the day's calls can be had again."""
    page = (await browser.get("/a/shop/account?now")).text
    assert "held for" in page
    cleared = await browser.post("/a/shop/account/quota/clear")
    assert cleared.json["message"] == "All calls of today are to be had again."

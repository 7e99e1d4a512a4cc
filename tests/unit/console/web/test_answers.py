"""What addresses answer, and how a refusal is worded: JSON for modules, a page for people, in both languages."""

import logging
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import JSON, OWN, SECRET, TOKEN, Answer, Browser, PretendedAccounts

from fenzu.console.web.answers import MOST_BODY_BYTES
from fenzu.console.web.page import STATIC, asset
from fenzu.errors import StoreError
from fenzu.wire.words import Words

UNKNOWN = (
    "/x",
    "/a/",
    "/a/nobody/",
    "/a/nobody/groups",
    "/a/shop/x",
    "/a/shop/jobs/1/events",
    "/a/../a/shop/",
    "/a//",
    "//",
)


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_address_that_there_is_not(browser: Browser, path: str) -> None:
    """An unknown address is told in words, as a page or as JSON, in the reader's language."""
    page = await browser.get(path, accept="text/html")
    assert (page.status, "there is nothing at this address" in page.text) == (404, True)
    told = await browser.get(path, accept="application/json", accept_language="zh")
    assert (told.status, told.json["message"], told.json["error"]) == (404, "这个地址没有内容", "NoSuchThing")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("DELETE", "/a/shop/"), ("GET", "/preferences"), ("OPTIONS", "/a/shop/sync")],
)
async def test_a_method_that_an_address_does_not_take(browser: Browser, method: str, path: str) -> None:
    """A method that does not fit is told in words, and with the methods that do."""
    answer = await browser.send(method, path, {**OWN, **JSON}, b"{}")
    assert (answer.status, answer.json["error"]) == (405, "WrongMethod")
    assert method not in answer.headers["allow"]
    page = await browser.send(method, path, {**OWN, "accept-language": "zh"})
    assert "这个地址不支持该请求方法" in page.text


async def test_an_account_without_its_slash(browser: Browser) -> None:
    """The address of an account may be typed without the slash at its end; it leads nowhere else."""
    answer = await browser.get("/a/shop?group=100")
    assert (answer.status, answer.headers["location"]) == (307, "/a/shop/?group=100")
    answer = await browser.get("/a/%0d%0aset-cookie:x=y")
    assert (answer.status, answer.headers["location"]) == (307, "/a/%0D%0Aset-cookie%3Ax%3Dy/")


def ways(page: Answer) -> list[str]:
    """Where a page of trouble leads."""
    return re.findall(r'<a class="button" href="([^"]*)"', page.text)


def spoil(accounts: PretendedAccounts) -> None:
    """Put something else where the account's mirror is to be."""
    Path(accounts.accounts[0].mirror).write_bytes(b"no database" * 500)


async def test_a_broken_mirror_leads_to_what_still_opens(
    accounts: PretendedAccounts, browser: Browser
) -> None:
    """The page of followers does not lead to itself but to the account's, which opens and tells what to do."""
    spoil(accounts)
    page = await browser.get("/a/shop/?group=100")
    assert (page.status, ways(page)) == (500, ["/a/shop/?group=100", "/a/shop/account"])
    account = await browser.get("/a/shop/account?now", accept_language="zh")
    assert account.status == 200
    assert "把它移走即可" in account.text
    lost = await browser.get("/a/shop/nowhere")
    assert (lost.status, ways(lost)) == (404, ["/a/shop/"])


async def test_what_was_sent_is_not_sent_again_by_a_link(
    browser: Browser, accounts: PretendedAccounts
) -> None:
    """A page that tells why something sent was not done leads to the followers only."""
    accounts.accounts = [accounts.account("shop", is_read_only=True)]
    refused = await browser.send("POST", "/a/shop/groups", {**OWN, "content-type": "application/json"}, b"{}")
    assert (refused.status, ways(refused)) == (403, ["/a/shop/"])


async def test_head(browser: Browser) -> None:
    """HEAD answers as GET does."""
    assert (await browser.send("HEAD", "/a/shop/")).status == 200
    assert (await browser.send("HEAD", asset("base.css"))).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/0/base.css",
        "/static//base.css",
        "/static/base.css",
        "/static/{version}/",
        "/static/{version}/../../app.py",
        "/static/{version}/..%2f..%2fapp.py",
        "/static/{version}/%2e%2e/gate.py",
        "/static/{version}/nothing.css",
        "/static/{version}/base.css%00",
        "/static/{version}/BASE.CSS",
        "/static/..%2fa/shop/",
    ],
)
async def test_only_files_of_this_version(stranger: Browser, path: str) -> None:
    """Of `static/` exactly the files in it are to be had, at their addresses of now; no way leads out of it."""
    version = asset("").split("/")[2]
    assert (await stranger.get(path.replace("{version}", version))).status == 404


async def test_each_file_has_its_kind(stranger: Browser) -> None:
    """A file says what it is, so that nothing else is made of it."""
    kinds = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
    for file in STATIC.iterdir():
        answer = await stranger.get(asset(file.name))
        assert (answer.status, answer.headers["content-type"]) == (200, kinds[file.name.rpartition(".")[2]])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"language":"xx"}',
        b'{"evil":1}',
        b'{"language":"\xff"}',
        b'{"language":"\\ud800"}',
        b"[" * 100_000,
        b'{"x":' + b"[" * 100_000,
        b'{"theme":"<script>"}',
    ],
)
async def test_json_that_makes_no_sense(browser: Browser, body: bytes) -> None:
    """What is no JSON, or other JSON than the address takes, is refused in words, and changes nothing."""
    answer = await browser.send("POST", "/preferences", {**OWN, **JSON, "accept-language": "zh"}, body)
    assert (answer.status, answer.json["error"]) == (400, "UsageError")
    assert answer.json["message"].startswith("请求无效")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_a_form_is_no_request(browser: Browser, kind: str) -> None:
    """What a form can send, on whatever page it stands, is not taken for JSON."""
    answer = await browser.send("POST", "/preferences", {**OWN, **JSON, "content-type": kind}, b"{}")
    assert answer.status == 400


async def test_a_request_without_end(browser: Browser) -> None:
    """A body that is longer than any of these pages sends is not kept in memory."""
    pieces = [b" " * 65536] * (MOST_BODY_BYTES // 65536 + 1)
    answer = await browser.send("POST", "/preferences", {**OWN, **JSON}, *pieces)
    assert (answer.status, answer.json["message"]) == (400, "the request is too long")


async def test_a_mistake_of_our_own(
    app: Starlette, browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the code breaks, a person gets a page in words, the terminal the trace, and the browser nothing of it."""

    def fail(name: str) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr(app.state.desks, "get", fail)
    page = await browser.get("/a/shop/", accept_language="zh")
    assert (page.status, "fenzu 内部出错" in page.text) == (500, True)
    told = await browser.get("/a/shop/", accept="application/json")
    assert (told.status, told.json["message"]) == (500, "fenzu has met a mistake of its own")
    assert "a detail" not in page.text + told.text
    assert "x-frame-options" in page.headers
    assert "a detail" in caplog.text


async def test_accounts_that_cannot_be_read(
    browser: Browser, accounts: PretendedAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kept accounts cannot be read, the page that says so needs none."""

    def fail() -> None:
        raise StoreError(Words("the file of accounts is broken", "账号文件已损坏"))

    monkeypatch.setattr(accounts, "list", fail)
    page = await browser.get("/a/shop/?q=o1&order=oldest")
    assert (page.status, "the file of accounts is broken" in page.text) == (500, True)
    assert ways(page) == ["/a/shop/?q=o1&amp;order=oldest"]


async def test_no_account_is_left(browser: Browser, accounts: PretendedAccounts) -> None:
    """Where the last account was removed while the console runs, the first page says that nothing is there."""
    accounts.accounts = []
    assert (await browser.get("/")).status == 404


async def test_the_platforms_errors_in_words(browser: Browser, platform: Pretended) -> None:
    """An error of the platform is told with its code and its advice; a page shows what was known before."""
    platform.faults["groups/get"] = [40013] * 4
    page = await browser.get("/a/shop/")
    assert (page.status, "40013 invalid appid" in page.text, "未分组" in page.text) == (200, True, True)
    platform.faults["groups/create"] = [40013] * 4
    told = await browser.post("/a/shop/groups", {"name": "VIP"})
    assert (told.status, told.json["code"], told.json["advice"] != "") == (502, 40013, True)


async def test_no_secret_in_any_answer(
    app: Starlette, browser: Browser, platform: Pretended, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the account's secret nor its token nor the browser's session is in an answer, or in the log."""
    caplog.set_level(logging.DEBUG)
    session = browser.headers["cookie"].partition("=")[2]
    said = []
    for fault in (0, 40001, 45009):
        platform.faults["groups/get"] = [fault] * 4
        for path in ("/a/shop/", "/", "/a/shop/x"):
            answer = await browser.get(path, accept="application/json")
            said.append(answer.text + str(answer.headers))
    for canary in (SECRET, TOKEN, session):
        assert not [text for text in said if canary in text]
        assert canary not in caplog.text

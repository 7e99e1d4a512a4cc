"""Who is let in, and what every answer tells a browser."""

import hmac

import pytest
from starlette.applications import Starlette
from starlette.types import Message
from tests.unit.console.browsing import HOME, HOST, JSON, OWN, PORT, Browser

from fenzu.console.serve import hosts_of
from fenzu.console.web import gate
from fenzu.console.web.page import asset
from fenzu.console.web.sessions import Sessions

PAGES = ("/", "/a/shop/", "/a/shop", "/a/nobody/", "/nowhere", "/login", "/login/x", "/static/x/y.css")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8062", "127.0.0.1", "127.0.0.1:8063", "[::1]:8062", "", f"{HOST}.evil"],
)
async def test_only_its_own_name_is_answered(browser: Browser, host: str) -> None:
    """A name that somebody else's DNS points at this machine gets nothing, not even with a session's cookie."""
    answer = await browser.get("/a/shop/", host=host)
    assert (answer.status, answer.text) == (421, "This console answers to its own address only.\n")
    assert (await browser.get("/static/x/base.css", host=host)).status == 421
    assert "只响应自己的地址" in (await browser.get("/", host=host, accept_language="zh-CN")).text


def test_its_own_names() -> None:
    """The console answers to loopback with its port; at port 80, which browsers leave out, without one too."""
    assert hosts_of(PORT) == {"127.0.0.1:8062", "localhost:8062"}
    assert hosts_of(80) == {"127.0.0.1:80", "localhost:80", "127.0.0.1", "localhost"}


async def test_a_link_works_once(app: Starlette, stranger: Browser) -> None:
    """A link lets one browser in: the cookie that it gets is worth something, and the link nothing any more."""
    key = app.state.sessions.new_link()
    answer = await stranger.get(f"/login?key={key}")
    assert answer.status == 200
    cookie, *flags = answer.headers["set-cookie"].split("; ")
    assert {flag.lower() for flag in flags} == {"httponly", "samesite=strict", "path=/"}
    assert key not in answer.text + str(answer.headers)
    assert (await stranger.get("/", cookie=cookie)).status == 303
    again = await stranger.get(f"/login?key={key}")
    assert (again.status, "set-cookie" in again.headers) == (403, False)


async def test_a_link_that_is_looked_over_is_not_used_up(app: Starlette, stranger: Browser) -> None:
    """HEAD, which programs send to see where a link leads, lets nobody in and leaves the link as it is."""
    key = app.state.sessions.new_link()
    looked = await stranger.send("HEAD", f"/login?key={key}")
    assert (looked.status, "set-cookie" in looked.headers) == (403, False)
    assert (await stranger.get(f"/login?key={key}")).status == 200


@pytest.mark.parametrize("key", ["", "x", "%00", "%FF%FE", "é" * 5000, "key=1&key=2"])
async def test_a_wrong_key_lets_nobody_in(app: Starlette, stranger: Browser, key: str) -> None:
    """Whatever stands in the place of the key, and with no link given out at all: nobody gets in."""
    for _ in range(2):
        answer = await stranger.get(f"/login?key={key}")
        assert (answer.status, "set-cookie" in answer.headers) == (403, False)
        app.state.sessions.new_link()


def test_keys_are_long_and_never_the_same() -> None:
    """Links and sessions cannot be guessed: 256 bits of the system's randomness each."""
    known = Sessions(PORT)
    links = {known.new_link() for _ in range(100)}
    entered = {known.enter(link) for link in links}
    assert len(links | entered) == 200
    assert all(session is not None and len(session) == 43 for session in entered)


def test_keys_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a comparison takes tells nothing: each key that is known is compared to its end."""
    compared: list[bytes] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return one == other

    known = Sessions(PORT)
    links = [known.new_link() for _ in range(3)]
    monkeypatch.setattr(hmac, "compare_digest", compare)
    session = known.enter(links[0])
    assert len(compared) == 3
    assert session is not None
    assert known.knows(session)
    assert not known.knows(session[:-1])
    assert not known.knows("\udcff")


@pytest.mark.parametrize("path", PAGES)
async def test_who_has_not_come_in_is_told_how(stranger: Browser, path: str) -> None:
    """Without a session nothing of an account is told, at no address; a person reads how one comes in."""
    answer = await stranger.get(path)
    assert answer.status in {401, 403, 404}
    assert "shop" not in answer.text.replace(path, "")
    if not path.startswith(("/static", "/login")) or path == "/login/x":
        assert answer.status == 401
        assert "this browser has not been let in" in answer.text
        assert "<header" not in answer.text
        assert "此浏览器尚未登录控制台" in (await stranger.get(path, accept_language="zh")).text


async def test_a_module_that_has_no_session_any_more_gets_words(stranger: Browser) -> None:
    """A page that outlived its console is told so in words that it can show."""
    answer = await stranger.post("/a/shop/sync")
    assert (answer.status, answer.json["error"]) == (401, "NotLetIn")
    assert "terminal" in answer.json["advice"]


@pytest.mark.parametrize(
    "cookie", ["fenzu_console_8062=", "fenzu_console_8062=x", "fenzu_console_8063=y", "=", ";;"]
)
async def test_a_made_up_cookie_is_worth_nothing(stranger: Browser, cookie: str) -> None:
    """Only a session that was given out lets in, under this console's own cookie."""
    assert (await stranger.get("/", cookie=cookie)).status == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site", "whatever"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_sites_are_refused(browser: Browser, method: str, site: str) -> None:
    """A page of another site, of another port of this machine too, can neither read nor change anything."""
    answer = await browser.send(
        method, "/a/shop/sync", {"sec-fetch-site": site, "accept": "application/json"}
    )
    assert answer.status == 403
    assert method == "HEAD" or answer.json["message"] == "the request comes from another site"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:8063",
        "https://127.0.0.1:8062",
        "http://localhost:8062",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_other_origins_are_refused(browser: Browser, method: str, origin: str) -> None:
    """An Origin that is not the console's own is refused, whatever Sec-Fetch-Site says."""
    for site in ({}, {"sec-fetch-site": "same-origin"}):
        assert (
            await browser.send(method, "/preferences", {**JSON, "origin": origin, **site}, b"{}")
        ).status == 403


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "none"}, {"sec-fetch-site": "none", "origin": HOME}]
)
async def test_what_does_not_say_where_it_comes_from_may_not_write(
    browser: Browser, headers: dict[str, str]
) -> None:
    """A writing request needs a page of the console behind it: without Sec-Fetch-Site and Origin it is refused."""
    assert (await browser.send("POST", "/preferences", {**JSON, **headers}, b"{}")).status == 403


@pytest.mark.parametrize("headers", [OWN, {"sec-fetch-site": "same-origin"}, {"origin": HOME}])
async def test_its_own_pages_may_write(browser: Browser, headers: dict[str, str]) -> None:
    """The console's own pages may, in browsers that send one of the two headers or both."""
    assert (await browser.send("POST", "/preferences", {**JSON, **headers}, b"{}")).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_may_be_followed_from_anywhere(app: Starlette, stranger: Browser, site: str) -> None:
    """An editor in the browser shows terminals too, so the one-time link counts from wherever it is followed."""
    key = app.state.sessions.new_link()
    assert (await stranger.get(f"/login?key={key}", sec_fetch_site=site)).status == 200
    assert (await stranger.get(f"/login?key={key}", origin="https://evil.example")).status == 403


@pytest.mark.parametrize("path", [*PAGES, "/a/shop/jobs/x/events"])
async def test_every_answer_keeps_the_browser_strict(stranger: Browser, browser: Browser, path: str) -> None:
    """Whatever is answered, and to whomever: the headers that keep a browser strict are there."""
    for answer in (
        await browser.get(path),
        await stranger.get(path),
        await browser.get(path, host="evil.example"),
        await browser.get(path, sec_fetch_site="cross-site"),
        await browser.post(path),
    ):
        assert gate.HEADERS.items() <= answer.headers.items()
        assert answer.headers["cache-control"] == "no-store"


def test_the_policy_leaves_nothing_open() -> None:
    """The content policy begins with nothing, and gives leave to this console's own files only."""
    rules = dict(rule.split(" ", 1) for rule in gate.HEADERS["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules.pop("require-trusted-types-for") == "'script'"
    assert rules.pop("trusted-types") == "fenzu"
    assert set(rules.values()) == {"'none'", "'self'"}
    assert {"base-uri", "form-action", "frame-ancestors"} <= rules.keys()


async def test_its_own_files_may_be_kept(stranger: Browser) -> None:
    """A file of this version may be kept for ever by this browser, and by no cache on the way."""
    answer = await stranger.get(asset("base.css"))
    assert answer.status == 200
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert gate.HEADERS.items() <= answer.headers.items()


async def test_a_websocket_is_closed(app: Starlette) -> None:
    """There is nothing to be had by a WebSocket, which no browser asks leave for."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    await app({"type": "websocket", "path": "/a/shop/", "headers": [(b"host", HOST.encode())]}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]

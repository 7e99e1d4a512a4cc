"""What a page of another site can do to an open console, in a real browser that is logged in: nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from fenzu import Client
from fenzu.cli.console.demo import NAME
from tests.console.elsewhere import elsewhere
from tests.console.stage import Stage

READ = """async (path) => {
  const answer = await fetch(path, { credentials: "include" });
  return answer.text();
}"""
WRITE = """async ([path, type]) => {
  const headers = type ? { "content-type": type } : {};
  const init = { method: "POST", mode: "no-cors", credentials: "include", headers, body: '{"name":"stolen"}' };
  try { await fetch(path, init); } catch {}
}"""
FORM = """(path) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: path, enctype: "text/plain" });
  const field = document.createElement("input");
  Object.assign(field, { name: '{"name":"', value: 'stolen"}' });
  form.append(field);
  document.body.append(form);
  form.submit();
}"""
LOAD = """([tag, path]) => new Promise((done) => {
  const element = document.createElement(tag);
  element.addEventListener("load", () => done("loaded"));
  element.addEventListener("error", () => done("refused"));
  if (tag === "link") Object.assign(element, { rel: "stylesheet", href: path });
  else element.src = path;
  document.body.append(element);
})"""


def names(client: Client) -> list[str]:
    """What the account's groups are called."""
    return [group.name for group in client.groups.list()]


@pytest.fixture
def port() -> Iterator[int]:
    """Where the pages of another site are."""
    with elsewhere() as port:
        yield port


@pytest.fixture
def other(stage: Stage, port: int) -> Page:
    """A page of another site, at another port of the same name, in the browser that is logged in."""
    page = stage.page().context.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    return page


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_another_site_reads_and_changes_nothing(
    stage: Stage, client: Client, other: Page, port: int, name: str
) -> None:
    """Neither a fetch nor a tag of another site's page gets anything, and what it sends is refused.

    The browser may send the cookie along: for it a port makes no difference.
    """
    other.goto(f"http://{name}:{port}/")
    for path in ("/", f"/a/{NAME}/", "/login", "/static/x/base.js"):
        read = other.evaluate(f"(path) => ({READ})(path).catch(String)", stage.console.url + path)
        assert "Failed to fetch" in read
    for kind in ("", "text/plain"):
        with other.expect_request("**/groups") as sent:
            other.evaluate(WRITE, [f"{stage.here}/groups", kind])
        assert sent.value.method == "POST"
    assert "stolen" not in names(client)
    page = stage.page()
    for tag, attribute in (("img", "href"), ("link", "href"), ("script", "src")):
        own = page.locator(
            {"img": '[rel="icon"]', "link": '[rel="stylesheet"]', "script": "script"}[tag]
        ).first
        assert other.evaluate(LOAD, [tag, f"{stage.console.url}{own.get_attribute(attribute)}"]) == "refused"


def test_a_form_of_another_site_changes_nothing(stage: Stage, client: Client, other: Page) -> None:
    """A form that another site's page submits here leads to words, and to nothing else."""
    other.evaluate(FORM, f"{stage.here}/groups")
    expect(other.get_by_text("the request comes from another site")).to_be_visible()
    assert "stolen" not in names(client)


def test_a_link_of_another_site(stage: Stage, other: Page) -> None:
    """Whom a link of another site leads here is told so, and goes on by the console's own address."""
    other.evaluate("(path) => { location.href = path; }", f"{stage.here}/")
    expect(other.get_by_text("the request comes from another site")).to_be_visible()
    other.get_by_role("main").get_by_role("link").click()
    expect(other.get_by_role("heading", name="Followers")).to_be_visible()


def test_no_frame_holds_the_console(stage: Stage, other: Page) -> None:
    """No page shows the console in a frame, to lead a click astray: not another site's, and not its own."""
    for page in (other, stage.page()):
        with page.expect_console_message(lambda message: "frame" in message.text.lower()):
            page.evaluate(
                """(path) => { const frame = document.createElement("iframe"); frame.src = path;
                               document.body.append(frame); }""",
                f"{stage.here}/",
            )
        expect(page.frame_locator("iframe").get_by_role("main")).to_have_count(0)
    stage.complaints.clear()  # the console's own page was told that it may not


def test_an_opener_keeps_no_hold(stage: Stage, other: Page) -> None:
    """A window that another site's page opens on the console is out of its reach."""
    with other.context.expect_page() as opened:
        other.evaluate("(path) => { window.opened = window.open(path); }", f"{stage.here}/")
    expect(opened.value.get_by_text("the request comes from another site")).to_be_visible()
    assert other.evaluate("() => window.opened.closed") is True


def test_scripts_do_not_see_the_session(stage: Stage) -> None:
    """The cookie that lets a browser in cannot be read by a script, and goes to this machine's pages only."""
    page = stage.page()
    assert page.evaluate("() => document.cookie") == ""
    [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("fenzu_console_")]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
    assert cookie["domain"] == "127.0.0.1"


def test_a_page_outlives_its_session(stage: Stage) -> None:
    """Where the session is gone, because the console was started anew, an action says how one comes in again."""
    page = stage.page()
    stage.forgiven.add(401)
    page.context.clear_cookies()
    for light in ("dark", "light"):
        with page.expect_response("**/preferences"):
            page.get_by_label("Appearance").select_option(light)
    expect(page.get_by_role("alert")).to_contain_text("this browser has not been let in")
    expect(page.locator("#alerts .toast")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Enter there gives another")

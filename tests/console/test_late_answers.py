"""Answers that come late: they change nothing that somebody has gone on to meanwhile."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from fenzu import Client
from fenzu.control import Fault
from tests.console.followers import row_of, rows
from tests.console.stage import Stage


def hold(page: Page, address: str) -> Callable[[], None]:
    """Let the next request to an address wait for its answer; what is returned lets it come, and be read."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    def release() -> None:
        while not held:
            page.evaluate("0")  # so that what the page has asked for is heard of
        with page.expect_event("requestfinished", lambda request: request == held[0].request):
            held[0].continue_()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    page.route(address, keep)
    return release


def test_a_card_shows_nothing_of_somebody_else(stage: Stage, client: Client) -> None:
    """Neither a card nor what the platform says of somebody comes into the card that was opened after it."""
    first, second = stage.account.add_followers(2)
    client.followers.remark(first, "the first")
    client.followers.remark(second, "the second")
    page = stage.page()
    live, close = page.locator("#live"), page.locator("#card-dialog [data-closes]")
    release = hold(page, f"**/followers/{first}/live")
    row_of(page, first).get_by_role("link").click()
    expect(page.get_by_role("dialog", name=first)).to_be_visible()
    close.click()
    row_of(page, second).get_by_role("link").click()
    expect(live).to_contain_text("the second")
    release()
    expect(live).to_contain_text("the second")
    close.click()
    release = hold(page, f"**/followers/{first}")
    row_of(page, first).get_by_role("link").click()
    row_of(page, second).get_by_role("link").click()
    expect(page.get_by_role("dialog", name=second)).to_be_visible()
    release()
    expect(page.get_by_role("dialog", name=second)).to_be_visible()
    expect(live).to_contain_text("the second")


def test_a_remark_that_is_being_written_stays(stage: Stage) -> None:
    """While one remark is saved another can be written, and a selection that ends beside the dialog loses nothing."""
    first, second = stage.account.add_followers(2)
    page = stage.page()
    field, dialog = page.locator("#remark-text"), page.locator("#remark-dialog")
    release = hold(page, f"**/followers/{first}/remark")
    row_of(page, first).press("e")
    field.fill("saved slowly")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    row_of(page, second).press("e")
    field.fill("being written")
    release()
    expect(row_of(page, first).locator(".remark")).to_have_text("saved slowly")
    expect(field).to_have_value("being written")
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(5, box["y"] + 10)
    page.mouse.up()
    expect(dialog).to_be_visible()
    page.keyboard.press("Enter")
    expect(row_of(page, second).locator(".remark")).to_have_text("being written")
    row_of(page, second).press("e")
    page.mouse.click(5, 5)
    expect(dialog).not_to_be_visible()


def test_a_group_and_a_word_are_searched_together(stage: Stage, client: Client) -> None:
    """What is typed right after a click on a group searches in the group, and pinyin searches for nothing."""
    openids = stage.account.add_followers(4)
    vip = client.groups.create("VIP")
    client.groups.move_many(openids[:2], to=vip)
    for openid in openids[1:3]:
        client.followers.remark(openid, "张三")
    page = stage.page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.reload()
    release = hold(page, f"**/?group={vip.id}")
    page.locator(f"#groups [data-group='{vip.id}'] > a").click()
    expect(page.locator("#filters [name=group]")).to_have_value(str(vip.id))
    page.get_by_role("searchbox").focus()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5})
    page.clock.run_for(1_000)
    keys.send("Input.insertText", {"text": "张三"})
    page.clock.run_for(1_000)
    expect(rows(page)).to_have_count(1)
    release()
    expect(page.get_by_role("searchbox")).to_have_value("张三")
    expect(row_of(page, openids[1])).to_be_visible()
    expect(rows(page)).to_have_count(1)
    assert not [url for url in asked if "zhang" in url]


def test_an_undo_that_comes_late_or_fails_can_be_tried_again(stage: Stage, client: Client) -> None:
    """Each message undoes its own move, an undo that failed is offered again, and the selection stays through it."""
    openids = stage.account.add_followers(4)
    client.groups.create("VIP")
    page = stage.page()
    undo = page.locator("#toasts").get_by_role("button", name="Undo")

    def move(openid: str) -> None:
        row_of(page, openid).locator(".of").drag_to(page.locator("#groups li").filter(has_text="VIP"))
        expect(row_of(page, openid).locator(".of")).to_have_text("VIP")

    page.get_by_role("checkbox", name=f"Select {openids[3]}").check()
    move(openids[0])
    release = hold(page, "**/undo")
    undo.click()
    move(openids[1])
    release()
    expect(row_of(page, openids[0]).locator(".of")).to_have_text("未分组")
    page.get_by_role("searchbox").press("Control+z")
    undo.click()
    expect(row_of(page, openids[1]).locator(".of")).to_have_text("未分组")
    move(openids[2])
    stage.account.faults(Fault.answer("groups.move_many", 45009), Fault.answer("groups.move", 45009))
    row_of(page, openids[2]).press("Control+z")
    expect(page.get_by_role("alert")).to_contain_text("45009")
    expect(undo).to_be_visible()
    stage.account.faults()
    undo.click()
    expect(row_of(page, openids[2]).locator(".of")).to_have_text("未分组")
    expect(page.locator("#told")).to_have_text("1 selected")

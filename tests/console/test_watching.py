"""What is at work is watched, also when the connection ends or the page was out of sight; and what a reader prefers."""

from playwright.sync_api import Page, Route, expect

from fenzu import Client
from tests.console.gate import Gate
from tests.console.lists import as_csv, choose, drop, table
from tests.console.stage import Stage
from tests.console.test_regroup import PLAN

SIGHT = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def gone(route: Route) -> None:
    """Answer as something does that knows nothing of the job."""
    route.fulfill(status=502, body="")


def begin(stage: Stage) -> Page:
    """A page that watches a run which waits for the next minute's calls, of which there are none either."""
    openids = stage.account.add_followers(1_000)
    page = stage.page(at="/regroup")
    choose(page, as_csv(openids[:300], "2"))
    expect(page).to_have_url(PLAN)
    stage.account.set_quota(minute={"groups.move_many": 0})
    page.get_by_role("button", name="Apply the plan").click()
    expect(page.locator("[data-told=waiting]")).to_contain_text("this minute's calls are used up")
    return page


def test_a_run_that_can_no_longer_be_watched_is_told(stage: Stage) -> None:
    """Where the console tells no more of a run the page says so and offers to load anew, which shows the run again."""
    page = begin(stage)
    page.route("**/events", gone)
    page.reload()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("How far the work is can no longer be seen here")
    page.unroute("**/events")
    alert.get_by_role("button", name="Load the page anew").press("Enter")
    expect(page.locator("[data-told=total]")).to_have_text("300")
    expect(alert).to_be_empty()


def test_a_page_out_of_sight_holds_no_connection(stage: Stage) -> None:
    """A page that nobody sees lets go of its connection, and goes on watching when it is looked at again."""
    page = begin(stage)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        page.evaluate(SIGHT, True)
    with page.expect_response("**/events"):
        page.evaluate(SIGHT, False)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("nothing is lost")).to_be_visible()


def test_counts_are_new_for_who_comes_back(stage: Stage, client: Client) -> None:
    """Who looks at the page again after a while sees the groups as they are by now, without a wait."""
    page = stage.page()
    page.clock.install()
    page.reload()
    expect(page.locator("[data-awaited]")).to_have_count(0)
    page.evaluate(SIGHT, True)
    client.groups.create("Made elsewhere")
    page.clock.fast_forward("05:00")
    with page.expect_request("**/groups/list*"):
        page.evaluate(SIGHT, False)


def test_the_way_back_from_a_plan(stage: Stage) -> None:
    """In Chinese: Back leads from a plan to where its list was dropped, not to the page that waited."""
    openids = stage.account.add_followers(400)
    page = stage.page(language="zh", at="/regroup")
    drop(page, as_csv(openids[:60], "2"))
    expect(page).to_have_url(PLAN)
    expect(page.get_by_role("button", name="执行计划")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{stage.here}/regroup")
    expect(page.get_by_role("link", name="crm.csv")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("button", name="执行计划")).to_be_visible()


def test_columns_are_chosen_and_one_plan_is_made(stage: Stage) -> None:
    """A list whose columns are not clear asks for them; pressing twice makes one plan."""
    openids = stage.account.add_followers(400)
    page = stage.page(at="/regroup")
    rows = [(str(number), openid, "2") for number, openid in enumerate(openids[:60])]
    choose(page, table(rows, ("number", "who", "where")))
    page.get_by_label("Column of the openids").select_option("2: who")
    page.get_by_label("Column of the groups").select_option("3: where")
    page.get_by_role("button", name="Make the plan").dblclick(no_wait_after=True)
    expect(page).to_have_url(PLAN)
    expect(page.get_by_text("60 of 400 followers move")).to_be_visible()
    page.get_by_role("link", name="Regroup").first.click()
    expect(page.get_by_role("link", name="crm.csv")).to_have_count(1)


def test_reading_again_can_be_stopped(stage: Stage, gate: Gate) -> None:
    """A sync that was begun in the page is ended by its button, and can be begun again."""
    stage.account.add_followers(400)
    page = stage.page()
    with gate.shut("user/"):
        page.get_by_role("button", name="Read again").click()
        page.locator("#age").get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Read again")).to_be_visible()


def test_preferences_by_keyboard(stage: Stage) -> None:
    """The light follows each arrow, keeps the focus and is remembered; the language is another at a button."""
    page = stage.page()
    appearance, html = page.get_by_label("Appearance"), page.locator("html")
    for light in ("light", "dark"):
        with page.expect_response("**/preferences"):
            appearance.press("ArrowDown")
        expect(html).to_have_attribute("data-theme", light)
        expect(appearance).to_be_focused()
    page.get_by_role("button", name="中文").press("Enter")
    expect(html).to_have_attribute("lang", "zh-Hans")
    expect(html).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="English").press("Enter")
    expect(html).to_have_attribute("lang", "en")

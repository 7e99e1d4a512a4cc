"""Finding followers: search, filters, order, pages, and who is selected meanwhile."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from fenzu import Client
from fenzu.cli.console.demo import NAME
from fenzu.control import Fault
from tests.console.conftest import Open, Say
from tests.console.followers import row_of, rows
from tests.console.hands import Hand, either_way
from tests.console.lists import choose
from tests.console.stage import Stage


@either_way
def test_somebody_is_found_by_openid_and_by_remark(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """Typing narrows the rows, the address keeps the search, and a step back shows them all again."""
    openids = stage.account.add_followers(120)
    client.followers.remark(openids[7], "VIP 张三")
    page = stage.page(language=language)
    expect(rows(page)).to_have_count(50)
    search = page.get_by_role("searchbox", name=say("Openid or remark", "openid 或备注"))
    hand.write(search, "张三")
    expect(rows(page)).to_have_count(1)
    expect(row_of(page, openids[7]).locator(".remark")).to_have_text("VIP 张三")
    expect(page.locator("#matches")).to_have_text(say("1 matches", "共 1 人符合"))
    hand.write(search, openids[3])
    expect(row_of(page, openids[3])).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(openids[3]))  # the last letter of it, too
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(search).to_have_value(openids[3])
    hand.write(search, "nobody is called so")
    nobody = page.get_by_role("heading", name=say("Nobody matches", "没有符合条件的粉丝"))
    expect(nobody).to_be_visible()
    hand.press(page.get_by_role("link", name=say("Clear the filters", "清除筛选")))
    expect(rows(page)).to_have_count(50)
    expect(search).to_have_value("")
    page.go_back()
    expect(nobody).to_be_visible()
    page.go_back()
    expect(rows(page)).to_have_count(50)
    expect(search).to_have_value("")


@either_way
def test_followers_are_filtered_by_group_and_time(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """A group's line shows its members, a time who followed then, and both say how many match."""
    openids = stage.account.add_followers(60)
    vip = client.groups.create("VIP")
    client.groups.move_many(openids[:7], to=vip)
    page = stage.page(language=language)
    group = page.get_by_role("combobox", name=say("Group", "分组"))
    since = page.get_by_role("combobox", name=say("Follows since", "关注时间"))
    hand.press(page.locator(f"[data-group='{vip.id}'] > a").first)
    expect(rows(page)).to_have_count(7)
    expect(page.locator("#matches")).to_have_text(say("7 match", "共 7 人符合"))
    expect(group).to_have_value(str(vip.id))
    hand.pick(since, say("Over a year ago", "一年以前"))
    expect(page.get_by_role("heading", name=say("Nobody matches", "没有符合条件的粉丝"))).to_be_visible()
    hand.pick(since, say("Between dates …", "指定日期…"))
    page.get_by_label(say("From", "从")).fill("2020-01-01")
    expect(rows(page)).to_have_count(7)
    hand.pick(group, say("All followers", "全部粉丝"))
    expect(rows(page)).to_have_count(50)
    expect(page).to_have_url(re.compile("age=between&from=2020-01-01"))


def test_whom_a_search_finds_is_saved_and_dropped_again_as_a_list(stage: Stage) -> None:
    """The file holds all who match, with their groups; with another group in it, it becomes a plan."""
    openids = stage.account.add_followers(60)
    page = stage.page(language="zh")
    with page.expect_download() as saved:
        page.get_by_role("link", name="全部下载为 CSV").click()
    text = saved.value.path().read_text("utf-8-sig")
    assert sorted(line.partition(",")[0] for line in text.splitlines()[1:]) == sorted(openids)
    page.get_by_role("link", name="批量分组").click()
    choose(page, text.replace("未分组", "星标组"))
    expect(page.get_by_text("60 个粉丝中移动 60 个")).to_be_visible()


def test_pages_and_orders_lead_on(stage: Stage) -> None:
    """Next and previous turn pages in either order, and a page may have more rows."""
    openids = stage.account.add_followers(120)
    page = stage.page()
    first = rows(page).first
    expect(first).to_have_attribute("data-id", openids[-1])
    page.get_by_role("link", name="Next").click()
    expect(first).to_have_attribute("data-id", openids[69])
    page.get_by_role("link", name="Next").click()
    expect(rows(page)).to_have_count(20)
    page.get_by_role("link", name="Previous").click()
    expect(rows(page)).to_have_count(50)
    page.get_by_role("link", name="Followed").click()
    expect(first).to_have_attribute("data-id", openids[0])
    expect(page.get_by_role("columnheader", name="Followed")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("link", name="Followed")).to_be_focused()
    page.get_by_role("link", name="openid", exact=True).click()
    expect(page).to_have_url(re.compile("sort=openid"))
    page.get_by_role("combobox", name="Rows").select_option("100")
    expect(rows(page)).to_have_count(100)


def test_the_selection_stays_and_grows(stage: Stage) -> None:
    """Who is selected stays so while one turns pages and searches, and the page tells who is not on it."""
    openids = stage.account.add_followers(60)
    page = stage.page()
    told, boxes = page.locator("#told"), rows(page).get_by_role("checkbox")
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(told).to_have_text("4 selected")
    page.get_by_role("link", name="Next").click()
    expect(rows(page)).to_have_count(10)
    expect(told).to_have_text("4 selected, 4 of them not on this page")
    rows(page).first.locator(".since").click()
    expect(told).to_have_text("5 selected, 4 of them not on this page")
    page.get_by_role("link", name="Previous").click()
    expect(row_of(page, openids[-2])).to_have_attribute("aria-selected", "true")
    page.get_by_role("checkbox", name="Select this page").check()
    expect(told).to_have_text("51 selected, 1 of them not on this page")
    page.get_by_role("button", name="Select all 60 that match").click()
    expect(told).to_have_text("All 60 that match are selected")
    page.get_by_role("link", name="Next").click()
    expect(rows(page).first).to_have_attribute("aria-selected", "true")
    page.get_by_role("combobox", name="Follows since").select_option("7")
    expect(told).to_have_text("")
    page.get_by_role("checkbox", name="Select this page").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    page.route("**/followers/count*", lambda route: route.fulfill(status=502, body=""))
    page.get_by_role("link", name="Next").click()
    expect(rows(page)).to_have_count(10)
    expect(told).to_have_text("All 60 that match are selected")
    page.unroute_all()
    page.get_by_role("searchbox").fill(openids[0])
    expect(rows(page)).to_have_count(1)
    expect(told).to_have_text("")
    expect(page.get_by_role("button", name="Move to …")).to_be_disabled()
    expect(page.locator("#matches")).to_have_text("1 matches")


def nobody(page: Page) -> Locator:
    """The rows that the page has painted as not selected."""
    return page.locator("#table tbody tr[aria-selected=false]")


def test_the_selection_outlasts_the_page(stage: Stage) -> None:
    """Who is selected stays so when the page is loaded anew, or left and come back to, in the same tab only."""
    openids = stage.account.add_followers(60)
    page = stage.page()
    told = page.locator("#told")
    rows(page).get_by_role("checkbox").nth(1).check()
    rows(page).get_by_role("checkbox").nth(2).check()
    page.reload()
    expect(told).to_have_text("2 selected")
    expect(row_of(page, openids[-2])).to_have_attribute("aria-selected", "true")
    expect(row_of(page, openids[-1])).to_have_attribute("aria-selected", "false")
    page.get_by_role("link", name="Next").click()
    expect(told).to_have_text("2 selected, 2 of them not on this page")
    page.goto(f"{stage.here}/followers/{openids[-2]}")
    page.go_back()
    expect(told).to_have_text("2 selected, 2 of them not on this page")
    page.go_back()
    expect(told).to_have_text("2 selected")
    expect(page.get_by_role("button", name="Move to …")).to_be_enabled()
    expect(stage.page().locator("#told")).to_have_text("")
    page.get_by_role("button", name="Clear selection").click()
    page.reload()
    expect(nobody(page)).to_have_count(50)
    expect(told).to_have_text("")


def test_a_page_that_comes_back_as_it_was_asks_anew_who_is_selected(stage: Stage) -> None:
    """Who was selected when a page was left is so no more where they were moved before the browser shows it again."""
    stage.account.add_followers(3)
    page = stage.page()
    rows(page).get_by_role("checkbox").nth(1).check()
    expect(page.locator("#told")).to_have_text("1 selected")
    page.evaluate("sessionStorage.clear()")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(nobody(page)).to_have_count(3)
    expect(page.locator("#told")).to_have_text("")


def test_a_selection_is_of_one_appid(stage: Stage) -> None:
    """Where an account's name is given to another appid, nobody of the old one is selected."""

    def give_away(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(stage.account.appid, "wx0000000000000000"))

    stage.account.add_followers(3)
    page = stage.page()
    rows(page).get_by_role("checkbox").nth(1).check()
    page.route(f"{stage.here}/", give_away)
    page.reload()
    expect(nobody(page)).to_have_count(3)
    page.unroute(f"{stage.here}/")
    page.reload()
    expect(page.locator("#told")).to_have_text("1 selected")


def test_all_that_match_stay_selected_while_the_search_is_the_same(stage: Stage) -> None:
    """All that match a search stay so when the page is loaded anew; with another search nobody is."""
    stage.account.add_followers(60)
    page = stage.page(language="zh")
    page.get_by_role("checkbox", name="选择本页").check()
    page.get_by_role("button", name="选择符合条件的全部 60 人").click()
    page.reload()
    expect(page.locator("#told")).to_have_text("已选择符合条件的全部 60 人")
    expect(rows(page).first).to_have_attribute("aria-selected", "true")
    page.goto(f"{stage.here}/?age=7")
    expect(nobody(page)).to_have_count(50)
    expect(page.locator("#told")).to_have_text("")
    page.goto(f"{stage.here}/")
    expect(nobody(page)).to_have_count(50)
    expect(page.locator("#told")).to_have_text("")
    page.evaluate(
        "name => sessionStorage.setItem(name, 'x')", f"fenzu-selection /a/{NAME} {stage.account.appid}"
    )
    page.reload()
    expect(nobody(page)).to_have_count(50)
    expect(page.locator("#told")).to_have_text("")


def test_the_table_is_walked_by_keys(stage: Stage) -> None:
    """Rows are walked, selected, and left by keys alone, and the keys are told."""
    openids = stage.account.add_followers(8)[::-1]
    page = stage.page()
    told = page.locator("#told")
    rows(page).first.focus()
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(told).to_have_text("3 selected")
    page.keyboard.press("k")
    expect(row_of(page, openids[2])).to_be_focused()
    page.keyboard.press("Space")
    expect(told).to_have_text("2 selected")
    page.keyboard.press("Control+a")
    expect(told).to_have_text("8 selected")
    page.keyboard.press("Escape")
    expect(told).to_have_text("")
    page.keyboard.press("End")
    expect(row_of(page, openids[-1])).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(row_of(page, openids[0]).get_by_role("checkbox")).to_be_focused()
    page.keyboard.press("Space")
    expect(told).to_have_text("1 selected")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys in the table")).to_be_visible()
    page.keyboard.press("Escape")
    expect(told).to_have_text("1 selected")
    page.get_by_role("searchbox").press_sequentially("jkm")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_openid_is_copied_whole(stage: Stage) -> None:
    """The button beside an openid copies all of it, and says so, each time; what it may not copy, it selects."""
    [openid] = stage.account.add_followers(1)
    page = stage.page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows(page).first.hover()
    page.get_by_role("button", name="Copy openid").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.get_by_role("button", name="Copied").click()
    assert page.evaluate("navigator.clipboard.readText()") == openid
    page.get_by_role("searchbox").click()
    rows(page).first.hover()
    expect(page.get_by_role("button", name="Copy openid")).to_be_visible()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')) }")
    page.get_by_role("button", name="Copy openid").click()
    expect(page.get_by_text("Selected: copy it with Ctrl-C")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == openid


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_follows_is_read_again_from_the_page(stage: Stage, language: str) -> None:
    """Reading again brings the new ones into the table, and the selection and the page stay."""
    openids = stage.account.add_followers(3)
    page = stage.page(language=language)
    row_of(page, openids[0]).get_by_role("checkbox").check()
    page.evaluate("window.isSame = true")
    [new] = stage.account.add_followers(1)
    page.get_by_role("button", name="Read again" if language == "en" else "重新读取").click()
    expect(row_of(page, new)).to_be_visible()
    expect(row_of(page, openids[0]).get_by_role("checkbox")).to_be_checked()
    expect(
        page.get_by_role("heading", name="Followers" if language == "en" else "粉丝", level=1)
    ).to_contain_text("4")
    assert page.evaluate("window.isSame")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_busy_platform_is_told_while_it_is_waited_for(stage: Stage, language: str, say: Say) -> None:
    """Reading that cannot go on says why, and goes on by itself."""
    [first] = stage.account.add_followers(1)
    page = stage.page(language=language)
    row_of(page, first).wait_for()
    [new] = stage.account.add_followers(1)
    stage.account.faults(Fault.busy("followers.list"))
    page.get_by_role("button", name=say("Read again", "重新读取")).click()
    told = page.locator("#age [data-told=waiting]")
    expect(told).to_contain_text(say("asked again", "重试"))
    expect(told).to_contain_text("-1")
    stage.account.faults()
    expect(row_of(page, new)).to_be_visible()


def test_an_account_that_nobody_follows_says_so(stage: Stage) -> None:
    """An empty account has an empty page with a way on."""
    page = stage.page()
    expect(page.get_by_role("heading", name="Nobody follows yet")).to_be_visible()
    [openid] = stage.account.add_followers(1)
    page.get_by_role("button", name="Read again").click()
    expect(row_of(page, openid)).to_be_visible()


def test_a_group_that_gets_another_name_has_it_everywhere(stage: Stage, client: Client) -> None:
    """A new name of a group stands in the rows and in the filter as soon as it is given, with the page kept."""
    openids = stage.account.add_followers(2)
    client.groups.move(openids[0], to=client.groups.create("VIP"))
    page = stage.page()
    row_of(page, openids[1]).get_by_role("checkbox").check()
    page.get_by_role("button", name="Change VIP").click()
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("老客户")
    page.keyboard.press("Enter")
    expect(row_of(page, openids[0]).locator(".of")).to_have_text("老客户")
    page.get_by_role("combobox", name="Group").select_option("老客户")
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#told")).to_have_text("1 selected, 1 of them not on this page")


def test_for_reading_only_nothing_is_offered_that_writes(open_stage: Open) -> None:
    """A console for reading only shows and selects, and offers no move and no remark."""
    stage = open_stage(is_read_only=True)
    stage.account.add_followers(3)
    page = stage.page()
    rows(page).first.focus()
    for key in ("Space", "m", "e"):
        page.keyboard.press(key)
    expect(page.locator("#told")).to_have_text("1 selected")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Move to …")).to_have_count(0)
    expect(page.get_by_role("button", name="Edit remark")).to_have_count(0)


def test_the_page_works_without_a_script(stage: Stage) -> None:
    """Search, filters, order and pages are forms and links: they lead on where no script runs."""
    openids = stage.account.add_followers(60)
    cookies = stage.page().context.cookies()
    context = stage._browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # the same, read and written
    page = context.new_page()
    page.goto(stage.here + "/")
    page.get_by_role("link", name="Next").click()
    expect(rows(page)).to_have_count(10)
    page.get_by_role("searchbox").fill(openids[0])
    page.get_by_role("button", name="Search").click()
    expect(rows(page)).to_have_count(1)


def test_head_and_pager_stay_in_reach(stage: Stage) -> None:
    """The head of the table stays in sight while one scrolls, and no message lies over the pager."""
    openids = stage.account.add_followers(60)
    page = stage.page()
    row_of(page, openids[10]).focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts .toast")).to_have_count(1)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("#tick-all").click()
    expect(page.locator("#told")).to_have_text("50 selected")
    page.get_by_role("link", name="Next").click()
    expect(rows(page)).to_have_count(10)


def test_an_empty_group_is_no_failed_search(stage: Stage, client: Client) -> None:
    """A group that nobody is in says how to fill it; a search in it that finds nobody says that nobody matches."""
    stage.account.add_followers(2)
    vip = client.groups.create("VIP")
    page = stage.page(at=f"/?group={vip.id}")
    expect(page.locator("#results")).to_contain_text("Select followers and move them here.")
    page.get_by_role("searchbox").fill("x")
    expect(page.locator("#results")).to_contain_text("Nobody matches")

"""Moving followers and taking it back: by mouse, by keys, by dragging, and while the platform is busy."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from fenzu import Client
from fenzu.control import Fault
from tests.console.conftest import Say, in_both_languages
from tests.console.followers import groups_of, row_of, rows
from tests.console.gate import Gate
from tests.console.hands import Hand, by_both_hands
from tests.console.stage import Stage


def target(page: Page, name: str) -> Locator:
    """A group in the dialog that asks where to move."""
    return page.get_by_role("dialog").get_by_role("option", name=name)


def toast(page: Page) -> Locator:
    """What is told at the edge of the page."""
    return page.locator("#toasts")


@by_both_hands
@in_both_languages
def test_one_follower_is_moved_and_put_back(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """Select, Move to, a group: the row and the platform say the same, and Undo takes it back."""
    openids = stage.account.add_followers(3)
    vip = client.groups.create("VIP")
    page = stage.page(language=language)
    row = row_of(page, openids[1])
    hand.press(row.get_by_role("checkbox"))
    hand.press(page.get_by_role("button", name=say("Move to …", "移动到…")))
    expect(page.get_by_role("dialog", name=say("Move 1 to …", "移动 1 人到…"))).to_be_visible()
    hand.choose(page, "VIP")
    expect(toast(page)).to_contain_text(say("Moved 1 follower to VIP", "已将 1 人移到“VIP”"))
    expect(row.locator(".of")).to_have_text("VIP")
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    assert groups_of(client, openids[1:2]) == {vip.id}
    hand.press(toast(page).get_by_role("button", name=say("Undo", "撤销")))
    expect(toast(page)).to_contain_text(say("Put 1 follower back", "已将 1 人移回原来的分组"))
    expect(row.locator(".of")).to_have_text("未分组")
    assert groups_of(client, openids) == {0}


@pytest.mark.parametrize(
    ("language", "title", "moved", "back"),
    [
        ("en", "Move 50 to …", "Moved 50 followers to VIP", "Put 50 followers back"),
        ("zh", "移动 50 人到…", "已将 50 人移到“VIP”", "已将 50 人移回原来的分组"),
    ],
)
def test_fifty_are_moved_and_put_back_by_keys_alone(
    stage: Stage, client: Client, language: str, title: str, moved: str, back: str
) -> None:
    """Keys select the page, find the group by its name, move, and take it back; the focus stays in the table."""
    openids = stage.account.add_followers(51)
    vip, regulars = client.groups.create("VIP"), client.groups.create("老客户")
    client.groups.move_many(openids[1:6], to=regulars)
    page = stage.page(language=language)
    rows(page).first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog.get_by_role("combobox")).to_be_focused()
    expect(dialog.get_by_role("option", name="VIP")).to_be_visible()
    page.keyboard.type("vi")
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text(moved)
    assert groups_of(client, openids[1:]) == {vip.id}
    expect(page.locator("#table tr:focus")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(toast(page)).to_contain_text(back)
    assert groups_of(client, openids[1:6]) == {regulars.id}
    assert groups_of(client, openids[6:]) == {0}
    expect(page.locator("#table tr:focus")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fifty_are_moved_and_put_back_by_mouse(stage: Stage, client: Client, language: str, say: Say) -> None:
    """A page is selected by one click, dragged onto a group by one of its rows, and put back by another click."""
    openids = stage.account.add_followers(51)
    vip = client.groups.create("VIP")
    page = stage.page(language=language)
    page.get_by_role("checkbox", name=say("Select this page", "选择本页")).click()
    rows(page).nth(7).locator(".since").drag_to(page.locator(f".groups [data-group='{vip.id}']"))
    expect(toast(page)).to_contain_text(say("Moved 50 followers to VIP", "已将 50 人移到“VIP”"))
    assert groups_of(client, openids[1:]) == {vip.id}
    assert groups_of(client, openids[:1]) == {0}
    toast(page).get_by_role("button", name=say("Undo", "撤销")).click()
    expect(toast(page)).to_contain_text(say("Put 50 followers back", "已将 50 人移回原来的分组"))
    assert groups_of(client, openids) == {0}


def test_a_row_is_dragged_onto_a_group(stage: Stage, client: Client) -> None:
    """A row that is dragged goes alone, one of the selected takes all selected along."""
    openids = stage.account.add_followers(6)
    vip = client.groups.create("VIP")
    page = stage.page()
    group = page.locator(f".groups [data-group='{vip.id}']")
    row_of(page, openids[0]).locator(".of").drag_to(group)
    expect(row_of(page, openids[0]).locator(".of")).to_have_text("VIP")
    for openid in openids[1:4]:
        row_of(page, openid).get_by_role("checkbox").check()
    row_of(page, openids[2]).locator(".since").drag_to(group)
    expect(toast(page)).to_contain_text("Moved 3 followers to VIP")
    assert groups_of(client, openids[:4]) == {vip.id}
    assert groups_of(client, openids[4:]) == {0}


def test_all_that_match_are_dragged_to_one_plan(stage: Stage, client: Client) -> None:
    """All that match are dragged by one row of them, and a plan of all of them comes."""
    openids = stage.account.add_followers(60)
    vip = client.groups.create("VIP")
    page = stage.page()
    page.get_by_role("checkbox", name="Select this page").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    group = page.locator(f".groups [data-group='{vip.id}']")
    rows(page).nth(2).locator(".since").drag_to(group)
    page.wait_for_url(re.compile("/runs/"))
    expect(page.locator("main")).to_contain_text("Move 60 followers to VIP")
    assert groups_of(client, openids) == {0}


def test_the_last_target_comes_first(stage: Stage, client: Client) -> None:
    """The group that somebody was moved to last is offered first, and arrow keys choose."""
    openids = stage.account.add_followers(2)
    client.groups.create("VIP")
    client.groups.create("New")
    page = stage.page()
    options = page.get_by_role("dialog").get_by_role("option")
    row_of(page, openids[1]).focus()
    page.keyboard.press("m")
    expect(options.last).to_contain_text("New")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(row_of(page, openids[1]).locator(".of")).to_have_text("New")
    row_of(page, openids[0]).focus()
    page.keyboard.press("m")
    expect(options.first).to_contain_text("New")
    expect(options.first).to_contain_text("recent")
    page.keyboard.type("zzz")
    expect(page.get_by_text("No group has this in its name.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row_of(page, openids[0])).to_be_focused()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_into_the_blacklist_asks_first(stage: Stage, client: Client, language: str) -> None:
    """Nobody gets into the blacklist by a slip: it is asked in plain words, and Cancel moves nobody."""
    openids = stage.account.add_followers(2)
    page = stage.page(language=language)
    row, blacklist = row_of(page, openids[0]), page.locator(".groups [data-group='1']")
    question = page.get_by_role("alertdialog")
    row.locator(".of").drag_to(blacklist)
    expect(question).to_contain_text("It can be undone." if language == "en" else "此操作可以撤销。")
    page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    assert groups_of(client, openids) == {0}
    row.focus()
    page.keyboard.press("m")
    target(page, "黑名单").click()
    question.get_by_role("button", name="Move to 黑名单" if language == "en" else "移入黑名单").click()
    expect(row.locator(".of")).to_have_text("黑名单")
    assert groups_of(client, openids[:1]) == {1}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_out_of_the_blacklist_asks_first(stage: Stage, client: Client, language: str) -> None:
    """Nobody gets out of the blacklist by a slip: it is asked how many that are, and told afterwards."""
    openids = stage.account.add_followers(3)
    client.groups.move_many(openids[:2], to=1)
    vip = client.groups.create("VIP")
    page = stage.page(language=language)
    question = page.get_by_role("alertdialog")
    page.locator("#tick-all").check()
    row_of(page, openids[0]).focus()
    page.keyboard.press("m")
    target(page, "VIP").click()
    expect(question).to_contain_text(
        "Take 2 out of the blacklist?" if language == "en" else "将 2 人移出黑名单？"
    )
    page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    assert groups_of(client, openids) == {0, 1}
    expect(page.locator("#told")).to_contain_text("3")
    row_of(page, openids[0]).focus()
    page.keyboard.press("m")
    target(page, "VIP").click()
    question.get_by_role("button", name="Move all the same" if language == "en" else "仍要移动").click()
    words = "2 of them out of 黑名单" if language == "en" else "其中 2 人移出黑名单"
    expect(toast(page)).to_contain_text(words)
    assert groups_of(client, openids) == {vip.id}


def test_nothing_to_take_back_is_told(stage: Stage) -> None:
    """Where there is no move to take back, Ctrl+Z says so and leads to the plans."""
    openids = stage.account.add_followers(1)
    page = stage.page()
    row_of(page, openids[0]).focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(toast(page).locator(".toast")).to_have_count(1)
    expect(toast(page)).to_contain_text("nothing to take back on this page")
    toast(page).get_by_role("button", name="Regroup").click()
    page.wait_for_url("**/regroup")


def test_who_cannot_be_moved_is_told_and_stays_selected(stage: Stage, client: Client) -> None:
    """Somebody who has left meanwhile keeps nobody else from being moved, is named, and stays selected."""
    openids = stage.account.add_followers(3)
    client.groups.create("VIP")
    page = stage.page()
    page.get_by_role("checkbox", name="Select this page").check()
    stage.account.remove_followers(openids[:1])
    page.get_by_role("button", name="Move to …").click()
    target(page, "VIP").click()
    expect(page.get_by_role("alert")).to_contain_text("does not follow any more")
    expect(toast(page)).to_contain_text("Moved 2 followers to VIP; 1 could not be moved")
    expect(page.locator("#told")).to_have_text("1 selected, 1 of them not on this page")


def test_undo_is_offered_for_ten_seconds(stage: Stage, client: Client) -> None:
    """The offer to undo goes after ten seconds, but not while the focus is on it; Ctrl+Z still works then."""
    [openid] = stage.account.add_followers(1)
    client.groups.create("VIP")
    page = stage.page()
    page.clock.install(time=0)
    page.reload()
    page.clock.pause_at(3_600)  # from here on time passes as the test says
    row_of(page, openid).focus()
    page.keyboard.press("m")
    target(page, "VIP").click()
    undo = toast(page).get_by_role("button", name="Undo")
    undo.focus()
    page.clock.run_for(20_000)
    expect(undo).to_be_visible()
    row_of(page, openid).focus()
    page.clock.run_for(9_000)
    expect(undo).to_be_visible()
    page.clock.run_for(2_000)
    expect(undo).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(row_of(page, openid).locator(".of")).to_have_text("未分组")


@by_both_hands
@in_both_languages
def test_a_busy_platform_is_waited_for(
    stage: Stage, client: Client, gate: Gate, language: str, say: Say, hand: Hand
) -> None:
    """While the platform is busy and slow the page shows the wait and can be used, and then all are moved."""
    openids = stage.account.add_followers(5)
    vip = client.groups.create("VIP")
    page = stage.page(language=language)
    hand.press(page.get_by_role("checkbox", name=say("Select this page", "选择本页")))
    stage.account.faults(Fault.busy("groups.move_many", nth=(1, 2)))
    move = page.get_by_role("button", name=say("Move to …", "移动到…"))
    with gate.shut("members/batchupdate"):
        hand.press(move)
        hand.choose(page, "VIP")
        expect(toast(page)).to_contain_text(say("Moving …", "正在移动…"))
        expect(move).to_have_attribute("aria-busy", "true")
        hand.write(page.get_by_role("searchbox"), openids[0])
        expect(rows(page)).to_have_count(1)
    expect(toast(page)).to_contain_text(say("Moved 5 followers to VIP", "已将 5 人移到“VIP”"))
    expect(row_of(page, openids[0]).locator(".of")).to_have_text("VIP")
    assert groups_of(client, openids) == {vip.id}


def test_an_error_is_told_with_its_advice_and_nothing_is_lost(stage: Stage, client: Client) -> None:
    """A move that the platform refuses leaves the selection, says what to do, and can be tried again."""
    stage.account.add_followers(5)
    client.groups.create("VIP")
    page = stage.page(language="zh")
    page.get_by_role("checkbox", name="选择本页").check()
    stage.account.faults(Fault.answer("groups.move_many", 45009))
    page.get_by_role("button", name="移动到…").click()
    target(page, "VIP").click()
    expect(page.get_by_role("alert")).to_contain_text("没有移动任何人。")
    expect(page.get_by_role("alert")).to_contain_text("额度更新后再继续")
    expect(page.locator("#told")).to_have_text("已选 5 人")
    stage.account.faults()
    page.get_by_role("button", name="移动到…").click()
    target(page, "VIP").click()
    expect(toast(page)).to_contain_text("已将 5 人移到“VIP”")


def test_all_that_match_are_moved_at_once_where_they_are_few(stage: Stage, client: Client) -> None:
    """All who match a search are moved at once and can be undone where they are no more than fifty."""
    openids = stage.account.add_followers(60)
    vip, regulars = client.groups.create("VIP"), client.groups.create("老客户")
    client.groups.move_many(openids[:50], to=regulars)
    client.groups.move_many(openids[50:], to=vip)
    page = stage.page(at=f"/?group={regulars.id}&rows=50")
    page.get_by_role("checkbox", name="Select this page").check()
    page.get_by_role("button", name="Move to …").click()
    target(page, "VIP").click()
    expect(page.get_by_role("heading", name="Nobody is in this group")).to_be_visible()
    assert groups_of(client, openids) == {vip.id}
    toast(page).get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(50)


def test_a_plan_that_takes_long_is_waited_for(stage: Stage, client: Client, gate: Gate) -> None:
    """A page shows the wait; stopped, everybody is still selected; in the end it leads to the plan, and nobody is."""
    stage.account.add_followers(60)
    client.groups.create("VIP")
    page = stage.page()
    page.get_by_role("checkbox", name="Select this page").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    page.get_by_role("button", name="Move to …").click()
    with gate.shut("groups/get"):
        target(page, "VIP").click()
        expect(page.get_by_role("heading", name="Making a plan")).to_be_visible()
        expect(page.get_by_text("Comparing with who is in which group")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("It was stopped. Nothing was changed.")).to_be_visible()
        page.get_by_role("main").get_by_role("link", name="Followers").click()
        expect(page.locator("#told")).to_have_text("All 60 that match are selected")
        page.get_by_role("button", name="Move to …").click()
        target(page, "VIP").click()
        expect(page.get_by_role("heading", name="Making a plan")).to_be_visible()
    page.wait_for_url(re.compile("/runs/"))
    page.go_back()
    expect(page.locator("#table tbody tr[aria-selected=false]")).to_have_count(50)


@pytest.mark.parametrize("end", ["made", "stopped"])
def test_whoever_leaves_a_plan_that_is_made_selects_anew(
    stage: Stage, client: Client, gate: Gate, end: str
) -> None:
    """Nobody is selected any more while their plan is waited for, and who is selected meanwhile stays so."""
    openids = stage.account.add_followers(60)
    client.groups.create("VIP")
    page = stage.page()
    told = page.locator("#told")
    page.get_by_role("checkbox", name="Select this page").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    page.get_by_role("button", name="Move to …").click()
    with gate.shut("groups/get"):
        target(page, "VIP").click()
        expect(page.get_by_role("heading", name="Making a plan")).to_be_visible()
        waiting = page.url
        page.get_by_role("main").get_by_role("link", name="Followers").click()
        expect(page.locator("#table tbody tr[aria-selected=false]")).to_have_count(50)
        row_of(page, openids[-1]).get_by_role("checkbox").check()
        expect(told).to_have_text("1 selected")
        page.goto(waiting)
        if end == "stopped":
            page.get_by_role("button", name="Stop").click()
            expect(page.get_by_text("It was stopped. Nothing was changed.")).to_be_visible()
    if end == "made":
        page.wait_for_url(re.compile("/runs/"))
    page.goto(f"{stage.here}/")
    expect(told).to_have_text("1 selected")


@pytest.mark.parametrize("whom", ["some", "all that match"])
def test_more_than_fifty_become_a_plan(stage: Stage, client: Client, whom: str) -> None:
    """A larger selection, and all that match a search, go to a page where the plan is read first."""
    openids = stage.account.add_followers(120)
    client.groups.create("VIP")
    page = stage.page()
    page.get_by_role("checkbox", name="Select this page").check()
    if whom == "some":
        page.get_by_role("link", name="Next").click()
        expect(row_of(page, openids[69])).to_be_visible()
        page.get_by_role("checkbox", name="Select this page").check()
    else:
        page.get_by_role("button", name="Select all 120 that match").click()
    page.get_by_role("button", name="Move to …").click()
    target(page, "VIP").click()
    page.wait_for_url(re.compile("/runs/"))
    assert groups_of(client, openids[:100]) == {0}
    page.go_back()  # the plan has them now
    expect(page.locator("#table tbody tr[aria-selected=false]")).to_have_count(50)
    expect(page.locator("#told")).to_have_text("")

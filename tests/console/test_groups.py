"""Groups at the side of the followers: made, renamed, deleted, and counted as the platform counts."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from fenzu import Client
from fenzu.console.account import desk, live_groups
from fenzu.control import Fault
from fenzu.mirror import Mirror
from fenzu.model import Follower, Group, OpenID
from tests.console.conftest import Say, in_both_languages
from tests.console.gate import Gate
from tests.console.hands import Hand, Mouse, either_way
from tests.console.stage import PATIENCE, Stage

MOUSE = Mouse()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page waits for the platform however slow it is, and so asks it once."""
    monkeypatch.setattr(desk, "LiveGroups", partial(live_groups.LiveGroups, patience=PATIENCE / 1000))


@pytest.fixture
def nothing_is_fresh(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when this is called on, the groups are asked for anew each time."""
    return lambda: monkeypatch.setattr(live_groups, "FRESH_SECONDS", 0.0)


def line(page: Page, name: str) -> Locator:
    """Return a group's line at the side."""
    return page.locator("#groups li").filter(has=page.get_by_text(name, exact=True))


def choose(page: Page, group: str, what: str, hand: Hand = MOUSE) -> None:
    """Open a group's menu, and take something in it."""
    hand.press(line(page, group).get_by_role("button"))
    hand.press(page.locator("#group-menu").get_by_role("button", name=what))


def opened_mirror(stage: Stage, *, read_only: bool = True) -> Mirror:
    account = stage.console.accounts.account
    return Mirror.open(account.mirror, account.base_url, account.appid, read_only=read_only)


def names(client: Client) -> list[str]:
    return [group.name for group in client.groups.list()]


@in_both_languages
def test_a_group_is_made_renamed_and_deleted_by_mouse(
    stage: Stage, client: Client, language: str, say: Say
) -> None:
    """A new group is named in a dialog, stands in the list at once without a call to list it, and is changed there."""
    page = stage.page(language=language)
    dialog, name = page.get_by_role("dialog"), page.get_by_role("textbox", name=say("Name", "名称"))
    page.get_by_role("button", name=say("New group", "新建分组")).click()
    name.fill("贵宾")
    page.get_by_role("button", name=say("Create", "新建"), exact=True).click()
    expect(
        page.get_by_role("status").get_by_text(say("Created group 贵宾.", "已新建分组“贵宾”。"))
    ).to_be_visible()
    expect(line(page, "贵宾")).to_contain_text("0")
    expect(dialog).to_have_count(0)
    assert names(client)[-1] == "贵宾"
    choose(page, "贵宾", say("Rename", "改名"))
    name.fill("老顾客")
    dialog.get_by_role("button", name=say("Rename", "改名")).click()
    expect(line(page, "老顾客")).to_be_visible()
    assert names(client)[-1] == "老顾客"
    choose(page, "老顾客", say("Delete", "删除"))
    dialog.get_by_role("button", name=say("Delete the group", "删除分组")).click()
    expect(line(page, "老顾客")).to_have_count(0)
    assert "老顾客" not in names(client)


@in_both_languages
def test_a_group_is_made_renamed_and_deleted_by_keyboard(
    stage: Stage, client: Client, language: str, say: Say
) -> None:
    """Each action on a group works with keys alone, and the keyboard stays where it was."""
    page = stage.page(language=language)
    page.get_by_role("button", name=say("New group", "新建分组")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name=say("Name", "名称"))).to_be_focused()
    page.keyboard.type("贵宾")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("status").get_by_text(say("Created group 贵宾.", "已新建分组“贵宾”。"))
    ).to_be_visible()

    more = line(page, "贵宾").get_by_role("button")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=say("Rename…", "改名…"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name=say("Name", "名称"))).to_have_value("贵宾")
    page.keyboard.type("老顾客")  # the old name is selected
    page.keyboard.press("Enter")
    expect(line(page, "老顾客")).to_be_visible()
    assert names(client)[-1] == "老顾客"

    line(page, "老顾客").get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=say("Rename…", "改名…"))).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    line(page, "老顾客").get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=say("Delete…", "删除…"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=say("Cancel", "取消"))).to_be_focused()
    expect(page.get_by_role("dialog")).to_contain_text(say("Nobody is in it.", "这个分组里没有粉丝"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(line(page, "老顾客")).to_have_count(0)
    assert "老顾客" not in names(client)


@either_way
def test_a_group_with_members_is_deleted(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """The question tells how many are in the group just now and where they will be, and there they are.

    The mirror, which has not heard of all of them, says of none where they are until it asks again.
    """
    group = client.groups.create("VIP")
    stage.account.add_followers(7)
    stage.account.add_followers(3, group=group.id)
    page = stage.page(language=language)
    client.groups.move_many(stage.account.add_followers(2), to=group)  # of whom the page has not heard
    choose(page, "VIP", say("Delete", "删除"), hand)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(say("5 followers are in it", "其中有 5 个粉丝"))
    expect(dialog).to_contain_text("未分组")
    hand.press(dialog.get_by_role("button", name=say("Cancel", "取消")))
    expect(dialog).to_have_count(0)
    assert "VIP" in names(client)
    choose(page, "VIP", say("Delete", "删除"), hand)
    hand.press(dialog.get_by_role("button", name=say("Delete the group", "删除分组")))
    expect(
        page.get_by_role("status").get_by_text(say("The group VIP is deleted.", "已删除分组“VIP”。"))
    ).to_be_visible()
    expect(line(page, "VIP")).to_have_count(0)
    expect(line(page, "未分组")).to_contain_text("12")
    with opened_mirror(stage) as mirror:
        assert (mirror.counts(), mirror.unknown) == ({0: 7}, 3)
        assert group.id not in {each.id for each in mirror.groups()}


def test_a_name_that_will_not_do_is_told_at_the_field(stage: Stage) -> None:
    """An empty or too long name, and one that the platform refuses, is told in words, and what was typed stays."""
    page = stage.page()
    page.get_by_role("button", name="New group").click()
    field, problem = page.get_by_label("Name"), page.get_by_role("alert").locator("visible=true")
    field.fill("   ")
    page.get_by_role("button", name="Create").click()
    expect(problem).to_contain_text("the group needs a name")
    field.fill("x" * 31)
    page.keyboard.press("Enter")
    expect(problem).to_contain_text("31 characters")
    expect(field).to_have_value("x" * 31)
    expect(field).to_be_focused()
    stage.account.faults(Fault.answer("groups.create", errcode=45018))
    field.fill("VIP")
    page.keyboard.press("Enter")
    expect(problem).to_contain_text("delete a group first")
    stage.account.faults()
    page.keyboard.press("Enter")
    expect(line(page, "VIP")).to_be_visible()


def test_what_another_program_moves_is_seen(
    stage: Stage, client: Client, nothing_is_fresh: Callable[[], None]
) -> None:
    """Counts are the platform's: what is moved elsewhere shows once the list is old, without the page being loaded."""
    group = client.groups.create("VIP")
    openids = stage.account.add_followers(5)
    page = stage.page()
    expect(line(page, "VIP")).to_contain_text("0")
    client.groups.move_many(openids[:4], to=group)
    nothing_is_fresh()
    line(page, "VIP").get_by_role("link").focus()
    page.evaluate("document.dispatchEvent(new CustomEvent('fenzu:counts'))")
    expect(line(page, "VIP")).to_contain_text("4")
    expect(line(page, "未分组")).to_contain_text("1")
    expect(line(page, "VIP").get_by_role("link")).to_be_focused()


def test_whoever_may_only_read_is_offered_nothing(open_stage: Callable[..., Stage], client: Client) -> None:
    """A console for reading shows no action on groups, and its server refuses them in words."""
    client.groups.create("VIP")
    page = open_stage(is_read_only=True).page()
    expect(line(page, "VIP")).to_be_visible()
    expect(page.locator("#groups button")).to_have_count(0)
    told = page.evaluate(
        """async () => {
          const init = { method: "POST", headers: { accept: "application/json" }, body: '{"name": "x"}' };
          const answer = await fetch(`${document.body.dataset.here}/groups`, init);
          return [answer.status, (await answer.json()).message];
        }"""
    )
    assert told == [403, "this account is open for reading only"]
    assert names(client)[-1] == "VIP"


@either_way
def test_all_groups_have_a_page(stage: Stage, client: Client, language: str, say: Say, hand: Hand) -> None:
    """A table tells each group's size and share, with the same actions, and bars draw them."""
    group = client.groups.create("<b>VIP</b>")
    stage.account.add_followers(6)
    stage.account.add_followers(2, group=group.id)
    page = stage.page(language=language, at="/groups")
    rows = page.locator("#groups tbody tr")
    expect(rows).to_contain_text(["未分组", "黑名单", "星标组", "<b>VIP</b>"])
    expect(rows.first).to_contain_text("75.0 %")
    expect(rows.first.get_by_role("button")).to_have_count(0)
    bars = page.locator("#pictures tbody tr")
    expect(bars.first).to_contain_text("<b>VIP</b>")
    hand.press(page.get_by_role("link", name=say("With 未分组", "包含“未分组”"), exact=True))
    expect(bars.first).to_contain_text("未分组")
    expect(page.get_by_role("link", name=say("Without 未分组", "不含“未分组”"))).to_be_focused()
    hand.press(rows.last.get_by_role("button"))
    hand.press(page.get_by_role("button", name=say("Rename…", "改名…")))
    hand.write(page.get_by_role("dialog").get_by_role("textbox"), "Regulars")
    hand.press(page.get_by_role("dialog").get_by_role("button", name=say("Rename", "改名")))
    expect(rows.last).to_contain_text("Regulars")
    expect(page.locator("#pictures")).to_contain_text("Regulars")


def test_groups_are_shown_while_the_platform_refuses(
    stage: Stage, client: Client, nothing_is_fresh: Callable[[], None]
) -> None:
    """Where the groups cannot be read, those of before stand there, with the platform's words and advice."""
    client.groups.create("VIP")
    expect(line(stage.page(), "VIP")).to_be_visible()
    stage.account.faults(Fault.answer("groups.list", errcode=45009))
    nothing_is_fresh()
    page = stage.page(at="/groups", language="zh")
    expect(page.locator("#groups tbody tr").last).to_contain_text("VIP")
    expect(page.locator(".warning")).to_contain_text("以下是之前的数据")
    expect(page.locator(".warning")).to_contain_text("45009")


@either_way
def test_a_small_group_is_merged_and_deleted(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """A merge tells how many move, moves them at once, and offers to delete the group that is empty now."""
    spring, vip = client.groups.create("Spring"), client.groups.create("VIP")
    stage.account.add_followers(4, group=spring.id)
    page = stage.page(language=language)
    choose(page, "Spring", say("Merge into", "合并到"), hand)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(say("4 followers are moved, at once", "将立即移动 4 个粉丝"))
    into = dialog.get_by_label(say("into", "合并到"))
    expect(into.get_by_role("option")).to_have_text(
        [say("Choose a group", "请选择分组"), "VIP (0)", "星标组 (0)"]
    )
    hand.pick(into, "VIP (0)")
    hand.press(dialog.get_by_role("button", name=say("Merge", "合并")))
    expect(dialog).to_contain_text(say("Delete Spring", "删除分组 Spring"))
    expect(dialog).to_contain_text(say("Nobody is in it.", "这个分组里没有粉丝。"))
    expect(page.get_by_text(say("Moved 4 followers to VIP", "已将 4 人移到“VIP”"))).to_be_visible()
    hand.press(dialog.get_by_role("button", name=say("Delete the group", "删除分组")))
    expect(line(page, "Spring")).to_have_count(0)
    expect(line(page, "VIP")).to_contain_text("4")
    assert {group.name: group.count for group in client.groups.list()}["VIP"] == 4
    with opened_mirror(stage) as mirror:
        assert mirror.counts() == {vip.id: 4}


@either_way
def test_a_merge_is_taken_back(stage: Stage, client: Client, language: str, say: Say, hand: Hand) -> None:
    """Who was moved by a merge goes back where they were, as after every small move."""
    spring = client.groups.create("春季")
    stage.account.add_followers(3, group=spring.id)
    client.groups.create("贵宾")
    page = stage.page(language=language, at="/groups")
    row = page.locator("#groups tbody tr").filter(has_text="春季")
    hand.press(row.get_by_role("button"))
    hand.press(page.get_by_role("button", name=say("Merge into…", "合并到…")))
    dialog = page.get_by_role("dialog")
    into = dialog.get_by_label(say("into", "合并到"))
    expect(into).to_be_focused()
    hand.pick(into, "贵宾 (0)")
    hand.press(dialog.get_by_role("button", name=say("Merge", "合并")))
    expect(dialog).to_contain_text(say("Nobody is in it.", "这个分组里没有粉丝"))
    count = row.locator(".number").first
    expect(count).to_have_text("0")
    hand.press(page.get_by_role("button", name=say("Undo", "撤销")))
    expect(count).to_have_text("3")
    assert {group.name: group.count for group in client.groups.list()}["春季"] == 3


@either_way
def test_a_large_group_is_merged_by_a_plan(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """Where more than fifty would move, the page of a plan comes, and nobody is moved before it is applied."""
    spring = client.groups.create("Spring")
    client.groups.create("VIP")
    stage.account.add_followers(60, group=spring.id)
    page = stage.page(language=language)
    choose(page, "Spring", say("Merge into", "合并到"), hand)
    hand.pick(page.get_by_label(say("into", "合并到")), "VIP (0)")
    expect(page.get_by_role("dialog")).to_contain_text(say("you see a plan first", "会先生成计划"))
    hand.press(page.get_by_role("button", name=say("See the plan", "查看计划")))
    page.wait_for_url("**/runs/**")
    merge = say("Merge Spring (60 followers) into VIP", "将“Spring”（60 人）合并到“VIP”")
    expect(page.locator("main")).to_contain_text(merge)
    assert {group.name: group.count for group in client.groups.list()}["Spring"] == 60


def test_the_rows_follow_what_becomes_of_their_group(stage: Stage, client: Client) -> None:
    """A group that is renamed is renamed in the rows and the filter too, and one that is deleted is not looked at."""
    group = client.groups.create("Spring")
    stage.account.add_followers(2, group=group.id)
    page = stage.page(at=f"/?group={group.id}")
    choose(page, "Spring", "Rename")
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Summer")
    page.keyboard.press("Enter")
    expect(page.locator("#table tbody tr").first).to_contain_text("Summer")
    expect(page.locator("#filters [name=group] option:checked")).to_have_text("Summer")
    choose(page, "Summer", "Delete")
    page.get_by_role("button", name="Delete the group").click()
    expect(page.locator("#table tbody tr").first).to_contain_text("未分组")
    expect(page.locator("#filters [name=group] option")).not_to_contain_text(["Summer"])
    expect(page.get_by_role("link", name="All followers")).to_have_attribute("aria-current", "page")


@in_both_languages
def test_growth_is_drawn(stage: Stage, client: Client, language: str, say: Say) -> None:
    """Sizes of several days and the months in which members began to follow are drawn, and told in tables."""
    group = client.groups.create("<b>VIP</b>")
    openids = stage.account.add_followers(4, group=group.id)
    page = stage.page(language=language, at="/groups")
    expect(page.locator("#pictures figure")).to_have_count(1)
    expect(page.locator("[data-awaited]")).to_have_count(0)  # the sizes of today are noted
    now = time.time()
    joined = (1_700_000_000, 1_700_000_000, 1_710_000_000, 1_720_000_000)
    with opened_mirror(stage, read_only=False) as mirror:
        mirror.learn(
            [
                Follower(OpenID(openid), subscribe=True, group_id=group.id, subscribe_time=at)
                for openid, at in zip(openids, joined, strict=True)
            ],
            now + 1,
        )
        mirror.note_groups([Group(group.id, "<b>VIP</b>", 1)], now - 5 * 86_400)
    page.reload()
    figures = page.locator("#pictures figure")
    expect(figures).to_have_count(3)
    expect(figures.nth(2).locator(".legend")).to_contain_text("<b>VIP</b> 4")
    figures.nth(2).get_by_text(say("The numbers as a table", "以表格查看数据")).click()
    rows = figures.nth(2).locator("tbody tr")
    expect(rows.first).to_contain_text("2024-07")
    expect(rows.last).to_contain_text("2023-11")
    expect(rows.last.locator("td").first).to_have_text("2")


def test_a_slow_platform_keeps_nobody_waiting(
    stage: Stage, client: Client, gate: Gate, nothing_is_fresh: Callable[[], None]
) -> None:
    """While the platform takes seconds the groups of before stand there, and the new ones come by themselves."""
    group = client.groups.create("VIP")
    openids = stage.account.add_followers(3)
    page = stage.page()
    expect(line(page, "VIP")).to_contain_text("0")
    client.groups.move_many(openids, to=group)
    nothing_is_fresh()
    with gate.shut("groups/get"):
        page.reload()
        assert "3" not in line(page, "VIP").inner_text()
    expect(line(page, "VIP")).to_contain_text("3")


def test_a_page_that_is_looked_at_stays_fresh(
    patience: None, stage: Stage, client: Client, nothing_is_fresh: Callable[[], None]
) -> None:
    """After a minute the counts are asked for again, and later more seldom while nothing changes."""
    group = client.groups.create("VIP")
    openids = stage.account.add_followers(3)
    page = stage.page()
    nothing_is_fresh()
    page.clock.install()
    page.reload()
    client.groups.move_many(openids, to=group)
    page.clock.fast_forward(61_000)
    expect(line(page, "VIP")).to_contain_text("3")
    asked = len(stage.account.requests(call="groups.list"))
    for _ in range(20):
        page.clock.fast_forward(61_000)
    expect(line(page, "VIP")).to_contain_text("3")
    assert len(stage.account.requests(call="groups.list")) - asked < 8


def test_a_new_group_leaves_the_filter_as_it_is(stage: Stage, client: Client) -> None:
    """Making and renaming groups changes nothing in the filter: it goes on saying whom the table shows."""
    vip = client.groups.create("VIP")
    stage.account.add_followers(2, group=vip.id)
    page = stage.page()
    group = page.locator("#filters [name=group]")
    page.get_by_role("button", name="New group").click()
    page.get_by_label("Name", exact=True).fill("Spring")
    page.keyboard.press("Enter")
    expect(group.get_by_role("option", name="Spring")).to_have_count(1)
    expect(group).to_have_value("")
    line(page, "VIP").get_by_role("link").click()
    choose(page, "Spring", "Rename")
    page.get_by_label("Name", exact=True).fill("Summer")
    page.keyboard.press("Enter")
    expect(group.get_by_role("option", name="Summer")).to_have_count(1)
    expect(group).to_have_value(str(vip.id))


def test_two_groups_of_one_name_are_told_apart(stage: Stage, client: Client) -> None:
    """A name that is taken is refused until a second such group is meant; then both show their ids."""
    first = client.groups.create("VIP")
    stage.account.add_followers(1, group=first.id)
    page = stage.page()
    page.get_by_role("button", name="New group").click()
    dialog = page.get_by_role("dialog")
    again = dialog.get_by_role("checkbox", name="Let two groups be called so")
    field = dialog.get_by_label("Name", exact=True)
    field.fill("VIP")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text(
        f"a group of this name is there already (ID {first.id})"
    )
    field.fill("VIPs")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(again).to_have_count(0)
    field.fill("VIP")
    page.keyboard.press("Enter")
    again.check()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_have_count(0)
    second = client.groups.list()[-1]
    assert second.name == "VIP"
    expect(page.locator("#groups [data-group] small").filter(has_text="ID")).to_have_text(
        [f"ID {first.id}", f"ID {second.id}"]
    )
    expect(page.locator("#table .of")).to_have_text(f"VIP (ID {first.id})")
    expect(page.locator("#filters option").filter(has_text=f"VIP (ID {second.id})")).to_have_count(1)
    page.get_by_role("checkbox", name="Select this page").check()
    page.get_by_role("button", name="Move to …").click()
    expect(dialog.get_by_role("option").filter(has_text=f"ID {second.id}")).to_have_count(1)

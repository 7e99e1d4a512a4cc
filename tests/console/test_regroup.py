"""Regroup in the browser: a list becomes a plan, the plan is carried out and watched, stopped, and taken back."""

import re

import pytest
from playwright.sync_api import expect

from fenzu import Client
from fenzu.console.account import accounts
from fenzu.control import Fault
from tests.console.conftest import Open, Say, in_both_languages
from tests.console.followers import groups_of
from tests.console.gate import Gate
from tests.console.hands import Hand, by_both_hands, either_way
from tests.console.lists import as_csv, choose, drop
from tests.console.stage import Stage

PLAN = re.compile(r"/runs/")


@by_both_hands
@in_both_languages
def test_three_thousand_are_planned_watched_and_taken_back(
    stage: Stage, client: Client, gate: Gate, language: str, say: Say, hand: Hand
) -> None:
    """All that match become a plan; a guard asks first; the run is watched to its end, and undone."""
    openids = stage.account.add_followers(3_000)
    page = stage.page(language=language)
    main = page.get_by_role("main")
    hand.press(page.get_by_role("checkbox", name=say("Select this page", "选择本页")))
    hand.press(
        page.get_by_role("button", name=say("Select all 3,000 that match", "选择符合条件的全部 3,000 人"))
    )
    hand.press(page.get_by_role("button", name=say("Move to …", "移动到…")))
    expect(page.get_by_text(say("More than 50 become a plan", "超过 50 人会先生成计划"))).to_be_visible()
    hand.choose(page, "星标组")
    expect(page).to_have_url(PLAN)
    expect(main).to_contain_text(say("3,000 of 3,000 followers move", "3,000 个粉丝中移动 3,000 个"))
    apply = page.get_by_role("button", name=say("Apply the plan", "执行计划"))
    hand.press(apply)
    expect(page.locator("#alerts")).to_contain_text(say("tick the box", "勾选"))
    assert groups_of(client, openids[:100]) == {0}
    hand.press(page.get_by_role("checkbox", name=say("I know that", "我知道")))
    with gate.shut("members/batchupdate"):
        hand.press(apply)
        at_work = page.get_by_role("region", name=say("At work", "执行中"))
        expect(at_work).to_contain_text(say("Moving followers", "正在移动粉丝"))
        expect(page.locator("[data-told=total]")).to_have_text("3,000")
    expect(page.get_by_role("heading", name=say("What became of it", "执行结果"))).to_be_visible()
    expect(page.locator(".tile").filter(has_text=say("Moved", "已移动"))).to_contain_text("3,000")
    assert groups_of(client, openids[-100:]) == {2}
    hand.press(page.get_by_role("button", name=say("Undo…", "撤销…")))
    expect(main).to_contain_text(say("Followers who go back: 3,000", "移回粉丝 3,000 个"))
    hand.press(page.get_by_role("button", name=say("Undo it now", "立即撤销")))
    expect(page.get_by_role("heading", name=say("What became of the undo", "撤销结果"))).to_be_visible()
    assert groups_of(client, openids[:100]) == {0}
    hand.press(page.get_by_role("link", name=say("Followers", "粉丝")))
    expect(page.locator("[data-group='0']")).to_contain_text("3,000")


@by_both_hands
@in_both_languages
def test_a_list_is_read_planned_applied_and_reported(
    stage: Stage, language: str, say: Say, hand: Hand
) -> None:
    """Rows with problems are told, one has to be settled first, and the report tells what became of the others."""
    openids = stage.account.add_followers(400)
    page = stage.page(language=language, at="/regroup")
    hand.give(page, as_csv(openids[:60], "Regulars") + f"nonsense,2\n{openids[0]},2\n")
    expect(page.get_by_role("heading", name="crm.csv")).to_be_visible()
    expect(page.get_by_role("row", name="62 nonsense")).to_contain_text(say("left out", "略过"))
    expect(page.get_by_role("row", name="2 oTes").first).to_contain_text(say("to be settled", "须先处理"))
    plan = page.get_by_role("button", name=say("Make the plan", "制定计划"))
    hand.press(plan)
    expect(page.locator("#settle")).to_be_focused()
    expect(page.locator("#settle")).to_contain_text(say("choose which row counts", "选择以哪一行为准"))
    hand.press(page.get_by_label(say("Make groups that are missing", "新建不存在的分组")))
    conflict = say("If a follower is listed with different groups", "同一粉丝对应不同分组时")
    hand.pick(page.get_by_label(conflict), say("the first row counts", "以第一行为准"))
    hand.press(plan)
    expect(page).to_have_url(PLAN)
    expect(page.get_by_role("heading", name=say("Groups to be made", "新建分组"))).to_be_visible()
    hand.press(page.get_by_role("button", name=say("Apply the plan", "执行计划")))
    expect(page.get_by_role("heading", name=say("What became of it", "执行结果"))).to_be_visible()
    expect(page.get_by_text(say("Groups made: Regulars", "新建分组：Regulars"))).to_be_visible()
    with page.expect_download() as saved:
        hand.press(page.get_by_role("link", name=say("Everybody as CSV", "逐人结果（CSV）")))
    assert saved.value.path().read_text("utf-8-sig").count("\n") == 61
    hand.press(page.get_by_role("button", name=say("Check a sample", "抽查核对")))
    expect(page.get_by_text(say("all 60 who were asked for", "抽查的 60 个粉丝都在"))).to_be_visible()
    hand.press(page.get_by_role("link", name=say("Regroup", "批量分组")).first)
    expect(page.get_by_role("row", name="crm.csv")).to_contain_text(say("done", "完成"))


def test_a_list_with_a_mistyped_group_is_corrected_on_its_own_page(stage: Stage) -> None:
    """The group that may be meant is told, and the corrected list can be dropped where the problem was read."""
    openids = stage.account.add_followers(60)
    page = stage.page(language="zh", at="/regroup")
    drop(page, as_csv(openids, "星标祖"))
    expect(page.locator(".missing")).to_contain_text("相近的有 星标组 (2)")
    drop(page, as_csv(openids, "星标组"))
    expect(page).to_have_url(PLAN)


@either_way
def test_a_run_is_stopped_by_one_browser_watched_by_another_and_goes_on(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """A wait says until when and why, everybody watches the same run, and what was stopped goes on to its end."""
    openids = stage.account.add_followers(4_000)
    page = stage.page(language=language, at="/regroup")
    hand.give(page, as_csv(openids[:1_000], "2"))
    expect(page).to_have_url(PLAN)
    stage.account.set_quota(minute={"groups.move_many": 0})
    hand.press(page.get_by_role("button", name=say("Apply the plan", "执行计划")))
    used_up = say("this minute's calls are used up", "本分钟的调用次数已用完")
    expect(page.locator("[data-told=waiting]")).to_contain_text(used_up)
    other = stage.page(language=say("zh", "en"), at=page.url.removeprefix(stage.here))
    expect(other.locator("[data-told=total]")).to_have_text("1,000")
    used_up = say("本分钟的调用次数已用完", "this minute's calls are used up")
    expect(other.locator("[data-told=waiting]")).to_contain_text(used_up)
    hand.press(other.get_by_role("button", name=say("停止", "Stop")))
    expect(page.get_by_text(say("nothing is lost", "没有丢失任何进度"))).to_be_visible()
    expect(other.get_by_text(say("没有丢失任何进度", "nothing is lost"))).to_be_visible()
    stage.account.set_quota(minute={"groups.move_many": None})
    hand.press(page.get_by_role("button", name=say("Go on", "继续执行")))
    expect(page.get_by_text(say("Left to do", "尚未处理"))).to_have_count(0)
    expect(page.locator(".tile").filter(has_text=say("Moved", "已移动"))).to_contain_text("1,000")
    assert groups_of(client, openids[:100]) == {2}


@by_both_hands
@in_both_languages
def test_a_run_gets_through_a_busy_platform(
    stage: Stage, client: Client, language: str, say: Say, hand: Hand
) -> None:
    """While the platform is too busy the run says why it waits, and then everybody is moved without help."""
    openids = stage.account.add_followers(2_000)
    page = stage.page(language=language, at="/regroup")
    hand.give(page, as_csv(openids[:500], "2"))
    expect(page).to_have_url(PLAN)
    stage.account.faults(Fault.busy("groups.move_many"))
    hand.press(page.get_by_role("button", name=say("Apply the plan", "执行计划")))
    told = page.locator("[data-told=waiting]")
    expect(told).to_contain_text(say("the platform is busy", "系统繁忙"))
    stage.account.faults(Fault.busy("groups.move_many", every=3))
    expect(page.get_by_role("heading", name=say("What became of it", "执行结果"))).to_be_visible()
    expect(page.locator(".tile").filter(has_text=say("Moved", "已移动"))).to_contain_text("500")
    expect(page.locator(".tile").filter(has_text=say("Failed", "失败"))).to_contain_text("0")
    assert groups_of(client, openids[400:500]) == {2}


def test_the_real_account_is_named_and_asks_first(
    stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On production the page says so, and nothing is done before a question is answered; Escape means no."""
    openids = stage.account.add_followers(400)
    page = stage.page(at="/regroup")
    monkeypatch.setattr(accounts, "is_production", lambda url: True)
    choose(page, as_csv(openids[:60], "2"))
    expect(page.get_by_text(f"This is the real account {stage.account.appid}.").first).to_be_visible()
    apply, asks = page.get_by_role("button", name="Apply the plan"), page.get_by_role("dialog")
    apply.click()
    expect(asks).to_contain_text("60 of 400 followers move")
    page.keyboard.press("Escape")
    expect(asks).to_have_count(0)
    apply.press("Enter")
    asks.get_by_role("button", name="Cancel").click()
    expect(asks).to_have_count(0)
    assert not stage.account.requests(call="groups.move*")
    apply.press("Enter")
    asks.get_by_role("button", name="Apply it").press("Enter")
    expect(page.get_by_role("heading", name="What became of it")).to_be_visible()
    assert groups_of(client, openids[:60]) == {2}


def test_a_plan_that_was_never_applied_is_discarded(stage: Stage) -> None:
    """A plan can be thrown away from the list of plans, and is gone then."""
    openids = stage.account.add_followers(400)
    page = stage.page(at="/regroup")
    choose(page, as_csv(openids[:60], "2"))
    expect(page).to_have_url(PLAN)
    page.get_by_role("link", name="Regroup").first.click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing yet")).to_be_visible()


def test_an_account_for_reading_shows_a_plan_and_applies_nothing(open_stage: Open) -> None:
    """Who may only read sees what a plan would do, and no button that does it."""
    stage = open_stage(is_read_only=True)
    openids = stage.account.add_followers(400)
    page = stage.page(at="/regroup")
    choose(page, as_csv(openids[:60], "2"))
    expect(page.get_by_text("60 of 400 followers move")).to_be_visible()
    expect(page.get_by_role("button", name="Apply the plan")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "encoding", "found", "plan"),
    [
        ("en", "Encoding", "As found: GB18030", "Make the plan"),
        ("zh", "编码", "自动识别：GB18030", "制定计划"),
    ],
)
def test_a_list_that_was_read_wrongly_is_read_otherwise(
    stage: Stage, client: Client, language: str, encoding: str, found: str, plan: str
) -> None:
    """A list from another program, whose encoding was not found rightly, is planned once the right one is chosen."""
    openids = stage.account.add_followers(400)
    client.groups.create("老朋友們")
    page = stage.page(language=language, at="/regroup")
    choose(page, as_csv(openids[:60], "老朋友們"), encoding="big5")
    chosen = page.get_by_label(encoding)
    expect(chosen.locator("option:checked")).to_have_text(found)
    chosen.select_option("Big5")
    page.get_by_role("button", name=plan).click()
    expect(page).to_have_url(PLAN)
    expect(page.locator("main")).to_contain_text("老朋友們")

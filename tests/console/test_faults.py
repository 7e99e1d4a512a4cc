"""Letting calls go wrong from the page: a rule is filled in, strikes, is counted, and goes again."""

from playwright.sync_api import Page, expect

from fenzu import Client
from fenzu.control import Fault
from fenzu.testing import SandboxAccount
from tests.console.conftest import Open, Say
from tests.console.hands import Hand, either_way
from tests.console.stage import Stage


def move_is_busy(page: Page, account: SandboxAccount) -> None:
    """A move from outside the console meets the platform busy."""
    (openid,) = account.add_followers(1)
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        token = client.token()
    answer = page.request.post(
        f"{account.base_url}/cgi-bin/groups/members/update",
        params={"access_token": token},
        data={"openid": openid, "to_groupid": 2},
    )
    assert answer.json()["errcode"] == -1


@either_way
def test_a_move_fails_as_ordered(stage: Stage, language: str, say: Say, hand: Hand) -> None:
    """A fault that is filled in makes a move fail; the page counts it, and the log marks the request."""
    page = stage.page(language=language, at="/sandbox/faults")
    nothing = say("Nothing goes wrong on purpose", "没有设置故障")
    expect(page.get_by_role("heading", name=nothing)).to_be_visible()
    hand.write(page.get_by_label(say("To which calls", "影响的接口")), "groups.move")
    hand.press(page.get_by_role("button", name=say("Add", "添加"), exact=True))
    rule = say("the platform is busy (-1) groups.move every time", "系统繁忙（-1） groups.move 每次")
    row = page.get_by_role("row", name=rule)
    expect(row).to_be_visible()
    move_is_busy(page, stage.account)
    hand.press(page.get_by_role("button", name=say("Look again", "刷新")))
    expect(row.locator("td.number").nth(1)).not_to_have_text("0")
    hand.press(page.get_by_role("link", name=say("Requests", "请求日志")))
    struck = page.locator(".log tbody tr").filter(has_text="groups.move").first
    expect(struck.locator("[data-told=fault]")).to_have_text(say("errcode -1", "错误码 -1"))


def test_the_form_asks_for_what_is_needed(stage: Stage) -> None:
    """In Chinese: a code with a chance is filled in, added and removed again; fields that are not needed are away."""
    page = stage.page(language="zh", at="/sandbox/faults")
    expect(page.get_by_label("错误码")).to_be_hidden()
    page.get_by_role("combobox", name="故障", exact=True).select_option("answer")
    page.get_by_label("错误码").fill("45009")
    page.get_by_label("频率").select_option("chance")
    page.get_by_label("概率（%）").fill("50")
    page.get_by_label("最多次数").fill("3")
    page.get_by_role("button", name="添加").click()
    row = page.get_by_role("row", name="返回 45009")
    expect(row).to_contain_text("概率 50%，最多 3 次")
    assert stage.account.control.faults.get(stage.account.appid).rules[0].times == 3
    row.get_by_role("button", name="移除").click()
    expect(page.get_by_role("heading", name="没有设置故障")).to_be_visible()


def test_a_code_that_there_is_not(stage: Stage) -> None:
    """What the sandbox refuses is told in words, and the rules and the form stay as they are."""
    page = stage.page(at="/sandbox/faults")
    page.get_by_label("What happens").select_option("answer")
    page.get_by_label("Code").fill("7")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#alerts")).to_contain_text("the sandbox refused")
    expect(page.get_by_label("Code")).to_have_value("7")


def test_a_bad_day(stage: Stage) -> None:
    """A preset takes the place of the rules; clearing ends all of them."""
    page = stage.page(at="/sandbox/faults")
    page.get_by_role("button", name="A bad day").click()
    expect(page.locator("#faults tbody tr")).to_have_count(7)
    page.get_by_role("button", name="Slow").click()
    expect(page.locator("#faults tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Clear all").press("Enter")
    expect(page.get_by_role("heading", name="Nothing goes wrong on purpose")).to_be_visible()
    assert stage.account.control.faults.get(stage.account.appid).rules == ()


def test_a_read_only_account_shows_its_faults(open_stage: Open, account: SandboxAccount) -> None:
    """Whoever may only look sees the rules, and no button that changes them."""
    account.faults(Fault.busy("groups.move"))
    page = open_stage(is_read_only=True).page(at="/sandbox/faults")
    expect(page.get_by_role("row", name="the platform is busy")).to_be_visible()
    expect(page.locator("main [data-send]")).to_have_count(0)

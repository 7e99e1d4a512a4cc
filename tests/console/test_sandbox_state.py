"""Turning a sandbox's clock, its quotas and its whole state from the page. Each test has a sandbox of its own."""

import pytest
from playwright.sync_api import expect

from fenzu import Client
from fenzu.console.times import beijing
from fenzu.errors import DailyQuotaExceeded
from fenzu.testing import SandboxAccount
from tests.console.conftest import Open, Say
from tests.console.hands import Hand, either_way
from tests.console.stage import Stage


@pytest.fixture
def account(own_wechat_sandbox: SandboxAccount) -> SandboxAccount:
    """The account of a sandbox that the test has for itself: its clock is everybody's."""
    own_wechat_sandbox.reset()
    return own_wechat_sandbox


@either_way
def test_midnight_renews_the_quota(stage: Stage, client: Client, language: str, say: Say, hand: Hand) -> None:
    """A limit set on the page refuses a call with 45009, and a step of the clock to midnight lets it through again."""
    account = stage.account
    account.control.clock.freeze()  # so that no midnight comes by itself
    (openid,) = account.add_followers(1)
    page = stage.page(language=language, at="/sandbox/clock")
    dialog, limit = page.get_by_role("dialog"), page.get_by_label(say("Calls a day", "每日次数"))
    hand.press(page.get_by_role("button", name=say("Set groups.of", "设置 groups.of"), exact=True))
    hand.write(limit, "1")
    hand.press(dialog.get_by_role("button", name=say("Set", "设置"), exact=True))
    expect(page.locator("#toasts")).to_contain_text(
        say("The quota of groups.of is set", "groups.of 的额度已设置")
    )
    refused = say("Calls beyond the limits are refused", "超出额度的调用会被拒绝")
    expect(page.get_by_text(refused)).to_be_visible()
    client.groups.of(openid)
    with pytest.raises(DailyQuotaExceeded):
        client.groups.of(openid)
    midnight = page.get_by_role("button", name=say("On to midnight", "快进到零点"))
    hand.press(midnight)
    expect(page.locator("time[data-now]")).to_contain_text("00:00:00")
    expect(midnight).to_be_focused()
    assert client.groups.of(openid) == 0
    hand.press(page.get_by_role("button", name=say("Set groups.of", "设置 groups.of"), exact=True))
    hand.write(limit, "")
    hand.press(dialog.get_by_role("button", name=say("Set", "设置"), exact=True))
    expect(page.get_by_role("row", name="groups.of")).to_contain_text("100,000")


@either_way
def test_the_clock_is_stopped_and_let_go(stage: Stage, language: str, say: Say, hand: Hand) -> None:
    """The clock is stopped, moved on by minutes, let run sixty times as fast, and set back to real time."""
    clock = stage.account.control.clock
    page = stage.page(language=language, at="/sandbox/clock")
    stopped, fast = say("stopped", "已冻结"), say("60 seconds pass in one", "1 秒相当于 60 秒")
    hand.press(page.get_by_role("button", name=say("Stop it", "冻结")))
    expect(page.get_by_text(stopped)).to_be_visible()
    before = clock.read()
    assert before.frozen
    hand.write(page.get_by_label(say("Advance by", "快进"), exact=True), "90")
    hand.press(page.get_by_role("button", name=say("Advance", "快进"), exact=True))
    expect(page.locator("time[data-now]")).to_have_text(beijing(before.now + 90 * 60))
    assert clock.read().now == before.now + 90 * 60
    hand.press(page.get_by_role("button", name=say("Let it go on", "继续走时")))
    expect(page.get_by_text(stopped)).to_be_hidden()
    hand.write(page.get_by_label(say("Seconds that pass in one", "走时倍速")), "60")
    hand.press(page.locator("#rate-now"))
    expect(page.get_by_text(fast)).to_be_visible()
    hand.press(page.get_by_role("button", name=say("Back to real time", "恢复真实时间")))
    expect(page.get_by_text(fast)).to_be_hidden()
    assert clock.read().rate == 1


def test_quotas_of_all_and_of_one(stage: Stage) -> None:
    """Whether calls are refused is set for the account by a button and for all by a menu; what was used is set to 0."""
    quota, appid = stage.account.control.quota, stage.account.appid
    quota.set(appid, used={"groups.of": 40})
    page = stage.page(at="/sandbox/clock")
    page.get_by_role("button", name="Refuse what is beyond").click()
    expect(page.get_by_role("button", name="Refuse nothing")).to_be_focused()
    assert quota.get(appid).enforced
    for key in ("ArrowDown", "ArrowDown"):  # no step on the way is sent
        page.get_by_label("Accounts without a setting").press(key)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("all accounts")
    assert quota.mode() == "test"
    expect(page.locator("#mode-now")).to_be_focused()
    page.get_by_role("button", name="Nothing used").click()
    expect(page.locator("#toasts")).to_contain_text("Nothing of today's quotas")
    assert not any(quota.get(appid).used.values())


@either_way
def test_a_snapshot_is_put_back(stage: Stage, client: Client, language: str, say: Say, hand: Hand) -> None:
    """What was changed after a snapshot is undone by putting it back; the mirror is then in doubt until a sync."""
    account = stage.account
    openids = account.add_followers(3)
    page = stage.page(language=language, at="/sandbox/snapshots")
    dialog = page.get_by_role("dialog")
    hand.write(page.get_by_label(say("Keep it as", "快照名称")), "before")
    hand.press(page.get_by_role("button", name=say("Take a snapshot", "建立快照")))
    expect(page.get_by_role("row", name="before")).to_be_visible()
    client.groups.move_many(openids, to=2)
    hand.press(page.get_by_role("button", name=say("Put back before", "恢复 before")))
    expect(dialog).to_contain_text(
        say("All accounts of this sandbox become what they were", "该沙箱的所有账号都会回到当时的状态")
    )
    expect(dialog.get_by_role("button", name=say("Cancel", "取消"))).to_be_focused()
    hand.press(dialog.get_by_role("button", name=say("Put it back", "恢复")))
    expect(page.locator(".doubt")).to_contain_text(say("The sandbox was put back", "沙箱已恢复到快照"))
    assert client.groups.of(openids[0]) == 0
    hand.press(page.get_by_role("button", name=say("Read the followers anew", "重新读取粉丝")))
    expect(page.locator(".doubt")).to_have_count(0)
    hand.press(page.get_by_role("button", name=say("Delete before", "删除 before")))
    hand.press(dialog.get_by_role("button", name=say("Delete it", "删除")))
    expect(page.get_by_role("heading", name=say("No snapshot yet", "还没有快照"))).to_be_visible()
    assert account.control.snapshots.list() == []


@either_way
def test_a_reset_asks_and_tells_what_goes(stage: Stage, language: str, say: Say, hand: Hand) -> None:
    """Emptying the account tells how many go, can be cancelled, and leaves the mirror in doubt."""
    account = stage.account
    account.add_followers(120)
    page = stage.page(language=language, at="/sandbox/snapshots")
    dialog = page.get_by_role("dialog")
    empty = page.get_by_role("button", name=say("Empty the account…", "清空账号…"))
    hand.press(empty)
    expect(dialog).to_contain_text(say("120 followers and 3 groups", "120 个粉丝和 3 个分组"))
    hand.press(dialog.get_by_role("button", name=say("Cancel", "取消")))
    expect(dialog).to_be_hidden()
    assert account.control.accounts.get(account.appid).followers == 120
    hand.press(empty)
    hand.press(dialog.get_by_role("button", name=say("Empty it", "清空"), exact=True))
    expect(page.locator(".doubt")).to_contain_text(say("The account was emptied", "账号已清空"))
    assert account.control.accounts.get(account.appid).followers == 0


def test_a_read_only_account_changes_no_state(open_stage: Open) -> None:
    """Whoever may only look sees clock, quotas and snapshots, and is offered nothing that changes them."""
    stage = open_stage(is_read_only=True)
    for at in ("/sandbox/clock", "/sandbox/snapshots"):
        page = stage.page(at=at)
        expect(page.get_by_text("open for reading only")).to_be_visible()
        expect(page.locator("main [data-send], main [data-opens]")).to_have_count(0)

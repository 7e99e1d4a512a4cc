"""Turning a sandbox's clock, its quotas and its whole state from the page. Each test has a sandbox of its own."""

import pytest
from playwright.sync_api import expect

from fenzu import Client
from fenzu.console.times import beijing
from fenzu.errors import DailyQuotaExceeded
from fenzu.testing import SandboxAccount
from tests.console.conftest import Open
from tests.console.stage import Stage


@pytest.fixture
def account(own_wechat_sandbox: SandboxAccount) -> SandboxAccount:
    """The account of a sandbox that the test has for itself: its clock is everybody's."""
    own_wechat_sandbox.reset()
    return own_wechat_sandbox


def test_midnight_renews_the_quota(stage: Stage, client: Client) -> None:
    """A limit set on the page refuses a call with 45009, and a step of the clock to midnight lets it through again."""
    account = stage.account
    (openid,) = account.add_followers(1)
    page = stage.page(at="/sandbox/clock")
    page.get_by_role("button", name="Set groups.of").press("Enter")
    page.get_by_label("Calls a day").fill("1")
    page.get_by_label("Calls a day").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("The quota of groups.of is set")
    expect(page.get_by_text("Calls beyond the limits are refused")).to_be_visible()
    client.groups.of(openid)
    with pytest.raises(DailyQuotaExceeded):
        client.groups.of(openid)
    page.get_by_role("button", name="On to midnight").press("Enter")
    expect(page.locator("time[data-now]")).to_contain_text("00:00:0")
    expect(page.get_by_role("button", name="On to midnight")).to_be_focused()
    assert client.groups.of(openid) == 0
    page.get_by_role("button", name="Set groups.of").click()
    page.get_by_label("Calls a day").fill("")
    page.get_by_role("button", name="Set", exact=True).last.click()
    expect(page.get_by_role("row", name="groups.of")).to_contain_text("100,000")


def test_the_clock_is_stopped_and_let_go(stage: Stage) -> None:
    """In Chinese: the clock is stopped, moved on by minutes, let run sixty times as fast, and set back to real time."""
    clock = stage.account.control.clock
    page = stage.page(language="zh", at="/sandbox/clock")
    page.get_by_role("button", name="冻结").click()
    expect(page.get_by_text("已冻结")).to_be_visible()
    before = clock.read()
    assert before.frozen
    page.get_by_label("快进", exact=True).fill("90")
    page.get_by_label("快进", exact=True).press("Enter")
    expect(page.locator("time[data-now]")).to_have_text(beijing(before.now + 90 * 60))
    assert clock.read().now == before.now + 90 * 60
    page.get_by_role("button", name="继续走时").click()
    expect(page.get_by_text("已冻结")).to_be_hidden()
    page.get_by_label("走时倍速").fill("60")
    page.get_by_label("走时倍速").press("Enter")
    expect(page.get_by_text("1 秒相当于 60 秒")).to_be_visible()
    page.get_by_role("button", name="恢复真实时间").click()
    expect(page.get_by_text("1 秒相当于 60 秒")).to_be_hidden()
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


def test_a_snapshot_is_put_back(stage: Stage, client: Client) -> None:
    """What was changed after a snapshot is undone by putting it back; the mirror is then in doubt until a sync."""
    account = stage.account
    openids = account.add_followers(3)
    page = stage.page(at="/sandbox/snapshots")
    page.get_by_label("Keep it as").fill("before")
    page.get_by_label("Keep it as").press("Enter")
    expect(page.get_by_role("row", name="before")).to_be_visible()
    client.groups.move_many(openids, to=2)
    page.get_by_role("button", name="Put back before").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("All accounts of this sandbox become what they were")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Put it back").press("Enter")
    expect(page.locator(".doubt")).to_contain_text("The sandbox was put back")
    assert client.groups.of(openids[0]) == 0
    page.get_by_role("button", name="Read the followers anew").press("Enter")
    expect(page.locator(".doubt")).to_have_count(0)
    page.get_by_role("button", name="Delete before").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="No snapshot yet")).to_be_visible()
    assert account.control.snapshots.list() == []


def test_a_reset_asks_and_tells_what_goes(stage: Stage) -> None:
    """In Chinese: emptying the account tells how many go, can be cancelled, and leaves the mirror in doubt."""
    account = stage.account
    account.add_followers(120)
    page = stage.page(language="zh", at="/sandbox/snapshots")
    page.get_by_role("button", name="清空账号…").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("120 个粉丝和 3 个分组")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert account.control.accounts.get(account.appid).followers == 120
    page.get_by_role("button", name="清空账号…").click()
    dialog.get_by_role("button", name="清空", exact=True).click()
    expect(page.locator(".doubt")).to_contain_text("账号已清空")
    assert account.control.accounts.get(account.appid).followers == 0


def test_a_read_only_account_changes_no_state(open_stage: Open) -> None:
    """Whoever may only look sees clock, quotas and snapshots, and is offered nothing that changes them."""
    stage = open_stage(is_read_only=True)
    for at in ("/sandbox/clock", "/sandbox/snapshots"):
        page = stage.page(at=at)
        expect(page.get_by_text("open for reading only")).to_be_visible()
        expect(page.locator("main [data-send], main [data-opens]")).to_have_count(0)

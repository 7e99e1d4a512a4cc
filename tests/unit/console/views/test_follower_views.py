"""The followers page and what is done on it, asked without a browser."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import JSON, OWN, Browser, PretendedAccounts, make_console
from tests.unit.console.pretended_desk import over

from fenzu.console.account.desk import Desk
from fenzu.console.followers import table
from fenzu.console.groups import moving
from fenzu.console.regroup.plan_steps import PlannedAt, Step
from fenzu.console.regroup.planning import FINDING
from fenzu.errors import UsageError
from fenzu.wire.words import Words

OPENIDS = [f"o{n:027}" for n in range(120)]
SCRIPT = "<script>alert(1)</script>"
AHEAD = 4_000_000_000.0
"""Long after everybody began to follow."""


@pytest.fixture
def platform() -> Pretended:
    """A hundred and twenty followers in no group, one of whom has a hostile remark."""
    platform = Pretended(followers=dict.fromkeys(OPENIDS, 0))
    platform.remarks[OPENIDS[0]] = SCRIPT
    platform.page = 1_000
    return platform


@pytest.fixture
async def app(accounts: PretendedAccounts) -> AsyncIterator[Starlette]:
    """A console whose mirror is filled: the first page does that."""
    made = make_console(accounts)
    answer = await Browser(made).enter().get("/a/shop/")
    assert "Reading who follows" in answer.text
    job = desk_of(made).jobs.last("sync")
    await over(job)
    yield made
    await made.state.desks.close()


def desk_of(app: Starlette) -> Desk:
    """Return the desk of the account."""
    desk = app.state.desks.get("shop")
    assert isinstance(desk, Desk)
    return desk


async def test_a_page_holds_rows_and_links_to_the_next(browser: Browser) -> None:
    """Fifty followers stand in a page as text, with a link that leads to the next fifty."""
    page = (await browser.get("/a/shop/?sort=oldest")).text
    assert page.count("<tr data-id=") == 50
    assert SCRIPT not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'rel="next"' in page
    assert 'rel="prev"' not in page
    few = (await browser.get(f"/a/shop/?q={quote('<script>')}")).text
    assert few.count("<tr data-id=") == 1


async def test_a_cursor_that_is_none_is_refused_in_words(browser: Browser) -> None:
    """An address with a garbled cursor says so, and the console goes on."""
    answer = await browser.get("/a/shop/?at=nonsense")
    assert answer.status == 400
    assert "begin with the first page" in answer.text


@pytest.mark.parametrize(
    ("search", "count", "en", "zh"),
    [
        ("", 120, "120 match", "共 120 人符合"),
        (f"?q={OPENIDS[3]}", 1, "1 matches", "共 1 人符合"),
        ("?group=1", 0, "0 match", "共 0 人符合"),
    ],
)
async def test_the_count_comes_apart(browser: Browser, search: str, count: int, en: str, zh: str) -> None:
    """How many match is told in the reader's language."""
    english = await browser.get("/a/shop/followers/count" + search, **JSON)
    assert english.json == {"count": count, "message": en}
    chinese = await browser.get("/a/shop/followers/count" + search, **JSON, accept_language="zh-CN")
    assert chinese.json["message"] == zh


async def test_who_matches_is_saved_as_a_list(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom a search finds is saved with their groups, each once however many pages that takes, as Regroup reads it."""
    monkeypatch.setattr(table, "ROWS_A_LOOK", 50)
    answer = await browser.get("/a/shop/followers.csv?sort=openid&rows=100")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "openid,group,remark,followed"
    assert sorted(line.partition(",")[0] for line in lines[1:]) == OPENIDS
    assert {line.split(",")[1] for line in lines[1:]} == {"未分组"}
    assert 'attachment; filename="followers-' in answer.headers["content-disposition"]
    found = await browser.get(f"/a/shop/followers.csv?q={OPENIDS[7]}", accept_language="zh")
    assert found.text.removeprefix("\ufeff").startswith(f"openid,分组,备注,关注时间\n{OPENIDS[7]},未分组,")
    assert found.text.count("\n") == 2


async def test_a_small_move_is_done_and_taken_back(browser: Browser, platform: Pretended) -> None:
    """Up to fifty are moved at once, and the key in the answer takes it back."""
    moved = await browser.post("/a/shop/moves", {"to": 100, "openids": [*OPENIDS[:2], OPENIDS[0]]})
    assert moved.json["message"] == "Moved 2 followers to VIP"
    assert platform.followers[OPENIDS[0]] == 100
    assert 'data-to="100"' in (await browser.get("/a/shop/moves/targets")).text.split("recent")[0]
    back = await browser.post(f"/a/shop/moves/{moved.json['undo']}/undo")
    assert (back.json["message"], back.json["undo"]) == ("Put 2 followers back", None)
    assert platform.followers[OPENIDS[0]] == 0
    again = await browser.post(f"/a/shop/moves/{moved.json['undo']}/undo")
    assert (again.status, again.json["error"]) == (400, "UsageError")


async def test_more_than_fifty_are_not_moved_but_planned(
    browser: Browser, platform: Pretended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a large move, by names or by a query, is where its plan is, and nobody is moved."""
    monkeypatch.setattr(moving, "PATIENCE_SECONDS", 60)
    many: list[dict[str, object]] = [{"openids": OPENIDS[:51]}, {"query": {}}, {"query": {"group": 0}}]
    for whom in many:
        answer = await browser.post("/a/shop/moves", {"to": 100, **whom})
        assert answer.json["go"].startswith("/a/shop/runs/")
        assert (await browser.get(answer.json["go"])).status == 200
    assert set(platform.followers.values()) == {0}
    few = await browser.post("/a/shop/moves", {"to": 100, "query": {"text": OPENIDS[3]}})
    assert few.json["moved"] == [OPENIDS[3]]


class Held:
    """A plan that takes as long as the test wants it to, and then fails or is there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_go_on, self.begun, self.error = asyncio.Event(), 0, False
        monkeypatch.setattr(moving, "PATIENCE_SECONDS", 0)
        monkeypatch.setattr(moving, "plan_move", self.plan)

    async def plan(self, *_: object) -> AsyncGenerator[object, None]:
        self.begun += 1
        yield Step(FINDING)
        await self.may_go_on.wait()
        if self.error:
            raise UsageError(Words("the group is gone", "分组已不存在"))
        yield PlannedAt("/a/shop/runs/1")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Plans are made as long as a test wants."""
    return Held(monkeypatch)


async def test_a_plan_that_takes_long_is_waited_for(browser: Browser, app: Starlette, held: Held) -> None:
    """A page shows the wait; pressing again begins no second plan, and in the end the page leads to the plan."""
    wish = {"to": 100, "query": {}}
    first, second = [(await browser.post("/a/shop/moves", wish)).json for _ in range(2)]
    assert first == second == {"go": first["go"], "waits": True}
    page = await browser.get(first["go"])
    assert "Making a plan" in page.text
    assert "data-own" in page.text
    job = desk_of(app).jobs.get(first["go"].rpartition("/")[2])
    assert job is not None
    assert (job.told("zh")["title"], held.begun) == (FINDING.zh, 1)
    held.may_go_on.set()
    await over(job)
    assert job.told("en")["go"] == "/a/shop/runs/1"
    assert "data-own" in (await browser.get(first["go"])).text


async def test_a_plan_that_is_not_made_tells_why(browser: Browser, app: Starlette, held: Held) -> None:
    """Where it was stopped or has failed, the page says so and leads back; nothing was changed."""
    go = (await browser.post("/a/shop/moves", {"to": 100, "query": {}})).json["go"]
    job_id = go.rpartition("/")[2]
    assert (await browser.post(f"/a/shop/jobs/{job_id}/stop")).json["state"] == "stopped"
    page = (await browser.get(go)).text
    assert ("It was stopped" in page, "data-own" in page) == (True, False)
    held.error = True
    go = (await browser.post("/a/shop/moves", {"to": 100, "query": {}})).json["go"]
    held.may_go_on.set()
    await over(desk_of(app).jobs.get(go.rpartition("/")[2]))
    assert "the group is gone" in (await browser.get(go)).text


async def test_a_plan_that_fails_at_once_is_told_in_the_answer(
    browser: Browser, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stands at the table is told there, as long as the plan has not sent them to another page."""
    monkeypatch.setattr(moving, "PATIENCE_SECONDS", 60)
    held.error = True
    held.may_go_on.set()
    answer = await browser.post("/a/shop/moves", {"to": 100, "query": {}})
    assert (answer.status, answer.json["message"]) == (400, "the group is gone")


async def test_only_a_plan_is_waited_for_there(browser: Browser, app: Starlette) -> None:
    """Other work has no such page, and neither has what nobody knows."""
    sync = desk_of(app).jobs.last("sync")
    assert sync is not None
    for job_id in (sync.id, "nothing"):
        assert (await browser.get(f"/a/shop/moves/plans/{job_id}")).status == 404


@pytest.mark.parametrize(
    ("wish", "status", "told"),
    [
        ({"to": 100}, 400, "nobody is selected"),
        ({"to": 100, "query": {"text": "nobody"}}, 400, "nobody is selected"),
        ({"to": 999, "openids": OPENIDS[:1]}, 400, "group 999 is not there any more"),
        ({"to": "VIP", "openids": OPENIDS[:1]}, 400, "the request makes no sense"),
        ({"to": 100, "openid": OPENIDS[0]}, 400, "the request makes no sense"),
        ({"to": 100, "openids": ["no openid!"]}, 400, "not an openid"),
    ],
)
async def test_a_move_that_makes_no_sense_moves_nobody(
    browser: Browser, platform: Pretended, wish: dict[str, object], status: int, told: str
) -> None:
    """What cannot be moved, or nowhere to, is refused in words."""
    answer = await browser.post("/a/shop/moves", wish)
    assert (answer.status, told in answer.json["message"]) == (status, True)
    assert set(platform.followers.values()) == {0}


async def test_a_remark_is_kept_at_the_platform_and_found(browser: Browser, platform: Pretended) -> None:
    """A remark that was saved is searched for at once, and blanks around it are left out."""
    path = f"/a/shop/followers/{OPENIDS[7]}/remark"
    saved = await browser.send("PUT", path, {**OWN, **JSON}, '{"remark":" 张三 "}'.encode())
    assert saved.json["remark"] == platform.remarks[OPENIDS[7]] == "张三"
    assert OPENIDS[7] not in saved.json["message"]
    assert (await browser.get("/a/shop/followers/count?q=%E5%BC%A0", **JSON)).json["count"] == 1


async def test_a_card_tells_what_is_known(browser: Browser) -> None:
    """A card shows a follower with the moves that fenzu made, and who is not known has none."""
    await browser.post("/a/shop/moves", {"to": 100, "openids": OPENIDS[:1]})
    card = (await browser.get(f"/a/shop/followers/{OPENIDS[0]}", accept_language="zh")).text
    assert "→ <bdi>VIP</bdi>" in card
    assert SCRIPT not in card
    assert (await browser.get("/a/shop/followers/oNobody")).status == 404
    assert (await browser.get("/a/shop/followers/no%20openid")).status == 400


@pytest.mark.parametrize(
    ("language", "kept", "none"),
    [
        ("en", "Kept since <time>", "; older moves were forgotten. None in this time."),
        ("zh", "仅保留 <time>", " 以来的记录，更早的已清除。这段时间没有移动过。"),
    ],
)
async def test_a_card_tells_since_when_moves_are_kept(
    app: Starlette, browser: Browser, language: str, kept: str, none: str
) -> None:
    """Where older moves were forgotten, the history says since when it is kept, and not that there were none."""
    mirror = (await desk_of(app).mirrors()).write
    mirror.moved(OPENIDS[:1], 100, 1.0)
    mirror.forget_moves(AHEAD)
    card = await browser.get(f"/a/shop/followers/{OPENIDS[0]}", accept_language=language)
    assert kept in card.text
    assert f"</time>{none}</p>" in card.text
    mirror.moved(OPENIDS[:1], 101, AHEAD)
    card = await browser.get(f"/a/shop/followers/{OPENIDS[0]}", accept_language=language)
    assert kept in card.text
    assert "→ <bdi>华东媒</bdi>" in card.text
    assert none not in card.text


async def test_a_card_of_who_came_later_tells_of_no_older_moves(app: Starlette, browser: Browser) -> None:
    """Of whoever began to follow after the moves that were forgotten, no move is missing, and none is told of."""
    mirror = (await desk_of(app).mirrors()).write
    mirror.moved(OPENIDS[1:2], 100, 1.0)
    mirror.forget_moves(2.0)
    card = (await browser.get(f"/a/shop/followers/{OPENIDS[0]}")).text
    assert "None since they follow." in card
    assert "Kept since" not in card


async def test_what_the_platform_says_now_comes_apart(browser: Browser, platform: Pretended) -> None:
    """The platform's word about somebody is a part of its own, and an error of it stands there with its advice."""
    path = f"/a/shop/followers/{OPENIDS[1]}/live"
    platform.followers[OPENIDS[1]] = 101
    assert "华东媒" in (await browser.get(path)).text
    assert (await browser.get("/a/shop/followers/count?group=101", **JSON)).json["count"] == 1
    platform.faults["user/info"] = [40003]
    answer = await browser.get(path)
    assert (answer.status, "40003" in answer.text) == (200, True)

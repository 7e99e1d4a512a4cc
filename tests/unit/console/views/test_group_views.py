"""What is done with groups, asked without a browser: the forms, and what they send."""

import json

import pytest
from tests.cli.pretended import Pretended
from tests.unit.console.browsing import JSON, OWN, Answer, Browser

from fenzu.console.groups import changes, moving
from fenzu.wire.words import Words

VIP, MEDIA = 100, 101
OPENIDS = [f"o{n:027}" for n in range(3)]


@pytest.fixture
def platform() -> Pretended:
    """Two groups; VIP has three followers, one of whom is in the blacklist."""
    return Pretended(followers=dict(zip(OPENIDS, [VIP, VIP, 1], strict=True)))


async def send(browser: Browser, method: str, path: str, body: object = None) -> Answer:
    """Send JSON below the account's groups."""
    return await browser.send(
        method, f"/a/shop/groups{path}", {**OWN, **JSON}, json.dumps(body or {}).encode()
    )


async def read_followers(browser: Browser) -> None:
    """Let the mirror know who is in which group."""
    job = (await browser.post("/a/shop/sync")).json["job"]
    await browser.get(f"/a/shop/jobs/{job}/events")


async def test_each_form_is_a_page(browser: Browser) -> None:
    """A form tells what it is about, and what would become of the group."""
    assert "New group" in (await browser.get("/a/shop/groups/new")).text
    for verb, told in [("rename", "Rename"), ("delete", "Nobody is in it"), ("merge", "into")]:
        page = await browser.get(f"/a/shop/groups/{MEDIA}/{verb}")
        assert (page.status, told in page.text) == (200, True)


async def test_a_group_is_made_renamed_and_deleted(browser: Browser, platform: Pretended) -> None:
    """What a form sends is done at the platform, and told with the group's name."""
    made = await send(browser, "POST", "", {"name": "Spring"})
    number = made.json["id"]
    assert made.json["message"] == "Created group Spring."
    renamed = await send(browser, "PUT", f"/{number}", {"name": "Summer"})
    assert renamed.json["message"] == "Spring is called Summer now."
    assert platform.groups[number] == "Summer"
    gone = await send(browser, "DELETE", f"/{number}")
    assert gone.json == {"message": "The group Summer is deleted.", "gone": number}
    assert number not in platform.groups


async def test_a_group_is_merged_and_put_back(browser: Browser, platform: Pretended) -> None:
    """The members of one group go to another, with an undo and the question whether to delete what is empty now."""
    await read_followers(browser)
    merged = (await send(browser, "POST", f"/{VIP}/merge", {"to": str(MEDIA)})).json
    assert merged["message"] == "Moved 2 followers to 华东媒"
    assert (merged["form"], merged["problems"]) == (f"/a/shop/groups/{VIP}/delete", [])
    assert (await browser.post(merged["undo"])).json["message"] == "Put 2 followers back"
    assert platform.followers[OPENIDS[0]] == VIP


async def test_who_is_blocked_is_asked_about(browser: Browser, platform: Pretended) -> None:
    """Nobody comes out of the blacklist by a move that does not say so."""
    await read_followers(browser)
    wish = {"to": VIP, "openids": OPENIDS}
    assert (await browser.post("/a/shop/moves", wish)).json == {"blocked": 1}
    assert platform.followers[OPENIDS[2]] == 1
    moved = await browser.post("/a/shop/moves", {**wish, "unblocks": True})
    assert "out of 黑名单" in moved.json["message"]


async def test_what_the_mirror_cannot_take_is_told(
    browser: Browser, platform: Pretended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that was made is made, also where the mirror cannot be told of it: that is a problem beside."""

    async def warn(*_: object) -> Words:
        return Words("the mirror does not know it", "镜像未更新")

    monkeypatch.setattr(changes, "tell", warn)
    made = await send(browser, "POST", "", {"name": "Spring"})
    assert made.json["problems"] == ["the mirror does not know it"]
    assert "Spring" in platform.groups.values()


async def test_a_large_merge_is_planned(
    browser: Browser, platform: Pretended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than fifty are not moved at once: the answer is where their plan is."""
    monkeypatch.setattr(moving, "PATIENCE_SECONDS", 60)
    platform.followers |= {f"o1{n:026}": MEDIA for n in range(60)}
    await read_followers(browser)
    merged = (await send(browser, "POST", f"/{MEDIA}/merge", {"to": str(VIP)})).json
    assert merged["go"].startswith("/a/shop/runs/")
    assert list(platform.followers.values()).count(MEDIA) == 60

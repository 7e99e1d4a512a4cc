"""The pictures of the console in docs/images: `python -m tools.screenshots [name…]` takes them anew, with a Chromium.

The account is made up and alike each time; a picture is a WebP of some tens of kilobytes.
"""

import base64
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
from playwright.sync_api import Page, sync_playwright
from tests.console.lists import choose, table
from tests.console.stage import Console, Stage

from fenzu import Client
from fenzu.cli.console.demo import DemoAccounts
from fenzu.control import Control
from fenzu.errors import ApiError
from fenzu.testing import AccountMaker, SandboxAccount, SandboxProcess
from fenzu.wire.limits import BLACKLIST

FOLDER = Path(__file__).parent.parent / "docs/images"
APPID = "wx5b0bb1e5c0ffee00"
GROUPS = {
    0: ("未分组", 6204),
    1: ("黑名单", 12),
    2: ("星标组", 58),
    100: ("会员", 2310),
    101: ("华东门店", 1876),
    102: ("华南门店", 1204),
    103: ("新关注", 640),
    104: ("活动报名", 418),
    105: ("媒体与合作", 36),
}
REMARKS = (
    "老客户",
    "李老师",
    "上海 · 张经理",
    "Anna",
    "展会认识",
    "周末活动",
    "VIP 2024",
    "门店店长",
    "Ben (press)",
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
YEARS = 3 * 365 * 24 * 3600


class Shot(NamedTuple):
    """A page, and what is done on it before the picture."""

    name: str
    at: str
    prepare: Callable[[Page], object] = lambda _: None
    dark: bool = False
    language: str = "en"
    width: int = 1280
    height: int = 800


def select_some(page: Page) -> None:
    """Select some rows."""
    for row in (2, 3, 5, 8):
        page.locator("#table tbody input").nth(row).check()


def pictures(page: Page) -> None:
    """Wait for the pictures."""
    page.locator("#pictures svg").first.wait_for()


def drop_list(page: Page) -> None:
    """Drop the list of a customer system, and let missing groups be made."""
    choose(page, table([*wishes(), ("nonsense", "会员")]), "crm-export.csv")
    page.get_by_label(re.compile("Make groups|新建")).check()
    page.get_by_role("button", name=re.compile("Make the plan|制定计划")).click()
    page.wait_for_url("**/runs/**")


def apply(page: Page) -> None:
    """Carry the plan out."""
    drop_list(page)
    page.get_by_role("button", name="Apply the plan").click()
    page.get_by_role("heading", name="What became of it").wait_for()


def open_refusal(page: Page) -> None:
    """Open a request that was refused."""
    page.locator(".log tbody tr").filter(has=page.locator(".badge.bad")).get_by_role("link").first.click()
    page.locator("dialog[open] h2").first.wait_for()


SHOTS = (
    Shot("sandbox-light", "/sandbox?call=groups.*", height=560),
    Shot("followers-light", "/", select_some),
    Shot("followers-dark", "/", select_some, dark=True),
    Shot("followers-zh-light", "/", select_some, language="zh"),
    Shot("followers-phone-dark", "/", dark=True, width=390, height=780),
    Shot("groups-light", "/groups", pictures, height=1240),
    Shot("groups-dark", "/groups", pictures, dark=True, height=1240),
    Shot("groups-zh-light", "/groups", pictures, language="zh", height=1240),
    Shot("plan-light", "/regroup", drop_list, height=900),
    Shot("plan-zh-light", "/regroup", drop_list, language="zh", height=900),
    Shot("run-light", "/regroup", apply),
    Shot("sandbox-zh-light", "/sandbox?call=groups.*", language="zh", height=560),
    Shot("sandbox-dark", "/sandbox?errcode=40050", open_refusal, dark=True),
)


def wishes() -> list[tuple[str, str]]:
    """Who is wanted in which group, by the customer system."""
    chance = random.Random(7)
    people = [
        str(line["openid"]) for line in made_up(0) if line.get("group") != BLACKLIST and "openid" in line
    ]
    groups = ("VIP 2026", "会员", "华东门店", "老客户回访", "华南门店", "0")
    return [(who, chance.choices(groups, (9, 8, 5, 4, 3, 1))[0]) for who in chance.sample(people, 3000)]


def made_up(now: float) -> Iterator[dict[str, object]]:
    """The lines of an account as the sandbox takes them in: groups, then followers in the order in which they came."""
    chance = random.Random(6)
    yield {
        "fenzu": "account",
        "version": 1,
        "appid": APPID,
        "secret": chance.randbytes(16).hex(),
        "next_group": 106,
    }
    for group_id, (name, _) in GROUPS.items():
        yield {"group": group_id, "name": name}
    homes = [group_id for group_id, (_, count) in GROUPS.items() for _ in range(count)]
    chance.shuffle(homes)
    since = sorted(now - YEARS * chance.random() ** 1.6 for _ in homes)
    for group_id, at in zip(homes, since, strict=True):
        openid = "oDF3iY" + "".join(chance.choices(LETTERS, k=22))
        remark = {"remark": chance.choice(REMARKS)} if chance.random() < 0.3 else {}
        yield {"openid": openid, "group": group_id, "since": int(at), **remark}
    yield {"followers": len(homes)}


def take(stage: Stage, shot: Shot) -> None:
    """Take one picture and keep it."""
    page = stage.page(
        language=shot.language, dark=shot.dark, width=shot.width, height=shot.height, at=shot.at
    )
    shot.prepare(page)
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    told = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": 82}
    )
    path = FOLDER / f"console-{shot.name}.webp"
    path.write_bytes(base64.b64decode(told["data"]))
    print(f"{path.relative_to(FOLDER.parent)}  {path.stat().st_size / 1024:.0f} KiB")


def ask_wrongly(account: SandboxAccount) -> None:
    """Let the log have something to explain."""
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        client.groups.list()
        for wrong in (
            lambda: client.groups.rename(999, "VIP"),
            lambda: client.groups.of("oNobody" + "0" * 21),
        ):
            with suppress(ApiError):
                wrong()


def main(names: list[str]) -> None:
    """Take the pictures of these names, or all."""
    known = [shot.name for shot in SHOTS]
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"no picture is called {', '.join(unknown)}; there are {', '.join(known)}")
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as temporary,
        SandboxProcess() as process,
        Control(process.ready.control_url) as control,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False
        ) as browser,
    ):
        folder = Path(temporary)
        seed = folder / "account.jsonl"
        seed.write_bytes(b"\n".join(msgspec.json.encode(line) for line in made_up(time.time())) + b"\n")
        account = AccountMaker(process.ready, control)(seed=seed)
        with Console(DemoAccounts(account, folder, is_read_only=False)) as console:
            ask_wrongly(account)
            stage = Stage(browser, console, account)
            for shot in SHOTS:
                if not names or shot.name in names:
                    take(stage, shot)


if __name__ == "__main__":
    main(sys.argv[1:])

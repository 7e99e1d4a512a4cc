"""The page for people who come from wechatpy names what is there, on both sides, and what it says of both is so."""

import re
import sys
from pathlib import Path

import pytest
from wechatpy import WeChatClient

from fenzu import Client
from fenzu.client import sync
from fenzu.testing import SandboxAccount
from tests.docs.reading import ROOT

PAGE = ROOT / "docs" / "howto" / "from-wechatpy.md"
ROWS = re.findall(
    r"^\| (`client\..+?`|–) \| (`account\..+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
)


def names(cell: str, owner: str) -> list[list[str]]:
    """Return the dotted names of a cell: `account.groups.create(name)` → [["groups", "create"]]."""
    return [found.split(".") for found in re.findall(rf"`{owner}\.([\w.]+)\(", cell)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("`"))
def test_each_call_is_there(row: tuple[str, str]) -> None:
    """Each row names a method of wechatpy and one of fenzu that exist."""
    theirs, ours = row
    for path in names(theirs, "client"):
        owner: object = WeChatClient
        for part in path:
            owner = getattr(owner, part)
    assert names(ours, "account")
    for path in names(ours, "account"):
        home = getattr(sync, path[0].capitalize()) if len(path) == 2 else sync.Client
        assert callable(getattr(home, path[-1]))


def test_every_call_of_wechatpy_is_told() -> None:
    """Nothing that wechatpy does with groups, tags and followers is missing from the page."""
    told = {tuple(path) for theirs, _ in ROWS for path in names(theirs, "client")}
    missing = {("user", "change_openid")}  # for an account that changed hands; no call of fenzu's yet
    for noun in ("group", "tag", "user"):
        methods = {name for name in vars(type(getattr(WeChatClient, noun))) if not name.startswith("_")}
        assert {(noun, name) for name in methods} - missing <= told


def test_both_live_on_one_token(wechat_sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of fenzu's works with the token that wechatpy keeps, and by itself beside it."""
    monkeypatch.syspath_prepend(str(Path(ROOT / "examples" / "sdks")))
    from wechatpy_client import connect  # type: ignore[import-not-found]  # an example, no package

    base_url, appid, secret = wechat_sandbox.base_url, wechat_sandbox.appid, wechat_sandbox.secret
    old = connect(base_url, appid, secret)
    with Client(appid, token=lambda: str(old.access_token), base_url=base_url) as account:
        group = account.groups.create("VIP")
        assert account.token() == old.access_token
    with Client(appid, secret, base_url=base_url) as account:
        assert account.groups.list()[-1].name == group.name
        assert account.token() != old.access_token
    assert old.group.get()[-1]["id"] == group.id
    sys.modules.pop("wechatpy_client")
    old._http.close()

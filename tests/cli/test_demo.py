"""`fenzu demo`: its pieces without a sandbox here; the whole of it in test_process.py."""

import asyncio
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from fenzu import AsyncClient
from fenzu.cli import demo, main
from fenzu.cli.demo import steps
from fenzu.cli.demo.screen import Screen
from fenzu.cli.demo.stage import SEED_IN_0, SEED_IN_104, SEED_TABLE, Stage
from fenzu.cli.demo.telling import Exchange, TellingTransport, blank_body, blank_path
from fenzu.cli.io import Streams
from fenzu.client.transport import Request
from fenzu.testing import Ready
from tests.cli.conftest import SECRET, Terminal
from tests.cli.pretended import Pretended

READY = Ready("http://127.0.0.1:9", "http://127.0.0.1:9", "wx5eed5eed5eed5eed", SECRET, "2013", 1, "0")


def seeds() -> Pretended:
    """Return a pretended account with the groups and followers of the seeds."""
    platform = Pretended({104: "华东媒", 106: "★不测试组★"}, {SEED_IN_104: 104, SEED_IN_0: 0})
    for group, (_, count) in SEED_TABLE.items():
        missing = count - list(platform.followers.values()).count(group)
        platform.followers.update({f"of{group:03}{n:023}": group for n in range(missing)})
    platform.page = 10_000
    return platform


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Play the demo on a pretended platform, without the regroup, which test_process.py shows."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")

    def run(
        platform: Pretended, *, language: str = "en", as_json: bool = False, terminal: bool = False
    ) -> Any:
        monkeypatch.setattr("fenzu.cli.demo.regrouping.is_possible", lambda: False)
        out = Terminal() if terminal else StringIO()
        monkeypatch.setattr("sys.stdout", out)
        monkeypatch.setattr("fenzu.client.transport.AsyncHttpTransport", lambda **_: platform)
        streams = Streams("zh" if language == "zh" else "en", as_json=as_json)
        return asyncio.run(demo.play(streams, READY, tmp_path)), out.getvalue()

    return run


def test_all_is_as_expected(play: Callable[..., tuple[int, str]]) -> None:
    """Against an account of the seeds every check holds and the exit code is 0."""
    code, out = play(seeds())
    assert code == main.DONE
    assert "✗" not in out
    assert "141 calls, 16 of 16 checks hold.\n" in out


def test_the_story(play: Callable[..., tuple[int, str]]) -> None:
    """Each step shows the calls that it makes, with their bodies and answers, and what fenzu makes of errors."""
    _, out = play(seeds())
    for line in (
        '   POST /cgi-bin/groups/create {"group":{"name":"test"}}',
        '   ← {"group": {"id": 107, "name": "test"}}',
        '   POST /cgi-bin/groups/update {"group":{"id":108,"name":"test2_modify2"}}',
        f'   POST /cgi-bin/groups/getid {{"openid":"{SEED_IN_104}"}}',
        f'   POST /cgi-bin/groups/members/update {{"openid":"{SEED_IN_0}","to_groupid":108}}',
        "   … 58 more calls …",
        "   ✓ moved, failed, calls: 3,000, 0, 60",
        '   POST /cgi-bin/groups/delete {"group":{"id":107}}',
        "   ! InvalidOpenid: 40003 invalid openid (groups.of). Next: the openid is malformed, no follower",
        "   ! ReservedGroup: 45016 can't modify sys group (groups.rename). Next: groups 0, 1 and 2 belong",
        "   ! InvalidGroupName: 40051 invalid group name (groups.create). Next: choose a name within the limit",
        "       0  未分组            72,595",
        "     108  test2_modify2          1",
    ):
        assert line in out


def test_without_the_extra(play: Callable[..., tuple[int, str]]) -> None:
    """Where the extra for plans is not installed, the rest is shown, and how to see the regroup too."""
    code, out = play(seeds())
    assert code == main.DONE
    assert "To see a regroup from a spreadsheet too, in a clone of fenzu: pip install '.[bulk]'\n" in out


def test_in_chinese(play: Callable[..., tuple[int, str]]) -> None:
    """The story is told in Chinese too."""
    _, out = play(seeds(), language="zh", terminal=True)
    assert "1. 列出所有分组" in out
    assert "共 " in out
    assert "下一步：" in out


def test_a_difference_fails_it(play: Callable[..., tuple[int, str]]) -> None:
    """Anything unexpected is shown with what was wanted and found, the rest goes on, and the exit code is 1."""
    platform = seeds()
    platform.groups[105] = "one too many"
    code, out = play(platform)
    assert code == main.ERROR
    assert "   ✗ the groups are those of the platform's documents\n     wanted {0: " in out
    assert "9. List the groups again" in out


def test_what_is_not_refused_fails_it(play: Callable[..., tuple[int, str]]) -> None:
    """A wrong input that the platform takes fails the demo."""
    platform = seeds()
    platform.followers[steps.NOBODY] = 1
    code, out = play(platform)
    assert code == main.ERROR
    assert "✗ refused with 40003\n     wanted 40003\n     found None\n" in out


def test_the_console_afterwards(
    play: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The end tells how to see the account in the browser, by lines that work where they are typed."""
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/fenzu")
    assert "\n\n  fenzu console --demo\n\n" in play(seeds())[1]
    assert "浏览器" in play(seeds(), language="zh")[1]
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "activate").touch()
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("sys.executable", str(binaries / "python"))
    monkeypatch.chdir(tmp_path)
    assert "\n  . .venv/bin/activate\n  fenzu console --demo\n\n" in play(seeds())[1]
    monkeypatch.setattr("fenzu.cli.demo.next_steps.find_spec", lambda _: None)
    assert (
        "fenzu console --demo\n  (first, in a clone of fenzu: pip install '.[console]')\n" in play(seeds())[1]
    )


def test_as_json(play: Callable[..., tuple[int, str]]) -> None:
    """With --json the whole story is one value."""
    _, out = play(seeds(), as_json=True)
    story = json.loads(out)
    assert story["ok"] is True
    assert len(story["steps"]) == len(steps.STEPS)
    assert [step["made"] for step in story["steps"]][4:7] == [2, 93, 34]
    assert len(story["steps"][5]["calls"]) == 5
    assert story["steps"][5]["checks"][0]["found"] == [3000, 0, 60]


def test_no_secret_is_shown(play: Callable[..., tuple[int, str]]) -> None:
    """Of secret and token the calls show nothing; the sandbox's own secret stands in the recipe at the end alone."""
    _, out = play(seeds())
    assert "T0KEN" not in out
    assert out.count(SECRET) == 1
    assert "POST /cgi-bin/stable_token" in out
    _, out = play(seeds(), as_json=True)
    assert SECRET not in out
    assert "T0KEN" not in out


def test_too_few_followers(tmp_path: Path) -> None:
    """Choosing followers ends where the account does, and takes those of no group only."""
    platform = Pretended(followers={"o1": 0, "o2": 100, "o3": 0})
    client = AsyncClient("wx1", SECRET, base_url="http://127.0.0.1:9", transport=platform)
    stage = Stage(client, Screen(Streams("en", as_json=True)), tmp_path)
    assert asyncio.run(steps.choose_followers(stage, 5)) == ["o1", "o3"]


def test_a_csv_file_goes_there_and_back(tmp_path: Path) -> None:
    """The file has the columns that an operator's file has."""
    path = tmp_path / "followers.csv"
    steps.write_csv(path, ["o1", "o2"])
    assert path.read_text() == "openid,group\no1,test\no2,test\n"
    assert steps.read_csv(path) == ["o1", "o2"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://x/cgi-bin/groups/get?access_token=abc", "/cgi-bin/groups/get"),
        ("http://x/cgi-bin/user/get?access_token=abc&next_openid=o1", "/cgi-bin/user/get?next_openid=o1"),
        ("http://x/cgi-bin/token?appid=a&secret=abc", "/cgi-bin/token?appid=a"),
    ],
)
def test_a_path_is_shown_without_its_token(url: str, shown: str) -> None:
    """The token and the secret of an address are left out, the rest of it stays."""
    assert blank_path(url) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"access_token":"abc","expires_in":7200}', '{"access_token":"…","expires_in":7200}'),
        (b'{"secret":"abc"}', '{"secret":"…"}'),
        (b'{"group":{"id":1}}', '{"group":{"id":1}}'),
        (b"no json \xff", "no json \ufffd"),
    ],
)
def test_a_body_is_shown_without_its_secret(body: bytes, shown: str) -> None:
    """Tokens and secrets in bodies are blanked, everything else is shown as it came."""
    assert blank_body(body) == shown


async def test_telling_changes_nothing() -> None:
    """The transport hands on requests and answers untouched."""
    heard: list[Exchange] = []
    transport = TellingTransport(Pretended(), heard.append)
    answer = await transport.send(
        Request("GET", "http://127.0.0.1:9/cgi-bin/groups/getid", b'{"openid":"x"}')
    )
    assert answer.body == b'{"errcode": 40003, "errmsg": "invalid openid"}'
    assert heard[0].path == "/cgi-bin/groups/getid"
    await transport.aclose()

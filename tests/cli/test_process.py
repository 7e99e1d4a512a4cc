"""The command as it is run: a process of its own, a real sandbox, real pipes and terminals, real signals."""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from fenzu.testing import SandboxAccount, SandboxProcess

SECONDS = 100
"""How long a command may take, on a machine that has other things to do."""
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Commands:
    """Runs `fenzu …` in processes, as the account of this test."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)

    def start(self, *arguments: str, **more: int) -> subprocess.Popen[bytes]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.Popen([sys.executable, "-m", "fenzu", *arguments], env=self.environ, **pipes)  # type: ignore[call-overload,no-any-return]  # the pipes are numbers, one and all

    def run(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(stdin.encode(), timeout=SECONDS)
        return process.returncode, out.decode(), err.decode()

    def on_terminal(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        """Run on a terminal of a hundred columns; return the exit code and all that it showed."""
        ours, theirs = pty.openpty()
        process = self.start(*arguments, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown, deadline = b"", time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    shown += os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                if typed and b"?" in shown:
                    os.write(ours, typed.encode())
                    typed = ""
        os.close(ours)
        return process.wait(timeout=SECONDS), shown.decode().replace("\r\n", "\n")


@pytest.fixture
def fenzu(account: SandboxAccount, tmp_path: Path) -> Commands:
    """The command, with the test's account of the sandbox in its environment."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FENZU_", "LC_", "LANG"))
    }
    return Commands(
        {
            **kept,
            "FENZU_BASE_URL": account.base_url,
            "FENZU_APPID": account.appid,
            "FENZU_SECRET": account.secret,
            "FENZU_CONFIG_DIR": str(tmp_path / "config"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLUMNS": "100",
        }
    )


@pytest.fixture
def openids(account: SandboxAccount) -> list[str]:
    """Three hundred and one followers of the account."""
    account.control.followers.add(account.appid, openids=[f"o{n:027}" for n in range(301)])
    return [f"o{n:027}" for n in range(301)]


def test_a_day_with_groups(fenzu: Commands, openids: list[str]) -> None:
    """Every command of the groups does its work against a sandbox, and the counts agree in the end."""
    assert fenzu.run("groups", "create", "VIP") == (0, "100\tVIP\n", "")
    assert fenzu.run("groups", "create", "贵宾", "--json")[1] == '{"id":101,"name":"贵宾","count":null}\n'
    assert fenzu.run("groups", "rename", "贵宾", "钻石")[0] == 0
    assert fenzu.run("groups", "move", openids[0], "--to", "VIP") == (0, "", "Moved 1 of 1 to group 100.\n")
    assert fenzu.run("groups", "move", "-", "--to", "101", stdin="\n".join(openids[1:]))[0] == 0
    assert (
        fenzu.run("groups", "of", openids[0], openids[300])[1]
        == f"{openids[0]}\t100\t\n{openids[300]}\t101\t\n"
    )
    assert (
        fenzu.run("groups", "list")[1]
        == "0\t未分组\t0\n1\t黑名单\t0\n2\t星标组\t0\n100\tVIP\t1\n101\t钻石\t300\n"
    )
    assert fenzu.run("groups", "delete", "钻石")[0] == 0
    assert fenzu.run("groups", "list")[1].startswith("0\t未分组\t300\n")


def test_followers_token_and_call(fenzu: Commands, openids: list[str]) -> None:
    """The other commands do theirs."""
    assert fenzu.run("followers", "list")[1].split() == openids
    assert fenzu.run("followers", "show", openids[0])[1].split("\t")[:3] == [openids[0], "yes", "0"]
    code, token, _ = fenzu.run("token")
    assert (code, len(token.strip()) > 20) == (0, True)
    assert json.loads(fenzu.run("call", "groups/getid", f'{{"openid":"{openids[0]}"}}')[1]) == {"groupid": 0}


def test_on_a_terminal(fenzu: Commands, openids: list[str]) -> None:
    """On a terminal there is a table with colours, a question before deleting, and a bar for a long move."""
    code, shown = fenzu.on_terminal("groups", "list")
    assert (code, "\x1b[" in shown) == (0, True)
    assert [line.split() for line in ANSI.sub("", shown).splitlines()[2:]] == [
        ["0", "未分组", "301"],
        ["1", "黑名单", "0"],
        ["2", "星标组", "0"],
    ]
    fenzu.run("groups", "create", "VIP")
    code, shown = fenzu.on_terminal("groups", "move", *openids, "--to", "VIP")
    assert (code, "moving" in shown) == (0, True)
    assert shown.endswith("Moved 301 of 301 to group 100.\n")
    code, shown = fenzu.on_terminal("groups", "delete", "VIP", typed="y\n")
    assert code == 0
    assert "Delete group 100 VIP (followers: 301)? They go to group 0. [y/N]: y\n" in shown
    fenzu.environ["NO_COLOR"] = "1"
    assert "\x1b" not in fenzu.on_terminal("groups", "list")[1]


def test_in_chinese(fenzu: Commands) -> None:
    """The system's language is obeyed, errors of the platform included."""
    fenzu.environ["LANG"] = "zh_CN.UTF-8"
    code, out, err = fenzu.run("groups", "delete", "0")
    assert (code, out) == (1, "")
    assert err.startswith(
        "fenzu: 45016 can't modify sys group：系统分组，不允许修改 (groups.delete)。下一步：0、1、2 是系统分组"
    )


def test_without_a_language(fenzu: Commands) -> None:
    """Where the system says nothing of languages and encodings, Chinese names still come through a pipe."""
    for name in ("LANG", "LC_ALL", "LC_CTYPE"):
        fenzu.environ.pop(name, None)
    assert fenzu.run("groups", "list")[1].startswith("0\t未分组\t0\n")


def test_a_wrong_secret(fenzu: Commands) -> None:
    """A secret that is not the account's ends with 4, and stands in no output."""
    fenzu.environ["FENZU_SECRET"] = "f" * 32
    code, out, err = fenzu.run("groups", "list")
    assert (code, out) == (4, "")
    assert "invalid appsecret" in err
    assert "f" * 32 not in err


def test_nobody_answers(fenzu: Commands) -> None:
    """Where nothing listens the command ends with 1 and words."""
    fenzu.environ["FENZU_BASE_URL"] = "http://127.0.0.1:1"
    code, out, err = fenzu.run("groups", "create", "x")
    assert (code, out) == (1, "")
    assert err.startswith("fenzu: ")
    assert "Traceback" not in err


def test_a_command_ends_in_peace(fenzu: Commands) -> None:
    """The HTTP library's thread does not bring Python down while it ends; without care it does in half of the runs."""
    fenzu.environ["FENZU_BASE_URL"] = "http://127.0.0.1:1"
    crowd = [fenzu.start("groups", "create", "x") for _ in range(12)]
    for process in crowd:
        process.communicate(timeout=50)
    assert {process.returncode for process in crowd} == {1}


def test_a_reader_that_has_enough(fenzu: Commands, openids: list[str]) -> None:
    """A reader that closes the pipe ends the command quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    process = fenzu.start("followers", "list", stdout=writing)
    os.close(writing)
    assert (process.communicate(timeout=50)[1], process.returncode) == (b"", 0)


def test_a_reader_of_failures_that_has_enough(fenzu: Commands, openids: list[str]) -> None:
    """Who does not read which openids failed still learns from the exit code that some did."""
    reading, writing = os.pipe()
    os.close(reading)
    process = fenzu.start("groups", "move", openids[0], "o" + "9" * 27, "--to", "0", stdout=writing)
    os.close(writing)
    process.communicate(timeout=50)
    assert process.returncode == 6


def test_interrupted(fenzu: Commands) -> None:
    """Ctrl-C while a command waits for the platform ends it with 130 at once, without a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(50)
        fenzu.environ["FENZU_BASE_URL"] = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        process = fenzu.start("groups", "list")
        caller, _ = deaf.accept()
        with caller:
            assert caller.recv(1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=50)
    assert (process.returncode, out) == (130, b"")
    assert err.decode().strip() == "fenzu: interrupted"


def test_completion_asks_the_account(fenzu: Commands) -> None:
    """A shell that asks for completions gets the groups of the account, and nothing at all where nobody answers."""
    fenzu.run("groups", "create", "VIP")
    fenzu.environ |= {
        "_FENZU_COMPLETE": "bash_complete",
        "COMP_WORDS": "fenzu groups delete V",
        "COMP_CWORD": "3",
    }
    assert fenzu.run() == (0, "plain,VIP\n", "")
    fenzu.environ["FENZU_BASE_URL"] = "http://127.0.0.1:1"
    assert fenzu.run() == (0, "\n", "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams(fenzu: Commands, closed: str) -> None:
    """A stream that was closed before the command began is as good as /dev/null."""
    for arguments, code in (("groups list", 0), ("groups nope", 2), ("--version", 0)):
        line = f'"{sys.executable}" -m fenzu {arguments} {closed}'
        done = subprocess.run(["sh", "-c", line], env=fenzu.environ, capture_output=True, check=False)
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False)


@pytest.mark.parametrize("arguments", ["groups list", "--version", "--help"])
def test_a_full_disk(fenzu: Commands, tmp_path: Path, arguments: str) -> None:
    """Output that cannot be written is an error in one line, not a success and not a traceback."""
    line = f'ulimit -f 0; "{sys.executable}" -m fenzu {arguments} > "{tmp_path / "out"}"'
    done = subprocess.run(["sh", "-c", line], env=fenzu.environ, capture_output=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(rb"fenzu: .*File too large\n", done.stderr)


def test_version(fenzu: Commands) -> None:
    """The version needs no account and loads no library."""
    assert fenzu.run("--version") == (0, "fenzu 0.1.0\n", "")
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "fenzu", "--version"],
        capture_output=True,
        check=True,
        env=fenzu.environ,
    ).stderr.decode()
    assert not re.search(r"\| +(click|msgspec|typing|asyncio|rich)\b", loaded)


def test_help_loads_little(fenzu: Commands) -> None:
    """Help is made from a table: no command's module is loaded for it, nor anything that speaks to a platform."""
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "fenzu", "--help"],
        capture_output=True,
        check=True,
        env=fenzu.environ,
    ).stderr.decode()
    assert not re.search(r"\| +(msgspec|asyncio|rich|fenzu\.wire|fenzu\.cli\.groups)\b", loaded)


@pytest.mark.timeout(180)
def test_the_demo(fenzu: Commands) -> None:
    """The demo does every operation for real, regroups everybody and back, and ends by itself with 0."""
    code, out, err = fenzu.run("demo")
    assert (code, err) == (0, "")
    assert "✗" not in out
    folder = re.search(r"\S+fenzu-demo-\w+", out)
    assert folder is not None
    assert not Path(folder[0]).exists()
    for line in (
        "   ✓ followers in the copy, calls: 72,645, 736",
        "   ✓ listed, there already, to be moved: 72,645, 52,645, 20,000",
        "   ✓ calls that it will take: 403",
        "   ✓ moved, failed, calls: 20,000, 0, 403",
        "   ✓ as many more are in each group: 9,999, 5,011, 4,990",
        "   ✓ asked for, as the plan says: 20,000, 20,000",
        "   ✓ moved back, failed, calls: 20,000, 0, 402",
        "   ✓ all is as it was before",
        " calls, 24 of 24 checks hold.",
        "  fenzu console --demo",
    ):
        assert line in out


@pytest.mark.timeout(180)
def test_the_demo_on_a_terminal(fenzu: Commands) -> None:
    """On a terminal the demo is painted, and tells its story in the language that is asked for."""
    fenzu.environ["FENZU_LANG"] = "zh"
    code, shown = fenzu.on_terminal("demo")
    assert (code, "\x1b[" in shown, "✗" in shown) == (0, True, False)
    assert "一切都和之前一样" in shown
    assert "在浏览器中打开同样的账号" in shown


@pytest.mark.timeout(180)
def test_the_demo_as_json(fenzu: Commands) -> None:
    """For a program the demo is one JSON value, with the first and the last of many calls that are alike."""
    code, out, _ = fenzu.run("demo", "--json")
    story = json.loads(out)
    assert (code, story["ok"]) == (0, True)
    assert story["steps"][9]["made"] == 736
    assert len(story["steps"][9]["calls"]) == 2


def test_two_terminals(fenzu: Commands) -> None:
    """What the demo tells to try next works: a sandbox of the seeds, and the groups listed beside it."""
    with SandboxProcess("--demo") as sandbox:
        fenzu.environ["FENZU_BASE_URL"] = sandbox.ready.base_url
        fenzu.environ["FENZU_APPID"] = sandbox.ready.appid
        fenzu.environ["FENZU_SECRET"] = sandbox.ready.secret
        assert fenzu.run("groups", "list")[1] == (
            "0\t未分组\t72596\n1\t黑名单\t36\n2\t星标组\t8\n104\t华东媒\t4\n106\t★不测试组★\t1\n"
        )

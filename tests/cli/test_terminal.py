"""A person at a real terminal: Ctrl-C wherever a command waits, and completion in a real bash."""

import os
import sys
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.testing import SandboxAccount
from tests.cli.terminal import Terminal


@pytest.fixture
def environ(account: SandboxAccount, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with the test's account."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FENZU_", "LC_", "LANG"))
    }
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "FENZU_BASE_URL": account.base_url,
        "FENZU_APPID": account.appid,
        "FENZU_SECRET": account.secret,
        "FENZU_CONFIG_DIR": str(tmp_path / "config"),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    }


def test_ctrl_c_at_the_question(environ: dict[str, str], account: SandboxAccount, tmp_path: Path) -> None:
    """One Ctrl-C at the question before deleting ends the command at once, and nothing is deleted."""
    with Terminal(["fenzu", "groups", "delete", "2"], environ, tmp_path) as terminal:
        terminal.wait_for("[y/N]: ")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "interrupted" in terminal.shown
    assert "Traceback" not in terminal.shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("groups", "of", "-"),
        ("groups", "move", "-", "--to", "2"),
        ("followers", "show", "-"),
        ("call", "groups/create", "-"),
    ],
)
def test_ctrl_c_while_typing(environ: dict[str, str], tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """One Ctrl-C while a command reads what a person types ends it at once."""
    with Terminal(["fenzu", *arguments], environ, tmp_path) as terminal:
        terminal.type("one\n")
        terminal.wait_for("one")  # the terminal has it
        terminal.wait_until_read()  # and the command has taken it
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "interrupted" in terminal.shown
    assert "Traceback" not in terminal.shown


@pytest.mark.needs("bash")
def test_a_hostile_name_in_a_real_bash(
    environ: dict[str, str], account: SandboxAccount, tmp_path: Path
) -> None:
    """A group whose name is a command completes to its id: the Enter after it runs nothing but our command."""
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        made = client.groups.create("zz$(touch${IFS}pwn)")
    with Terminal(["bash", "--norc", "--noprofile", "-i"], {**environ, "PS1": "> "}, tmp_path) as terminal:
        terminal.type("unset HISTFILE; source <(fenzu completion bash); echo loa''ded\n")
        terminal.wait_for("loaded")
        terminal.type("fenzu groups delete zz\t")
        terminal.wait_for(f"{made.id} ")  # readline goes back over the two letters
        terminal.type("\n")
        terminal.wait_for("[y/N]: ")
        terminal.type("y\n")
        terminal.wait_for(f"Group {made.id} is deleted.")
        terminal.type("exit\n")
        assert terminal.end() == 0
    assert not (tmp_path / "pwn").exists()

"""Shell completion: commands, options, groups of the account, kept accounts; and silence when something fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from fenzu.cli import completing
from fenzu.cli.edge import Run
from fenzu.cli.root import root
from tests.cli.conftest import SECRET, Shell


def complete(shell: Shell, *arguments: str) -> list[str]:
    """Complete the last argument, as a shell would ask for it."""
    asked = ShellComplete(root, {"obj": Run(shell.platform)}, "fenzu", "_FENZU_COMPLETE")
    return [item.value for item in asked.get_completions(list(arguments[:-1]), arguments[-1])]


def test_commands(shell: Shell) -> None:
    """Commands complete from their table, without loading one of them."""
    assert complete(shell, "") == list(root.table)
    assert complete(shell, "comp") == ["completion"]
    assert complete(shell, "co") == ["console", "completion"]
    assert complete(shell, "groups", "") == ["create", "list", "of", "rename", "move", "delete"]
    assert complete(shell, "--v") == ["--version"]
    assert not shell.platform.seen


def test_options(shell: Shell) -> None:
    """Options complete once a dash is typed."""
    assert complete(shell, "groups", "list", "--jso") == ["--json"]


@pytest.mark.parametrize(
    "command", [("rename",), ("delete",), ("members",), ("add", "o1", "--to"), ("remove", "o1", "--from")]
)
def test_tags(shell: Shell, command: tuple[str, ...]) -> None:
    """Where a tag is wanted the account's tags are offered by name, and by id once a digit is typed."""
    assert complete(shell, "tags", *command, "") == ["星标组", "广东"]
    assert complete(shell, "tags", *command, "13") == ["134"]


@pytest.mark.parametrize("command", [("rename",), ("delete",), ("move", "o1", "--to")])
def test_groups(shell: Shell, command: tuple[str, ...]) -> None:
    """Where a group is wanted the account's groups are offered by name, and by id once a digit is typed."""
    assert complete(shell, "groups", *command, "") == ["未分组", "黑名单", "星标组", "VIP", "华东媒"]
    assert complete(shell, "groups", *command, "V") == ["VIP"]
    assert complete(shell, "groups", *command, "10") == ["100", "101"]


def test_a_name_that_could_act_is_not_offered(shell: Shell) -> None:
    """A name with control characters would act on the line that somebody is typing; its id does not."""
    shell.platform.groups = {100: "a\x1b[31m", 101: "ok"}
    assert complete(shell, "groups", "delete", "") == ["100", "ok"]


@pytest.mark.parametrize(
    "name",
    [
        "zz$(touch${IFS}pwn)",
        "zz`x`",
        "zz;x",
        "zz y",
        "zz*",
        "zz'",
        "zz,y",
        "zz:y",
        "zz\\",
        "zz|x",
        "zz>x",
        "zz&",
    ],
)
def test_a_name_that_a_shell_would_act_upon(shell: Shell, name: str) -> None:
    """Bash puts a completed word into the line as it is, so a name that would need quoting is offered by its id."""
    shell.platform.groups = {100: name, 101: "zz-plain_1.★"}
    assert complete(shell, "groups", "delete", "zz") == ["100", "zz-plain_1.★"]


@pytest.mark.parametrize("name", ["-rf", "~root", "#x", "!1", "101"])
def test_a_name_that_would_be_taken_for_something_else(shell: Shell, name: str) -> None:
    """A name that looks like an option, a folder or the id of another group is offered by its id."""
    shell.platform.groups = {100: name, 102: "VIP"}
    assert complete(shell, "groups", "delete", "") == ["100", "VIP"]


def test_silence_without_an_account(shell: Shell) -> None:
    """Without an account there is nothing to offer, and nothing is said."""
    shell.without_account()
    assert complete(shell, "groups", "delete", "") == []


def test_silence_when_the_platform_refuses(shell: Shell) -> None:
    """When the platform refuses there is nothing to offer."""
    shell.platform.faults["groups/get"] = [45009]
    assert complete(shell, "groups", "delete", "") == []


def test_accounts(shell: Shell) -> None:
    """Where a kept account is wanted the names are offered; a broken file offers none."""
    where = ("--appid", "wx1", "--production", "--keep-secret-in", "file", "--secret-file", "-")
    for name in ("shop", "show", "play"):
        shell.run("account", "add", name, *where, stdin=SECRET)
    assert complete(shell, "account", "use", "sho") == ["shop", "show"]
    assert complete(shell, "groups", "list", "--account", "p") == ["play"]
    (Path(os.environ["FENZU_CONFIG_DIR"]) / "accounts.toml").write_text("broken")
    assert complete(shell, "account", "use", "") == []


@pytest.mark.parametrize("name", ["zsh", "fish", "bash"])
def test_scripts(shell: Shell, name: str) -> None:
    """Each shell gets its script, named or taken from SHELL."""
    outcome = shell.run("completion", name)
    assert outcome.code == 0
    assert "_FENZU_COMPLETE" in outcome.out
    shell.setenv(SHELL=f"/bin/{name}")
    assert shell.run("completion").out == outcome.out


def test_an_unknown_shell(shell: Shell) -> None:
    """A shell that click does not know is told with those it does."""
    outcome = shell.run("completion", "tcsh")
    assert (outcome.code, outcome.out) == (2, "")
    assert "bash, zsh and fish" in outcome.err


@pytest.mark.needs("bash")
def test_in_a_real_bash() -> None:
    """A real bash with our script loaded offers the commands."""
    typed = 'source /dev/stdin; COMP_WORDS=(fenzu gro); COMP_CWORD=1; _fenzu_completion fenzu; echo "${COMPREPLY[@]}"'
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path}
    script = subprocess.run(
        [sys.executable, "-m", "fenzu", "completion", "bash"], capture_output=True, check=True, env=environ
    ).stdout
    done = subprocess.run(
        ["bash", "--norc", "-c", typed], input=script, capture_output=True, check=True, env=environ
    )
    assert done.stdout.decode().split() == ["groups"]


def test_patience_is_short() -> None:
    """Nobody waits two seconds for a completion."""
    assert completing.PATIENCE < 2

"""What goes to which stream, and how it is made harmless."""

import sys
from io import BytesIO, StringIO, TextIOWrapper
from typing import NoReturn

import pytest

from fenzu.cli import main
from fenzu.cli.edge import prepare_streams
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.refusals import GuardError, NoAccount
from fenzu.errors import (
    ApiError,
    FenzuError,
    StoreError,
    TransportError,
    UsageError,
    api_error,
)
from fenzu.wire.words import Words
from tests.cli.conftest import Shell, Terminal

SAY = Words("said", "说")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("华东媒 ★ Ünïcode 👨‍👩‍👧", "华东媒 ★ Ünïcode 👨‍👩‍👧"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m\x00\x7f", "\\x9b31m\\x00\\x7f"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("C:\\names", "C:\\names"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    """What could act on a terminal is written out; every letter of every script stays."""
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FenzuError(SAY), 1),
        (TransportError(SAY), 1),
        (StoreError(SAY), 1),
        (UsageError(SAY), 2),
        (NoAccount(SAY), 4),
        (api_error(40001, "invalid credential"), 4),
        (api_error(42001, "access_token expired"), 4),
        (api_error(40125, "invalid appsecret"), 4),
        (api_error(40164, "invalid ip"), 1),
        (api_error(45009, "reach max api daily quota limit"), 5),
        (api_error(45011, "minute"), 5),
        (api_error(-1, "system error"), 5),
        (ApiError(99999, "new"), 1),
        (GuardError(SAY), 7),
    ],
)
def test_exit_codes(error: FenzuError, code: int) -> None:
    """Each family of errors ends a command with its documented code."""
    assert main.code_of(error) == code


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is printed alone."""
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == "fenzu 0.1.0\n"


def test_the_end_is_left_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the HTTP library is loaded the process ends itself, all written: Python might abort on its way out."""
    left: list[int] = []

    def leave(code: int) -> NoReturn:
        left.append(code)
        raise SystemExit(code)

    out = StringIO()
    flushed: list[bool] = []
    monkeypatch.setattr(out, "flush", lambda: flushed.append(True))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["fenzu", "--version"])
    monkeypatch.setattr("os._exit", leave)
    monkeypatch.setitem(sys.modules, "pyreqwest", sys)
    with pytest.raises(SystemExit):
        main.main()
    assert (left, bool(flushed)) == ([0], True)
    monkeypatch.delitem(sys.modules, "pyreqwest")
    with pytest.raises(SystemExit):
        main.main()
    assert left == [0]


def test_interrupted_before_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at any moment ends with 130."""

    def strike() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "print_version", strike)
    assert main.run(["--version"]) == 130


def test_interrupted_at_a_question(shell: Shell) -> None:
    """Ctrl-D or Ctrl-C at a question is no yes."""
    outcome = shell.run("groups", "delete", "100", terminal=True, stdin="")
    assert outcome.code == 130
    assert outcome.err.endswith("fenzu: interrupted\n")
    assert 100 in shell.platform.groups


def test_interrupted_in_chinese(shell: Shell) -> None:
    """The one word that is said then is Chinese for readers of Chinese."""
    shell.setenv(FENZU_LANG="zh")
    assert shell.run("groups", "delete", "100", terminal=True, stdin="").err.endswith("fenzu: 已中断\n")


def test_colours_on_a_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours, unless NO_COLOR is set or it cannot; a pipe never does."""
    monkeypatch.delenv("NO_COLOR")
    coloured = shell.run("groups", "list", terminal=True).out
    assert "\x1b[" in coloured
    assert shell.run("groups", "nope", terminal=True).err.startswith("\x1b[1;31mfenzu:\x1b[0m ")
    assert "\x1b" not in shell.run("groups", "list").out
    shell.setenv(TERM="dumb")
    assert "\x1b" not in shell.run("groups", "list", terminal=True).out
    shell.setenv(TERM="xterm-256color", NO_COLOR="1")
    outcome = shell.run("groups", "list", terminal=True)
    assert "\x1b" not in outcome.out


def test_markup_in_a_name_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Square brackets and colons in a name are letters, not instructions to the drawing library."""
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    Streams("en").rows((Column(Words("name", "名称")),), [["[red]x[/] :smile:"]])
    assert "[red]x[/] :smile:" in out.getvalue()


def test_a_message_keeps_its_own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own sentences may have lines; what stands in them may not act."""
    err = StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    Streams("en").complain("one\ntwo\x1b")
    assert err.getvalue() == "fenzu: one\ntwo\\x1b\n"


def test_an_encoding_that_has_no_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of another world shows escapes, and the command does not die of it."""
    raw = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, encoding="latin-1"))
    prepare_streams()
    Streams("zh").line("é 分")
    sys.stdout.flush()
    assert raw.getvalue() == b"\xe9 \\u5206\n"


def test_a_file_that_cannot_be_read_is_told(shell: Shell) -> None:
    """Errors of the system come in the system's words, without a traceback."""
    shell.setenv(FENZU_CONFIG_DIR="/dev/null/x")
    shell.without_account()
    where = ("--appid", "wx1", "--production", "--keep-secret-in", "nowhere")
    outcome = shell.run("account", "add", "play", *where)
    assert outcome.code == 1
    assert outcome.err.startswith("fenzu: cannot read /dev/null/x/accounts.toml: Not a directory. Next: ")
    assert "FENZU_CONFIG_DIR" in outcome.err


def test_a_file_that_cannot_be_written_is_told(shell: Shell) -> None:
    """A folder for settings that cannot be made is told by name, with what to do."""
    shell.setenv(FENZU_CONFIG_DIR="/proc/no/such")
    shell.without_account()
    outcome = shell.run(
        "account", "add", "play", "--appid", "wx1", "--production", "--keep-secret-in", "nowhere"
    )
    assert outcome.code == 1
    assert outcome.err.startswith(
        "fenzu: cannot write /proc/no/such/accounts.toml: No such file or directory."
    )
    assert "FENZU_CONFIG_DIR" in outcome.err

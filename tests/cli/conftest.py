"""A command line run inside the test's process, with streams that are a pipe or a terminal as the test wants."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from fenzu.cli import edge, main
from tests.cli.pretended import Pretended

SECRET = "5ec4e7" + "0" * 26
ACCOUNT = {
    "FENZU_BASE_URL": "http://127.0.0.1:9",
    "FENZU_APPID": "wx0123456789abcdef",
    "FENZU_SECRET": SECRET,
}
SETTINGS = (
    "FENZU_LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
    "FENZU_ACCOUNT",
    "NO_COLOR",
    "FORCE_COLOR",
    *ACCOUNT,
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Outcome(NamedTuple):
    """What a command line left behind."""

    code: int
    out: str
    err: str


class Shell:
    """Runs command lines; its fields are what a test may change before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.platform = Pretended()
        self._patch = monkeypatch

    def setenv(self, **values: str) -> None:
        for name, value in values.items():
            self._patch.setenv(name, value)

    def without_account(self) -> None:
        for name in ACCOUNT:
            self._patch.delenv(name, raising=False)

    def run(self, *arguments: str, stdin: str = "", terminal: bool = False) -> Outcome:
        kind = Terminal if terminal else io.StringIO
        out, err = kind(), kind()
        with self._patch.context() as patch:
            patch.setattr(sys, "stdin", kind(stdin))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = run(arguments, self.platform)
        return Outcome(code, out.getvalue(), err.getvalue())

    def calls(self) -> list[tuple[str, str, str]]:
        """What the platform was asked, without the token calls."""
        return [call for call in self.platform.seen if not call[1].endswith("token")]


def run(arguments: Sequence[str], platform: Pretended) -> int:
    try:
        return edge.call(arguments, transport=platform)
    except KeyboardInterrupt:
        return main.INTERRUPTED


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in English with an account in its environment, a folder for settings of its own, and no colours."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**ACCOUNT, "FENZU_CONFIG_DIR": str(tmp_path / "config"), "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    return Shell(monkeypatch)

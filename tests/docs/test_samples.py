"""The samples of the README and docs/, run as a reader would run them: against `fenzu sandbox --demo`."""

import contextlib
import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from fenzu.testing import SandboxProcess
from tests.docs.reading import PAGES, ROOT, Block, blocks, name_of

ADDRESS, CONTROL = "http://127.0.0.1:8060", "http://127.0.0.1:8061"
"""Where the pages say that the sandbox is; here it is on free ports."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
VARYING = re.compile(
    r"(?P<moment>\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\dZ?)?)?)"
    r"|(?P<digest>\b[0-9a-f]{12,64}\b)"
    r"|(?P<calls>(?<=; calls: )\d+|(?<=，调用 )\d+(?= 次。))"
    r"|(?P<amount>^(?:calls|calls, groups.move_many|seconds|调用次数|调用 groups.move_many|用时（秒）) +[\d.]+$)",
    re.MULTILINE,
)
"""What is another each time: moments, digests of what was made then, calls that met the quota's end, seconds."""
EXAMPLES = {path.read_text(encoding="utf-8") for path in (ROOT / "examples").rglob("*") if path.is_file()}
"""Files that a page shows whole; they are run by the tests of their own."""


def with_blocks(*languages: str) -> list[Path]:
    return [page for page in PAGES if samples(page, *languages)]


def samples(page: Path, *languages: str) -> list[Block]:
    return [block for block in blocks(page) if block.language in languages and block.text not in EXAMPLES]


@pytest.fixture
def demo() -> Iterator[SandboxProcess]:
    with SandboxProcess("--demo") as process:
        yield process


@pytest.mark.parametrize("page", with_blocks("python"), ids=name_of)
def test_programs_do_what_the_page_says(
    page: Path,
    demo: SandboxProcess,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Every `python` block of a page runs, one after the other, and prints what the page says."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in samples(page, "python"):
        exec(compile(placed(block, demo), f"{page}", "exec"), names)  # the page's own text
        printed = capsys.readouterr().out
        if block.output is not None:
            assert printed == localised(block.output, demo), f"{name_of(page)}:{block.line}"


@pytest.mark.parametrize("page", with_blocks("console"), ids=name_of)
def test_transcripts_are_what_a_terminal_shows(page: Path, demo: SandboxProcess, tmp_path: Path) -> None:
    """Every command of a `console` block, typed in its order, prints what the page shows below it."""
    environment = shell_environment(demo, tmp_path, language_of(page))
    for block in samples(page, "console"):
        for command, shown in transcript(block):
            seen = on_terminal(localised(command, demo), environment, tmp_path)
            assert masked(seen) == masked(localised(shown, demo)), f"{name_of(page)}: {command}"


def on_terminal(command: str, environment: dict[str, str], folder: Path) -> str:
    """Return what a person at a plain terminal of 100 columns sees of a command."""
    mine, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    shell = subprocess.Popen(
        ["sh", "-c", command],
        env=environment,
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    written = b""
    with shell, contextlib.suppress(OSError):  # Linux says EIO when the last writer has gone
        while piece := os.read(mine, 65536):
            written += piece
    os.close(mine)
    return tidy(ESCAPES.sub("", written.decode()))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", with_blocks("demo"), ids=name_of)
def test_the_demo_looks_as_shown(page: Path) -> None:
    """Every line of a `demo` block is a line that `fenzu demo` prints, in that order."""
    environment = {**os.environ, "FENZU_LANG": language_of(page), "COLUMNS": "100"}
    command = [sys.executable, "-m", "fenzu", "demo"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=150)
    printed = iter(run.stdout.splitlines())
    for block in samples(page, "demo"):
        lost = [line for line in block.text.splitlines() if line not in printed]
        assert not lost


@pytest.mark.parametrize("page", with_blocks("py"), ids=name_of)
def test_fragments_are_python(page: Path) -> None:
    """Every `py` block, which is shown and not run, is at least Python."""
    for block in samples(page, "py"):
        if not page.is_relative_to(ROOT / "docs" / "reference"):  # signatures, which are no programs
            compile(block.text, f"{page}:{block.line}", "exec")


def placed(block: Block, demo: SandboxProcess) -> str:
    """Return the program with its lines where they stand on the page, for the traceback, and the sandbox's address."""
    return "\n" * (block.line - 1) + localised(block.text, demo)


def localised(text: str, demo: SandboxProcess) -> str:
    return text.replace(ADDRESS, demo.ready.base_url).replace(CONTROL, demo.ready.control_url)


def masked(text: str) -> str:
    """Return `text` with what varies replaced by its kind."""
    return VARYING.sub(lambda found: f"<{found.lastgroup}>", text)


def language_of(page: Path) -> str:
    return "zh" if ".zh-" in page.name else "en"


def shell_environment(demo: SandboxProcess, folder: Path, language: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("FENZU_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "FENZU_CONFIG_DIR": str(folder / "config"),
        "FENZU_BASE_URL": demo.ready.base_url,
        "FENZU_APPID": demo.ready.appid,
        "FENZU_SECRET": demo.ready.secret,
        "FENZU_CONTROL_URL": demo.ready.control_url,
        "LANG": "C.UTF-8",
        "FENZU_LANG": language,
        "TERM": "dumb",
        "COLUMNS": "100",
    }


def transcript(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a transcript with what is shown below it."""
    for piece in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = piece.partition("\n")
        yield command, tidy(shown)


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())

"""What is published: the wheel's content and metadata, and that it works where there is no source tree."""

import re
import subprocess
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from fenzu._version import __version__

ROOT = Path(__file__).parents[2]


def run(*command: str | Path) -> str:
    """Run a program from the throw-away environment somewhere else, with warnings as errors; give its output."""
    done = subprocess.run(
        command,
        cwd="/",
        env={"PATH": "/nowhere", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    """List the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def metadata(wheel: Path) -> Message:
    """Read what the wheel says about itself."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"fenzu-{__version__}.dist-info/METADATA").decode()
    return Parser().parsestr(text)


def test_wheel_holds_the_whole_package(names: set[str]) -> None:
    """Every file of the package that git knows, code or not, is in the wheel, the mark of typed packages among them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "src/fenzu"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    known = {name.removeprefix("src/") for name in listed if name and (ROOT / name).exists()}
    assert known <= names
    assert "fenzu/py.typed" in names


def test_wheel_holds_nothing_else(names: set[str]) -> None:
    """Tests, tools and caches stay at home."""
    info = f"fenzu-{__version__}.dist-info/"
    assert {name for name in names if not name.startswith(("fenzu/", info))} == set()
    assert {name for name in names if re.search(r"(^|/)(tests?|__pycache__)/|\.pyc$|conftest", name)} == set()
    assert f"{info}licenses/LICENSE" in names


def test_sdist_builds_the_same_wheel(wheel_of_sdist: Path, names: set[str]) -> None:
    """A packager who starts from the sdist gets the same files."""
    with zipfile.ZipFile(wheel_of_sdist) as archive:
        assert set(archive.namelist()) == names


def test_metadata(metadata: Message) -> None:
    """The wheel tells the version, the licence and the Pythons, and asks for nothing that only developers need."""
    assert metadata["Name"] == "fenzu"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    always = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert not [line for line in always if re.match(r"(pytest|mypy|ruff|hatchling|keyring|coverage)", line)]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert set(metadata.get_all("Provides-Extra", [])) == set(extras)


def test_installed_package_is_imported_from_the_wheel(installed: Path) -> None:
    """The tests of the installed package see the wheel, not the source tree."""
    place = run(installed / "python", "-c", "import fenzu; print(fenzu.__file__)")
    assert place.startswith(str(installed.parent))


def test_installed_names(installed: Path) -> None:
    """The names that the README shows can be imported from the installed wheel."""
    assert (
        run(installed / "python", "-c", "from fenzu import AsyncClient, Client; print(Client.__name__)")
        == "Client"
    )


def test_installed_command(installed: Path) -> None:
    """`fenzu --version` works from the installed wheel and tells the version of the wheel."""
    assert __version__ in run(installed / "fenzu", "--version")
    assert __version__ in run(installed / "python", "-m", "fenzu", "--version")


WHOLE = """
import sys
from fenzu import Client, mirror, regroup
from fenzu.testing import SandboxProcess

with SandboxProcess("--followers", "120") as sandbox:
    ready = sandbox.ready
    with Client(ready.appid, ready.secret, base_url=ready.base_url) as account:
        with mirror.Mirror.open("mirror.db", ready.base_url, ready.appid) as copy:
            for _ in mirror.sync(account, copy):
                pass
            wish = dict.fromkeys(account.followers.list(), "VIP")
            planned = regroup.plan(account, copy, wish, create=True)
            with regroup.save(planned.plan, "vip.plan") as run:
                report = regroup.finish(run, account, mirror=copy, force=True)
            print(report.state, report.moved, sum(report.calls.values()))
"""
"""A regroup from beginning to end, as a user of the library writes it."""

WITHOUT = """
import sys

sys.modules["polars"] = None  # as if it were not installed
from fenzu.cli.main import main

sys.argv = ["fenzu", *sys.argv[1:]]
sys.exit(main())
"""


def test_installed_regroup(installed: Path, tmp_path: Path) -> None:
    """With the extra bulk the installed wheel plans and carries out a regroup."""
    code = f"import os; os.chdir({str(tmp_path)!r})\n{WHOLE}"
    assert run(installed / "python", "-c", code) == "done 120 4"


def test_installed_worker(installed: Path) -> None:
    """With the extra queue the installed wheel has what a worker is made of."""
    assert run(installed / "python", "-c", "import procrastinate, fenzu.cli.worker; print('here')") == "here"
    assert "--concurrency" in run(installed / "fenzu", "worker", "--help")


CONSOLE = """
import json, re, subprocess, sys, urllib.request
from http.cookiejar import CookieJar

command = [sys.executable, "-m", "fenzu", "console", "--demo", "--port", "0"]
pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
with subprocess.Popen(command, **pipes) as process:
    link = json.loads(process.stdout.readline())["url"]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    browser.open(link).close()
    with browser.open(link.partition("/login")[0]) as answer:
        page = answer.read().decode()
    for name in set(re.findall("/static/[^\\"]+", page)):
        browser.open(link.partition("/login")[0] + name).close()
    print(re.search("<h1>(.*?) ", page)[1], {name.rpartition(".")[2] for name in re.findall("/static/[^\\"]+", page)})
    process.terminate()
sys.exit(process.returncode)
"""
"""Comes in by the link, and gets the first page with all that it loads."""


def test_installed_console(installed: Path) -> None:
    """With the extra console the installed wheel serves its pages with their styles and scripts, and ends well."""
    told = run(installed / "python", "-c", CONSOLE)
    assert told.startswith("Followers ")
    assert {"css", "js", "svg"} == set(re.findall("'([a-z]+)'", told))


def test_the_console_without_its_extra(installed: Path) -> None:
    """Without the extra console the command says how to install it, and its help is there."""
    code = WITHOUT.replace('"polars"', '"starlette"')
    done = subprocess.run(
        [installed / "python", "-c", code, "console", "--demo"],
        cwd="/",
        env={"PATH": "/nowhere", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install '.[console]'" in done.stderr
    assert "--read-only" in run(installed / "python", "-c", code, "console", "--help")


def test_a_plan_without_its_extra(installed: Path, tmp_path: Path) -> None:
    """Without the extra bulk the rest works, and `fenzu regroup plan` says how to install it."""
    (tmp_path / "crm.csv").write_text("openid,group\n")
    account = {"FENZU_APPID": "wx1", "FENZU_SECRET": "s", "FENZU_BASE_URL": "http://127.0.0.1:9"}
    done = subprocess.run(
        [installed / "python", "-c", WITHOUT, "regroup", "plan", "crm.csv", "--mirror", "mirror.db"],
        cwd=tmp_path,
        env={"PATH": "/nowhere", "HOME": str(tmp_path), "PYTHONWARNINGS": "error", **account},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install '.[bulk]'" in done.stderr
    assert "apply" in run(installed / "python", "-c", WITHOUT, "regroup", "--help")

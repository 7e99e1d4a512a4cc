"""The recipes for frameworks, run from the wheel: their own tests, and servers that fork before they serve."""

import contextlib
import json
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from fenzu import Client
from fenzu.testing import SandboxAccount

EXAMPLES = Path(__file__).parents[2] / "examples"
PLAIN = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}


def recipe(name: str, folder: Path) -> Path:
    """Copy a recipe to where no source tree is near."""
    return Path(shutil.copytree(EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.parametrize("name", ["celery", "django", "fastapi", "flask"])
def test_recipe(name: str, installed: Path, tmp_path: Path) -> None:
    """Where the wheel and the framework are installed, the recipe's own tests pass, without a warning."""
    done = subprocess.run(
        [installed / "python", "-m", "pytest", "-W", "error", "-p", "no:asyncio", "-p", "no:xdist", "-q"],
        cwd=recipe(name, tmp_path),
        env={**PLAIN, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@contextlib.contextmanager
def server(python: Path, *module: str, folder: Path, environment: dict[str, str]) -> Iterator[IO[str]]:
    """Run a server that forks, give what it writes, and end it with all its workers."""
    process = subprocess.Popen(
        [python, "-m", *module],
        cwd=folder,
        env={**PLAIN, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield process.stdout
        finally:
            process.send_signal(signal.SIGTERM)


def read_until(output: IO[str], pattern: str) -> re.Match[str]:
    """Read lines up to the one that holds `pattern`."""
    seen = []
    for line in output:
        seen.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError("".join(seen))


@pytest.mark.parametrize("options", [[], ["--preload"]], ids=["fork first", "load first"])
def test_flask_under_gunicorn(
    options: list[str], installed: Path, tmp_path: Path, wechat_sandbox: SandboxAccount
) -> None:
    """The Flask app answers from both of gunicorn's workers, whether they load it or inherit it, with one token."""
    folder = recipe("flask", tmp_path)
    environment = {**wechat_sandbox.environment, "TOKEN_FOLDER": str(tmp_path)}
    command = ["gunicorn", "--workers", "2", "--bind", "127.0.0.1:0", *options]
    command += ["--access-logfile", "-", "--access-logformat", "answered %(s)s by %(p)s", "app:create_app()"]
    with server(installed / "python", *command, folder=folder, environment=environment) as output:
        address = read_until(output, r"Listening at: (http://\S+)")[1]
        workers: set[str] = set()
        while len(workers) < 2:
            with urllib.request.urlopen(f"{address}/groups", timeout=20) as answer:
                assert [group["id"] for group in json.load(answer)] == [0, 1, 2]
            workers.add(read_until(output, r"answered 200 by (\S+)")[1])
    assert wechat_sandbox.control.accounts.get(wechat_sandbox.appid).calls["token.stable"] == 1


WORKER = """
import os, sys
from tasks import app, move

folder = os.getcwd()
app.conf.broker_transport_options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
if __name__ == "__main__":
    for openid in sys.argv[1:]:
        move.delay([openid], 2)
"""


def test_celery_prefork(
    installed: Path, tmp_path: Path, wechat_sandbox: SandboxAccount, wechat_client: Client
) -> None:
    """The Celery task runs in forked workers, each of which makes a client of its own."""
    folder = recipe("celery", tmp_path)
    (folder / "on_disk.py").write_text(WORKER)
    openids = wechat_sandbox.add_followers(6)
    environment = {**wechat_sandbox.environment, "CELERY_BROKER_URL": "filesystem://"}
    subprocess.run(
        [installed / "python", "on_disk.py", *openids], cwd=folder, env={**PLAIN, **environment}, check=True
    )
    command = ["celery", "-A", "on_disk", "worker", "--concurrency", "2", "-l", "INFO"]
    with server(installed / "python", *command, folder=folder, environment=environment) as output:
        for _ in openids:
            read_until(output, "succeeded in")
    assert {wechat_client.groups.of(openid) for openid in openids} == {2}

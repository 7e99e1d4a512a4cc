"""The CI files of docs/howto/ci.md: they are YAML of the shape that is meant, and their shell does what the page says.

Every line runs as it stands. Only the installing is pretended: `python3 -m venv` makes a folder with the fenzu that is
tested.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own, for this one call

from tests.docs.reading import ROOT, blocks

GITHUB, GITLAB = (
    yaml.safe_load(block.text) for block in blocks(ROOT / "docs/howto/ci.md") if block.language == "yaml"
)
RULES = ["2013", "2021"]

PYTHON = """#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\nexec "%s" -m fenzu "$@"\\n' "$REAL_PYTHON" > "$3/bin/fenzu"
printf '#!/bin/sh\\nls $2 > /dev/null\\n' > "$3/bin/pip"
chmod +x "$3/bin/fenzu" "$3/bin/pip"
"""
TESTS = """#!/bin/sh
exec "$REAL_PYTHON" - <<'END'
import json, os, urllib.request
with urllib.request.urlopen(os.environ["FENZU_CONTROL_URL"] + "/health") as answer:
    print(json.load(answer)["rules"], os.environ["FENZU_APPID"], os.environ["FENZU_SANDBOX_PID"])
END
"""
DEMO = "wx5eed5eed5eed5eed"


@pytest.fixture
def job(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a project's folder and the environment of a runner in it."""
    project, programs = tmp_path / "project", tmp_path / "programs"
    for folder in (project / "fenzu", project / "ci", programs):
        folder.mkdir(parents=True)
    (project / "ci" / "fenzu-0.1.0-py3-none-any.whl").touch()
    for path, text in ((programs / "python3", PYTHON), (project / "run-tests", TESTS)):
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FENZU_")}
    found = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return project, {**kept, "PATH": found, "REAL_PYTHON": sys.executable, "RUNNER_TEMP": str(tmp_path)}


def run(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a script as runners do, and return what it prints."""
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def is_gone(pid: int) -> bool:
    """Tell whether a process ends within a while."""
    for _ in range(500):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat")
            if state.exists() and state.read_text(encoding="utf-8").rpartition(") ")[2].startswith("Z"):
                return True  # it has ended, and nobody has asked after it
        except ProcessLookupError:
            return True
        subprocess.run(["sleep", "0.02"], check=True)
    return False


@pytest.mark.parametrize("rules", RULES)
def test_github_actions(job: tuple[Path, dict[str, str]], rules: str) -> None:
    """Step after step, each in a shell of its own, the project's tests find a sandbox that the last step ends."""
    folder, environment = job
    steps: list[dict[str, Any]] = GITHUB["jobs"]["test"]["steps"]
    assert GITHUB["jobs"]["test"]["strategy"]["matrix"] == {"rules": RULES}
    variables = folder / "github.env"
    variables.touch()
    printed = {}
    for step in steps:
        if "run" not in step:
            assert step["uses"].startswith("actions/")
            continue
        told = (line.split("=", 1) for line in variables.read_text(encoding="utf-8").splitlines())
        script = step["run"].replace("${{ matrix.rules }}", rules)
        assert "${{" not in script
        given = {**environment, **dict(told), "GITHUB_ENV": str(variables)}
        printed[step["name"]] = run(script, folder, given)
    seen_rules, appid, pid = printed["Test"].split()
    assert (seen_rules, appid) == (rules, DEMO)
    assert '{"ready":true' in printed["End the sandbox"]
    assert is_gone(int(pid))


@pytest.mark.parametrize("rules", RULES)
def test_gitlab_ci(job: tuple[Path, dict[str, str]], rules: str) -> None:
    """All lines in one shell: the project's tests find the sandbox, which ends when the shell does."""
    folder, environment = job
    lines: list[str] = [*GITLAB["test"]["before_script"], *GITLAB["test"]["script"]]
    assert all(isinstance(line, str) for line in lines)
    assert GITLAB["test"]["parallel"] == {"matrix": [{"RULES": RULES}]}
    seen_rules, appid, pid = run("\n".join(lines), folder, {**environment, "RULES": rules}).split()
    assert (seen_rules, appid) == (rules, DEMO)
    assert is_gone(int(pid))
    assert not (folder / "sandbox.env").exists()
    assert (folder / "sandbox.log").exists()

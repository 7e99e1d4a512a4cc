"""The public API as a user's type checker sees it: cases/right*.py are accepted, cases/wrong*.py reported."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"

MYPY = ["--strict", "--config-file=", "--no-error-summary", "--no-pretty", "--hide-error-context"]

Checker = Callable[[Path], dict[int, str]]
pytestmark = pytest.mark.timeout(300)  # polars alone takes mypy ten seconds of an idle core


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Copy the cases to where a user has them: away from fenzu's source and settings."""
    for case in CASES.glob("*.py"):
        shutil.copy(case, tmp_path)
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let mypy read fenzu and what it uses once for all cases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.mktemp("mypy")))
        yield


def check_with_mypy(case: Path) -> dict[int, str]:
    """Ask mypy in strict mode; report line → message."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *MYPY, case.name],
        cwd=case.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    found = re.findall(rf"^{case.name}:(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    assert len(found) == done.stdout.count(": error: "), done.stdout
    return {int(line): message for line, message in found}


def check_with_pyright(case: Path) -> dict[int, str]:
    """Ask basedpyright in pyright's strict mode; report line → message."""
    (case.parent / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    done = subprocess.run(
        [
            Path(sys.executable).with_name("basedpyright"),
            "--pythonpath",
            sys.executable,
            "--outputjson",
            case.name,
        ],
        cwd=case.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return {
        found["range"]["start"]["line"] + 1: found["message"]
        for found in json.loads(done.stdout)["generalDiagnostics"]
        if found["severity"] == "error"
    }


@pytest.fixture(params=[check_with_mypy, check_with_pyright], ids=["mypy", "pyright"])
def check(request: pytest.FixtureRequest) -> Checker:
    """Give each checker in turn."""
    checker: Checker = request.param
    return checker


@pytest.mark.parametrize("case", ["right.py", "right_regroup.py"])
def test_correct_code_is_accepted(desk: Path, check: Checker, case: str) -> None:
    """A strict type checker has nothing to say about correct user code, and infers the documented types."""
    assert check(desk / case) == {}


@pytest.mark.parametrize("case", ["wrong.py", "wrong_regroup.py"])
def test_mistakes_are_reported(desk: Path, check: Checker, case: str) -> None:
    """A strict type checker reports each misuse of the API, on its line and nowhere else."""
    lines = (desk / case).read_text(encoding="utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines, start=1) if "# wrong:" in line]
    found = check(desk / case)
    assert sorted(found) == wrong, found

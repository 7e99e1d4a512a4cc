"""The pytest plugin comes with the wheel: a project that installs fenzu has the fixtures, and nothing to configure."""

import shutil
import subprocess
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "pytest"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_installed_plugin(installed: Path, tmp_path: Path, workers: str) -> None:
    """Where only the wheel is installed, the example's tests pass in one process and in two, without a warning."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    done = subprocess.run(
        [installed / "python", "-m", "pytest", "-W", "error", "-n", workers, "-p", "no:asyncio", "-v"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for path in EXAMPLES.glob("test_*.py"):
        assert f"{path.name}::" in done.stdout
    assert "skipped" not in done.stdout

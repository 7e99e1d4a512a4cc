"""The page about SDKs shows the recipes that the tests run, and the recipes run as programs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.referee import Account
from tests.conformance.sdks import EXAMPLES, NODE_FOLDER

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "point-an-sdk.md"
PROGRAMS = sorted(path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".js"})


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_page_shows_the_recipe_that_is_tested(name: str) -> None:
    """Each recipe stands in the page, whole and unchanged."""
    language = "python" if name.endswith(".py") else "js"
    recipe = (EXAMPLES / name).read_text(encoding="utf-8").rstrip()
    assert f"```{language}\n{recipe}\n```" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.endswith("_client.py")])
def test_a_python_recipe_lists_the_groups(name: str, account: Account, tmp_path: Path) -> None:
    """A recipe run as a program prints the groups of the account in the environment."""
    assert listed([sys.executable, str(EXAMPLES / name)], account, tmp_path) == LISTED


@pytest.mark.needs("node")
@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.endswith(".js")])
def test_a_node_recipe_lists_the_groups(name: str, account: Account, tmp_path: Path) -> None:
    """A recipe run as a program prints the groups of the account in the environment."""
    assert listed(["node", str(EXAMPLES / name)], account, tmp_path) == LISTED


LISTED = ["0 未分组 60", "1 黑名单 0", "2 星标组 0", "104 VIP 3", "106 ★不测试组★ 0"]


def listed(command: list[str], account: Account, folder: Path) -> list[str]:
    """Run a recipe in `folder` and return the lines that it prints."""
    environment = os.environ | {
        "FENZU_BASE_URL": account.base_url,
        "FENZU_APPID": account.appid,
        "FENZU_SECRET": account.secret,
        "NODE_PATH": str(NODE_FOLDER / "node_modules"),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()

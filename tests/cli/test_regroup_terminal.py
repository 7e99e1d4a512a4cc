"""A plan applied by a person at a real terminal, against a real sandbox: the question, the display, Ctrl-C."""

import os
import sys
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.control import Fault
from fenzu.regroup._books.opening import open_run, save_plan
from fenzu.regroup._values import Batch, Create, Header, Plan
from fenzu.testing import SandboxAccount
from tests.cli.terminal import Terminal

FOLLOWERS = 10_000


@pytest.fixture
def environ(account: SandboxAccount, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with the test's account."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FENZU_", "LC_", "LANG"))
    }
    return {
        **kept,
        **account.environment,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "FENZU_CONFIG_DIR": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "COLUMNS": "140",
    }


@pytest.fixture
def plan(account: SandboxAccount, tmp_path: Path) -> str:
    """A plan that moves everybody into a group to be made."""
    openids = account.add_followers(FOLLOWERS)
    batches = tuple(
        Batch(number, -1, tuple(openids[start : start + 50]), (0,) * 50)
        for number, start in enumerate(range(0, FOLLOWERS, 50), start=1)
    )
    header = Header(
        appid=account.appid,
        base_url=account.base_url,
        made_at=1.0,
        wish="crm.csv",
        wishes=FOLLOWERS,
        followers=FOLLOWERS,
    )
    save_plan(Plan(header, (), (Create(-1, "VIP"),), (), (), batches), str(tmp_path / "crm.plan")).close()
    return "crm.plan"


def moved(account: SandboxAccount) -> int:
    """How many are in the group, by the platform."""
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        return sum(group.count or 0 for group in client.groups.list() if group.name == "VIP")


def test_ctrl_c_and_resume(
    environ: dict[str, str], account: SandboxAccount, plan: str, tmp_path: Path
) -> None:
    """Ctrl-C ends the run with 130 and a sum that the platform confirms; resuming shows the rest being moved."""
    account.faults(Fault(call="groups/members/batchupdate", delay_ms=150))
    with Terminal(["fenzu", "regroup", "apply", plan, "--force"], environ, tmp_path) as terminal:
        terminal.wait_for("Carry it out? [y/N]: ")
        assert f"Account {account.appid} at {account.base_url}, a sandbox or test host." in terminal.shown
        terminal.type("y\n")
        terminal.wait_for("calls left today")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "interrupted; nothing is lost" in terminal.shown
    assert "Go on with: fenzu regroup resume" in terminal.shown
    assert "Traceback" not in terminal.shown
    with open_run(str(tmp_path / plan), read_only=True) as run:
        tally = run.latest.tally()
        assert (run.latest.state().state, run.latest.state().reason) == ("stopped", "interrupted")
    assert 0 < tally.moved < FOLLOWERS
    assert f"Moved: {tally.moved:,} of 10,000; failed: 0" in terminal.shown
    assert tally.moved <= moved(account) <= tally.moved + 64 * 50
    account.faults()
    with Terminal(["fenzu", "regroup", "resume", plan, "--yes"], environ, tmp_path) as terminal:
        assert terminal.end() == 0
    assert "Moved: 10,000 of 10,000" in terminal.shown
    assert moved(account) == FOLLOWERS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm.plan", "data"]


def test_ctrl_c_at_the_question(
    environ: dict[str, str], account: SandboxAccount, plan: str, tmp_path: Path
) -> None:
    """One Ctrl-C at the question ends the command at once, and nothing was sent."""
    with Terminal(["fenzu", "regroup", "apply", plan, "--force"], environ, tmp_path) as terminal:
        terminal.wait_for("Carry it out? [y/N]: ")
        terminal.type("\x03")
        assert terminal.end() == 130
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        assert "VIP" not in [group.name for group in client.groups.list()]

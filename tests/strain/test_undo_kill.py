"""Killed again and again in the middle of an undo, the way back is found all the same."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from fenzu import Client, regroup
from fenzu.control import Control, Fault
from fenzu.testing import Ready, SandboxProcess
from fenzu.wire.environment import variables
from tests.strain.regrouping import spread

APPID, SECRET = "wxc0ffee0000000002", "5ecre7" * 6
SLOW = (Fault("groups/members/batchupdate", delay_ms=300), Fault("groups/delete", delay_ms=600))
"""So that a kill finds calls under way."""
MOST = 90.0
"""Seconds for the last undo, which nobody kills."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rules", ["2013", "2021"])
def test_kills_of_an_undo(tmp_path: Path, full: bool, rules: str) -> None:
    """Killed three times (FULL=1: fifteen), an undo ends with groups, names and members as they were before."""
    kills, chance = 15 if full else 3, random.Random(7)
    with SandboxProcess("--rules", rules) as sandbox, Control(sandbox.ready.control_url) as control:
        control.accounts.create(appid=APPID, secret=SECRET)
        url = sandbox.ready.base_url
        with Client(APPID, SECRET, base_url=url) as client:
            openids = [f"oUndo{number:023}" for number in range(1_000 * (kills + 1))]
            control.followers.add(APPID, openids=openids)
            before = state_of(client, openids)
            place = str(tmp_path / "crm.plan")
            with regroup.save(spread(openids, APPID, url), place) as run:
                assert regroup.finish(run, client, force=True).moved == len(openids)
            control.faults.set(SLOW, APPID)
            for _ in range(kills):
                program = undo(place, tmp_path, sandbox.ready, "--in-flight", "4")
                assert kill(program, 1.0 + chance.random()), "the undo was done before all kills"
            control.faults.clear(APPID)
            last = undo(place, tmp_path, sandbox.ready)
            assert last.wait(MOST) == 0
            assert state_of(client, openids) == before


def state_of(client: Client, openids: list[str]) -> tuple[dict[int, str], dict[str, int | None]]:
    names: dict[int, str] = {group.id: group.name for group in client.groups.list()}
    return names, {one.openid: one.group_id for one in client.followers.get_many(openids)}


def undo(place: str, folder: Path, ready: Ready, *options: str) -> "subprocess.Popen[bytes]":
    """Start `fenzu regroup undo`."""
    own = variables(base_url=ready.base_url, appid=APPID, secret=SECRET, control_url=ready.control_url) | {
        "XDG_DATA_HOME": str(folder / "data")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "fenzu", "regroup", "undo", place, "--yes", *options],
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(program: "subprocess.Popen[bytes]", after: float) -> bool:
    """Kill it after so many seconds, wherever it is by then; False if it has ended before."""
    try:
        program.wait(after)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
        return True
    return False

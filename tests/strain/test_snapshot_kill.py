"""Killed in the middle of a snapshot or a restore, a sandbox is as before or as after, and so is the snapshot."""

import contextlib
import random
import threading
import time
from pathlib import Path

import pytest

from fenzu.control import Control
from fenzu.errors import FenzuError
from fenzu.testing import SandboxProcess

APPID, FEW, MANY = "wx1", 30_000, 60_000


@pytest.mark.timeout(600)
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, full: bool) -> None:
    """Each life makes or restores a snapshot and is killed meanwhile; the next finds one whole state, never half."""
    store, rng = str(tmp_path / "store"), random.Random(7)
    with SandboxProcess("--store", store) as sandbox, Control(sandbox.ready.control_url) as control:
        control.accounts.create(appid=APPID, followers=FEW)
        control.snapshots.create("few")
        control.followers.add(APPID, count=MANY - FEW)
        control.snapshots.create("many")
        control.snapshots.create("some")
    for number in range(40 if full else 8):
        with SandboxProcess("--store", store) as sandbox, Control(sandbox.ready.control_url) as control:
            assert control.accounts.get(APPID).followers in {FEW, MANY}
            control.snapshots.restore("some")
            assert control.accounts.get(APPID).followers in {FEW, MANY}
            assert {snapshot.name for snapshot in control.snapshots.list()} == {"few", "many", "some"}
            control.snapshots.restore(("few", "many")[number % 2])
            busy = threading.Thread(target=keep_busy, args=(control, number))
            busy.start()
            time.sleep(rng.uniform(0.0, 0.3))
            sandbox.kill()
            busy.join()


def keep_busy(control: Control, number: int) -> None:
    """Make and restore snapshots until the sandbox is gone."""
    with contextlib.suppress(FenzuError):
        while True:
            control.snapshots.create("some")
            control.snapshots.restore(("many", "few")[number % 2])
            control.snapshots.restore(("few", "many")[number % 2])

"""Killed while it sweeps up what a reset left behind, a sandbox is whole, and the next one sweeps the rest."""

from pathlib import Path

import apsw
import pytest

from fenzu.control import Control
from fenzu.testing import SandboxProcess

APPID = "wx1"


def rows_of(store: Path, table: str) -> int:
    """Count rows while a sandbox has the store open."""
    connection = apsw.Connection(str(store), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5000)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").get)
    finally:
        connection.close()


@pytest.mark.timeout(300)
def test_a_sweep_goes_on_after_kills(tmp_path: Path, full: bool) -> None:
    """An account of 200,000 is empty at once and stays so; each life sweeps some of it until nothing is left."""
    store = tmp_path / "store"
    with SandboxProcess("--store", str(store)) as sandbox, Control(sandbox.ready.control_url) as control:
        control.accounts.create(appid=APPID, followers=200_000)
        control.accounts.create(appid="wx2", followers=7)
        control.reset(APPID)
        sandbox.kill()
    left = [rows_of(store, "roll")]
    for _ in range(10 if full else 3):
        with SandboxProcess("--store", str(store)) as sandbox, Control(sandbox.ready.control_url) as control:
            assert [control.accounts.get(appid).followers for appid in (APPID, "wx2")] == [0, 7]
            sandbox.kill()
        left.append(rows_of(store, "roll"))
    assert left[0] > 7
    assert left == sorted(left, reverse=True)
    with SandboxProcess("--store", str(store)) as sandbox, Control(sandbox.ready.control_url) as control:
        assert control.followers.add(APPID, count=9).followers == 9
        while rows_of(store, "discarded"):
            control.health()
    assert (rows_of(store, "roll"), rows_of(store, "membership")) == (16, 16)

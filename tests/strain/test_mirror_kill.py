"""A sync of a mirror in a process of its own, killed again and again."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.control import Fault
from fenzu.mirror import Mirror
from fenzu.mirror._profiles import WAVE
from fenzu.mirror._sync import IN_FLIGHT
from fenzu.testing import SandboxAccount

FOLLOWERS = 30_000
PAGES, HUNDREDS = 3, 300


@pytest.mark.timeout(300)
def test_a_sync_that_is_killed_loses_no_more_than_was_under_way(
    own_wechat_sandbox: SandboxAccount, tmp_path: Path, full: bool
) -> None:
    """Killed five times (FULL=1: twenty), a sync ends with all followers and has repeated only what was under way."""
    account, chance, kills = own_wechat_sandbox, random.Random(3), 0
    account.add_followers([f"oKill{number:023}" for number in range(FOLLOWERS)])
    place = str(tmp_path / "mirror.db")
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        vip = client.groups.create("VIP")
        client.groups.move_many([f"oKill{number:023}" for number in range(0, FOLLOWERS, 300)], to=vip)
    most = 20 if full else 5
    account.faults(
        Fault("user/info/batchget", delay_ms=60 * most)
    )  # so that no sync is through before all kills
    while (code := run_for(chance.uniform(0.5, 1.2) if kills < most else None, account, place)) is None:
        kills += 1
    assert kills == most, "the sync was through before all kills"
    assert code == 0
    with Mirror.open(place, account.base_url, account.appid) as mirror:
        assert mirror.counts() == {0: FOLLOWERS - 100, vip.id: 100}
        assert (mirror.unknown, mirror.followers) == (0, FOLLOWERS)
    with Client(account.appid, account.secret, base_url=account.base_url) as client:
        assert client.quota.get("user/get").used <= PAGES + kills
        assert client.quota.get("user/info/batchget").used <= HUNDREDS + kills * (IN_FLIGHT + 2 * WAVE)


def run_for(seconds: float | None, account: SandboxAccount, place: str) -> int | None:
    """Run a sync; kill it after so many seconds, and return None where it did not end by itself."""
    command = [sys.executable, "-m", "fenzu", "mirror", "sync", "--mirror", place]
    with subprocess.Popen(
        command, env={**os.environ, **account.environment}, stderr=subprocess.DEVNULL
    ) as process:
        if seconds is None:
            return process.wait(120)
        time.sleep(seconds)
        process.kill()
        return None if process.wait() < 0 else process.returncode

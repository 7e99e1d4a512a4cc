"""The clock of a running sandbox, turned by the control client while the platform's client works."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.control import Control, ControlError
from fenzu.testing import SandboxAccount, SandboxProcess

DAY = 86_400


@pytest.fixture
def own(own_wechat_sandbox: SandboxAccount) -> Iterator[tuple[Client, Control]]:
    """A sandbox of its own: others would mind its clock."""
    own = own_wechat_sandbox
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        yield account, own.control


def test_two_hours_take_no_time(own: tuple[Client, Control]) -> None:
    """A token that dies in mid-job is replaced, and the job goes on."""
    account, control = own
    account.groups.create("a")
    first = account.token()
    control.clock.advance(7200)
    assert [group.name for group in account.groups.list()][-1] == "a"
    assert account.token() != first
    calls = control.accounts.list()[0].calls
    assert calls["token.stable"] == 2


def test_a_frozen_clock_stands_still_and_a_fast_one_runs(own: tuple[Client, Control]) -> None:
    """At a million times its speed the clock is hours on after some milliseconds; frozen it stands still."""
    _, control = own
    control.clock.rate(1_000_000)
    before = control.clock.read()
    time.sleep(0.01)
    frozen = control.clock.freeze()
    assert frozen.now - before.now >= 3600
    assert control.clock.read().now == frozen.now
    assert control.clock.resume().rate == 1_000_000
    back = control.clock.reset()
    assert (back.rate, back.offset) == (1, 0)


def test_the_clock_goes_forward_only(own: tuple[Client, Control]) -> None:
    """What is past is refused with words."""
    _, control = own
    with pytest.raises(ControlError, match="forward only") as caught:
        control.clock.advance(-1)
    assert (caught.value.status, caught.value.code) == (400, "invalid_request")


def test_a_kill_and_a_restart_keep_the_time(tmp_path: Path) -> None:
    """Tomorrow is still tomorrow."""
    process = SandboxProcess("--store", str(tmp_path / "store"))
    with Control(process.start().control_url) as control:
        tomorrow = control.clock.advance_to_midnight()
    process.kill()
    with process, Control(process.ready.control_url) as control:
        reading = control.clock.read()
        assert reading.midnight == tomorrow.midnight
        assert reading.now >= tomorrow.now

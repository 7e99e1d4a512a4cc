"""The sandbox process that tests of other projects use."""

import os
import signal
import tempfile
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.control import ControlError
from fenzu.errors import PermissionDenied
from fenzu.testing import SandboxAccount, SandboxFailed, SandboxProcess


def test_a_process_that_is_not_started_says_so() -> None:
    """Who forgets the `with` is told, and ending what never began does nothing."""
    process = SandboxProcess()
    with pytest.raises(SandboxFailed, match="not started"):
        _ = process.ready
    assert (process.stop(), process.kill(), process.wait(), process.returncode) == (None, None, None, None)


def test_a_kill_is_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kill` ends it as a power cut would; the block may end afterwards, and nothing is left on the disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with SandboxProcess() as process:
        assert list(tmp_path.iterdir())
        assert process.kill() == -9
    assert process.returncode == -9
    assert list(tmp_path.iterdir()) == []


def test_a_process_can_be_started_again() -> None:
    """The second run tells its own ready line; while one runs there is no other."""
    process = SandboxProcess()
    first = process.start()
    with pytest.raises(SandboxFailed, match="runs already"):
        process.start()
    os.kill(first.pid, signal.SIGKILL)
    while process.returncode is None:
        signal.sigtimedwait([], 0.01)
    with process:
        assert process.ready.pid != first.pid
        assert process.stdout.count("\n") == 1


def test_an_account_in_a_state(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    """A test puts its account into a state while a client has a token, sees the code, and ends it again."""
    wechat_client.groups.list()
    wechat_sandbox.set_state("frozen")
    with pytest.raises(PermissionDenied) as refused:
        wechat_client.groups.list()
    assert refused.value.code == 50007
    wechat_sandbox.set_state("active")
    assert wechat_client.groups.list()
    with pytest.raises(ControlError, match="frozzen"):
        wechat_sandbox.set_state("frozzen")


def test_no_repr_shows_the_secret() -> None:
    """A failing test that prints its fixture prints no secret."""
    with SandboxProcess() as process:
        assert process.ready.secret not in repr(process)
        assert process.ready.appid in repr(process)


def test_what_does_not_get_ready_in_time_is_ended() -> None:
    """A start that takes too long fails with words and leaves no process."""
    process = SandboxProcess("--followers", "20000000", timeout=0.5)
    with pytest.raises(SandboxFailed, match="did not get ready"):
        process.start()
    assert process.returncode == -9

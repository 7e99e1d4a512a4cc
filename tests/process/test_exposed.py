"""A sandbox that other machines may reach, and a control port with a key; from this machine, as nothing else may be."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fenzu.control import Control, ControlError
from fenzu.testing import SandboxFailed, SandboxProcess
from tests.process.sockets import ask

KEY = "CANARY-control-key-0123456789"
GET_HEALTH = b"GET /health HTTP/1.1\r\nHost: %b\r\n\r\n"
GET_GROUPS = b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: %b\r\n\r\n"


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    """A file that holds `KEY`, for its owner alone."""
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text(KEY + "\n")
    return str(file)


def test_without_a_key_the_control_port_stays_at_home() -> None:
    """With --expose the platform's port is open to all and says so, the control port to this machine only."""
    with SandboxProcess("--expose", "--host", "0.0.0.0") as process:
        port = urlsplit(process.ready.base_url).port
        assert ask(process.ready.base_url, GET_GROUPS % b"10.1.2.3:80").startswith(b"HTTP/1.1 200")
        assert ask(process.ready.base_url, GET_GROUPS % b"evil.example").startswith(b"HTTP/1.1 403")
        assert process.ready.control_url.startswith("http://127.0.0.1:")
        assert ask(process.ready.control_url, GET_HEALTH % b"10.1.2.3").startswith(b"HTTP/1.1 403")
        with Control(process.ready.control_url) as control:
            assert control.health().ready
    assert f"other machines can reach this sandbox at 0.0.0.0:{port}" in process.stderr
    assert "control port is open" not in process.stderr


def test_a_key_locks_and_opens_the_control_port(key_file: str) -> None:
    """With a key file each control request needs the key, and with --expose other machines may bring it."""
    with SandboxProcess("--expose", "--host", "0.0.0.0", "--control-key-file", key_file) as process:
        url = process.ready.control_url
        assert ask(url, GET_HEALTH % b"10.1.2.3").startswith(b"HTTP/1.1 401")
        with Control(url) as stranger, pytest.raises(ControlError, match="401 unauthorized"):
            stranger.health()
        with Control(url, key=Path(key_file).read_text()) as control:
            assert control.health().ready
    assert f"open to them too, at 0.0.0.0:{urlsplit(url).port}" in process.stderr
    assert KEY not in process.stderr + process.stdout


def test_a_key_is_asked_for_on_loopback_too(key_file: str) -> None:
    """Whoever shares the machine needs the key as well."""
    with SandboxProcess("--control-key-file", key_file) as process:
        assert ask(process.ready.control_url, GET_HEALTH % b"localhost").startswith(b"HTTP/1.1 401")
        with Control(process.ready.control_url, key=KEY) as control:
            assert control.health().ready


def test_a_key_that_others_can_read_is_refused(key_file: str) -> None:
    """It does not start with a key that is none."""
    Path(key_file).chmod(0o644)
    with pytest.raises(SandboxFailed, match=r"exit code 2.*\n.*others can read"):
        SandboxProcess("--control-key-file", key_file).start()


def test_a_rebound_page_learns_nothing() -> None:
    """A browser whose page has its name point here is refused at both ports, its preflight gets no permission."""
    head = (
        b"Host: evil.example:8060\r\nOrigin: http://evil.example:8060\r\nSec-Fetch-Site: same-origin\r\n\r\n"
    )
    preflight = b"Host: 127.0.0.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n"
    preflight += b"Access-Control-Request-Private-Network: true\r\n\r\n"
    with SandboxProcess() as process:
        for url, path in (
            (process.ready.base_url, b"/cgi-bin/groups/get"),
            (process.ready.control_url, b"/accounts"),
        ):
            assert ask(url, b"GET %b HTTP/1.1\r\n" % path + head).startswith(b"HTTP/1.1 403")
            answer = ask(url, b"OPTIONS %b HTTP/1.1\r\n" % path + preflight)
            assert b"access-control-" not in answer.lower()


def test_a_name_that_was_allowed_is_answered() -> None:
    """Containers reach each other by names: --allow-host takes one at both ports."""
    with SandboxProcess("--allow-host", "sandbox", "--allow-host", "Other.internal") as process:
        for name in (b"sandbox:8060", b"other.internal"):
            assert ask(process.ready.base_url, GET_GROUPS % name).startswith(b"HTTP/1.1 200")
            assert ask(process.ready.control_url, GET_HEALTH % name).startswith(b"HTTP/1.1 200")

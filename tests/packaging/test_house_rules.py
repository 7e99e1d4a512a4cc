"""The rules of tests/conftest.py and tools/ are enforced, not only written down."""

import socket
import sys
import urllib.request
from pathlib import Path

import pytest
from tests import loopback
from tests.fixtures import canary
from tools import exceptions

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parent.parent / "conftest.py"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "0.0.0.0", b"127.0.0.2", None, ""]
)
def test_loopback_may_be_reached(host: object) -> None:
    """Every spelling of this machine passes the guard."""
    assert loopback.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["api.weixin.qq.com", "10.0.0.1", "192.168.1.1", "8.8.8.8", "localhost.example", "fe80::1%eth0"]
)
def test_other_hosts_may_not_be_reached(host: str) -> None:
    """No other host passes the guard, private networks included."""
    assert not loopback.is_loopback(host)


def test_a_connection_elsewhere_is_refused_and_remembered() -> None:
    """Connecting or looking up another host fails before a packet leaves, and the attempt is kept for the verdict."""
    with socket.socket() as sock, pytest.raises(loopback.ReachedOutError):
        sock.connect(("192.0.2.1", 80))
    with pytest.raises(loopback.ReachedOutError):
        socket.getaddrinfo("api.weixin.qq.com", 443)
    assert loopback.attempts == ["192.0.2.1 (socket.connect)", "api.weixin.qq.com (socket.getaddrinfo)"]
    loopback.attempts.clear()


def test_programs_are_led_nowhere() -> None:
    """What obeys the proxy variables finds nobody for another host, and this machine directly."""
    proxies = urllib.request.getproxies()
    assert {proxies[scheme] for scheme in ("http", "https")} == {loopback.NOWHERE}
    assert urllib.request.proxy_bypass("127.0.0.1")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a project of its own that lives by our conftest."""
    root = CONFTEST.parent.parent
    monkeypatch.setenv("PYTHONPATH", f"{root}")
    pytester.makeconftest(
        "from tests.conftest import *\nfrom tests.conftest import _only_loopback\npytest_plugins = []\n"
    )
    pytester.makeini(
        "[pytest]\nmarkers =\n    needs(program): a program\naddopts = -p no:cacheprovider -p no:cov -p no:xdist\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    return pytester


def test_a_test_without_a_sentence_is_refused(project: pytest.Pytester) -> None:
    """A test that does not say what it protects stops the run, and is named."""
    project.makepyfile(
        'def test_told(): "It works."\ndef test_silent(): pass\ndef test_mumbled(): "it works"\n'
    )
    result = project.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_silent", "*test_mumbled"])
    result.stderr.no_fnmatch_line("*test_told*")


@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("true", "failed")])
def test_a_skipped_test_fails_in_ci(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    """A missing program skips a test at a desk, and fails it in CI with the reason."""
    monkeypatch.setenv("CI", ci)
    project.makepyfile(
        'import pytest\n@pytest.mark.needs("no-such-program")\ndef test_needy(): "It needs a program."\n'
    )
    result = project.runpytest_subprocess("-rs")
    # A failure during setup is reported as an error.
    counted = result.parseoutcomes()
    assert counted == ({"skipped": 1} if outcome == "skipped" else {"errors": 1})
    result.stdout.fnmatch_lines(["*no-such-program*"])


def test_a_skipped_module_fails_in_ci(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that skips itself whole does not slip past CI."""
    monkeypatch.setenv("CI", "true")
    project.makepyfile('import pytest\npytest.importorskip("no_such_module")\n')
    assert project.runpytest_subprocess().parseoutcomes() == {"errors": 1}


def test_a_swallowed_attempt_fails_the_test(project: pytest.Pytester) -> None:
    """Code that catches everything cannot hide that it tried to reach another host."""
    project.makepyfile(
        "import socket\n"
        "def test_sly():\n"
        '    "It hides what it does."\n'
        "    try:\n"
        '        socket.getaddrinfo("api.weixin.qq.com", 443)\n'
        "    except Exception:\n"
        "        pass\n"
    )
    result = project.runpytest_subprocess()
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["*tried to reach api.weixin.qq.com*"])


def test_an_exception_to_a_rule_needs_a_reason() -> None:
    """A silenced checker is counted, and asks for the reason on its line or in the comment above."""
    silencer = "# no" + "qa"
    kinds, bare = exceptions.judge(
        [
            f"import a  {silencer}: F401",
            f"import b  {silencer}: F401 - re-exported for plugins",
            "# re-exported for plugins",
            f"import c  {silencer}: F401",
            "x = 1  # type: " + "ignore[assignment]",
        ]
    )
    assert kinds == {"noqa": 3, "type: ignore": 1}
    assert bare == [1, 5]


def test_the_interpreter_is_supported() -> None:
    """The tests run on a Python that the package declares."""
    assert (3, 11) <= sys.version_info < (3, 15)


def test_a_test_that_leaves_a_token_in_its_log_fails(project: pytest.Pytester) -> None:
    """A passing test whose output or log holds a token is reported as failed, and the token is not repeated."""
    project.makepyfile(
        "import logging\n"
        "def test_talkative():\n"
        '    "It says too much."\n'
        '    logging.getLogger("fenzu").warning("%s", "Ab3_" * 22)\n'
    )
    result = project.runpytest_subprocess("-p", "tests.fixtures.canary")
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["*holds a token of 88 characters*"])
    result.stdout.no_fnmatch_line("*Ab3_Ab3_*")


def test_a_known_secret_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret of an account that a test was given is found in a text, and is not repeated in what is said of it."""
    secret = "0123456789abcdef" * 2
    monkeypatch.setattr(canary, "secrets", {secret})
    assert canary.leaks(f"secret={secret}") == ["the secret of account 0"]

"""What a sandbox says when it is ready."""

import io
import shlex

import msgspec
import pytest

from fenzu.sandbox.clock import Reading, SandboxClock, Setting
from fenzu.sandbox.rules.quota import Mode
from fenzu.sandbox.run.announce import Ready, announce, recipes, say, unusual, warning
from fenzu.wire.words import Language

READY = Ready(
    base_url="http://127.0.0.1:8060",
    control_url="http://127.0.0.1:8061",
    appid="wx1",
    secret="s3cret",
    rules="2013",
    pid=42,
    version="0.1.0",
)


def test_the_ready_line_is_as_documented() -> None:
    """Programs read the line by these names; its order and its nulls stay as they are."""
    assert READY.line() == (
        b'{"ready":true,"base_url":"http://127.0.0.1:8060","control_url":"http://127.0.0.1:8061","appid":"wx1",'
        b'"secret":"s3cret","rules":"2013","proxy_url":null,"ca_file":null,"pid":42,"version":"0.1.0"}\n'
    )


def test_the_secret_is_in_no_repr() -> None:
    """What is logged of the ready line holds no secret."""
    assert "s3cret" not in repr(READY)


def test_the_recipes_set_what_the_commands_read() -> None:
    """Copied into a shell, the lines make the fenzu commands find the sandbox."""
    text = recipes(READY, "en", temporary=False)
    assert "  export FENZU_BASE_URL=http://127.0.0.1:8060\n" in text
    assert "  export FENZU_APPID=wx1\n" in text
    assert "  export FENZU_SECRET=s3cret\n" in text
    assert "  export FENZU_CONTROL_URL=http://127.0.0.1:8061\n" in text


def test_no_secret_runs_in_a_shell() -> None:
    """Copied into a shell, a secret of any characters is a secret and no command."""
    text = recipes(msgspec.structs.replace(READY, secret="a$(date)'b"), "en", temporary=False)
    (line,) = (line for line in text.splitlines() if "FENZU_SECRET" in line)
    assert shlex.split(line) == ["export", "FENZU_SECRET=a$(date)'b"]


def test_the_recipes_speak_the_readers_language() -> None:
    """A Chinese reader is told in Chinese how to point an SDK at the sandbox."""
    assert "To point an SDK at it" in recipes(READY, "en", temporary=False)
    assert "让其他 SDK 指向沙箱" in recipes(READY, "zh", temporary=False)


PROXIED = msgspec.structs.replace(READY, proxy_url="http://127.0.0.1:8063", ca_file="/a b/ca.pem")


def test_a_proxy_comes_with_the_lines_to_set() -> None:
    """Copied into a shell, the lines lead a program with a fixed host here; without a proxy there are none."""
    text = recipes(PROXIED, "en", temporary=False)
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("  export ")]
    for name in ("HTTPS_PROXY", "https_proxy"):
        assert ["export", f"{name}=http://127.0.0.1:8063"] in lines
    for name in (
        "FENZU_CA_FILE",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
        "CURL_CA_BUNDLE",
    ):
        assert ["export", f"{name}=/a b/ca.pem"] in lines
    assert "FENZU_CA_FILE" not in recipes(READY, "en", temporary=False)
    assert "HTTPS_PROXY" not in recipes(READY, "en", temporary=False)
    assert "只需设置环境变量" in recipes(PROXIED, "zh", temporary=False)


def test_https_comes_with_whom_to_trust() -> None:
    """Who is pointed at https is told whom to trust, the fenzu commands by a variable."""
    secure = msgspec.structs.replace(READY, base_url="https://127.0.0.1:8060", ca_file="/a b/ca.pem")
    text = recipes(secure, "en", temporary=False)
    assert "  export FENZU_CA_FILE='/a b/ca.pem'\n" in text
    assert "clients have to trust its authority, /a b/ca.pem" in text
    assert 'base_url="https://127.0.0.1:8060", ca_file="/a b/ca.pem")' in text
    assert "curl --cacert '/a b/ca.pem' 'https://127.0.0.1:8060/" in text
    assert "客户端须信任其 CA" in recipes(secure, "zh", temporary=False)


@pytest.mark.parametrize(("language", "word"), [("en", "Take care"), ("zh", "注意")])
def test_a_risk_is_named(language: Language, word: str) -> None:
    """A sandbox that other machines can reach says so, where, and what goes in the clear; in the reader's language."""
    text = warning(language, at="0.0.0.0:8060", control_at="0.0.0.0:8061", is_plain=True)
    assert word in text
    assert "0.0.0.0:8060" in text
    assert "0.0.0.0:8061" in text
    assert "--tls" in text
    quiet = warning(language, at="0.0.0.0:8060", control_at=None, is_plain=False)
    assert "8061" not in quiet
    assert "--tls" not in quiet


def test_temporary_data_are_called_so() -> None:
    """Nobody learns too late that the data were not kept."""
    assert "--store" in recipes(READY, "en", temporary=True)
    assert "--store" not in recipes(READY, "en", temporary=False)


def test_programs_and_people_are_told_apart(capfd: pytest.CaptureFixture[str]) -> None:
    """One line on stdout, all else on stderr."""
    announce(READY, "en", temporary=True)
    out, err = capfd.readouterr()
    assert msgspec.json.decode(out)["pid"] == 42
    assert out.count("\n") == 1
    assert "export" in err


def test_readers_who_have_left_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe at either end is no reason to stop."""

    class Gone(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError

    def gone(descriptor: int, line: bytes) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("fenzu.sandbox.run.announce.os.write", gone)
    monkeypatch.setattr("sys.stderr", Gone())
    announce(READY, "en", temporary=True)
    monkeypatch.setattr("sys.stderr", None)
    say("more")


@pytest.mark.parametrize(
    ("setting", "mode", "told"),
    [
        (Setting(), "off", []),
        (Setting(), "test", ["--quota test"]),
        (Setting(86_400.0), "off", ["1970-01-02T08:00:00.000+08:00", "1 times"]),
        (Setting(rate=60.0), "large", ["60 times", "DELETE /clock", "--quota large"]),
        (Setting(5.0, frozen=True), "off", ["frozen at 1970-01-01T08:00:05"]),
    ],
)
def test_what_a_store_kept_is_not_forgotten(setting: Setting, mode: Mode, told: list[str]) -> None:
    """A start tells that the clock is turned or that quotas refuse, and says nothing where all is as usual."""
    clock: Reading = SandboxClock(lambda: 0.0, setting).read()
    text = unusual("en", clock=clock, mode=mode)
    assert bool(text) == bool(told)
    for words in told:
        assert words in text
    assert not told or unusual("zh", clock=clock, mode=mode) != text

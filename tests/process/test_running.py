"""Starting, telling, keeping and ending: what a user or a script sees of `fenzu sandbox`."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from fenzu._version import __version__
from fenzu.control import Control
from fenzu.testing import SandboxFailed, SandboxProcess
from tests.process.sockets import Plain, ask

GET_GROUPS = b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: localhost\r\n\r\n"
NAMES = "ready base_url control_url appid secret rules proxy_url ca_file pid version"

ON_FREE_PORTS = [
    sys.executable,
    "-m",
    "fenzu",
    "sandbox",
    "--port",
    "0",
    "--control-port",
    "0",
    "--until-stdin-ends",
]


def test_the_ready_line_is_all_of_stdout() -> None:
    """A script reads one line of JSON, and nothing else ever comes; people find their recipes on stderr."""
    with SandboxProcess() as process:
        assert ask(process.ready.base_url, GET_GROUPS).endswith(
            b'{"errcode":41001,"errmsg":"access_token missing"}'
        )
        pid = process.ready.pid
    said = msgspec.json.decode(process.stdout)
    assert process.stdout.count("\n") == 1
    assert list(said) == NAMES.split()
    assert (said["pid"], said["version"], said["rules"]) == (pid, __version__, "2013")
    assert f"export FENZU_BASE_URL={said['base_url']}\n" in process.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told_to(number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end it with exit code 0 and without a trace of itself."""
    with SandboxProcess() as process:
        os.kill(process.ready.pid, number)
        assert process.wait() == 0
    assert "Traceback" not in process.stderr


def test_it_ends_while_clients_are_connected() -> None:
    """Open connections and half requests do not hold it."""
    with SandboxProcess() as process:
        url = process.ready.base_url.removeprefix("http://").split(":")
        with (
            socket.create_connection((url[0], int(url[1]))) as idle,
            socket.create_connection((url[0], int(url[1]))) as half,
        ):
            half.sendall(b"POST /cgi-bin/groups/create HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc")
            assert process.stop() == 0
            assert idle.recv(100) == b""


def test_it_can_be_ended_before_it_is_ready(tmp_path: Path) -> None:
    """Ctrl-C while millions of followers are made ends it soon, says nothing on stdout and leaves nothing behind."""
    command = [sys.executable, "-m", "fenzu", "sandbox", "--port", "0", "--control-port", "0"]
    with subprocess.Popen(
        [*command, "--followers", "50000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        while not list(tmp_path.glob("*/store-wal")):
            signal.sigtimedwait([], 0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode in {0, 130}, out) == (True, b"")
    assert b"Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_it_ends_soon_in_the_middle_of_a_load() -> None:
    """Ctrl-C while control loads millions of followers: the load is broken off, exit code 0, no trace."""
    with SandboxProcess() as process:
        url, appid = process.ready.control_url, process.ready.appid
        body = b'{"count":50000000}'
        head = b"POST /accounts/%b/followers HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        with Plain(url) as connection:
            connection.send(head % (appid.encode(), len(body)) + body)
            connection.socket.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.socket.recv(1)
            os.kill(process.ready.pid, signal.SIGTERM)
            assert process.wait(30) == 0
    assert "Traceback" not in process.stderr


def test_temporary_data_go_with_it(tmp_path: Path) -> None:
    """Without --store nothing is left on the disk."""
    with SandboxProcess(environment={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []
    assert process.returncode == 0


def test_a_store_is_kept_between_runs(tmp_path: Path) -> None:
    """With --store the account, its followers and its secret are there again."""
    store = str(tmp_path / "kept.db")
    with SandboxProcess("--store", store, "--followers", "5") as first:
        told = first.ready
    with SandboxProcess("--store", store) as second, Control(second.ready.control_url) as control:
        assert (second.ready.appid, second.ready.secret) == (told.appid, told.secret)
        assert control.accounts.get(told.appid).followers == 5


def test_the_demo_is_the_documents_account() -> None:
    """--demo tells the account of the documents with its 72,645 followers."""
    with SandboxProcess("--demo") as process, Control(process.ready.control_url) as control:
        assert process.ready.appid == "wx5eed5eed5eed5eed"
        assert control.accounts.get(process.ready.appid).followers == 72_645


def test_a_store_belongs_to_one_sandbox(tmp_path: Path) -> None:
    """A second sandbox on the same store is refused with words."""
    store = str(tmp_path / "one.db")
    with SandboxProcess("--store", store):
        with pytest.raises(SandboxFailed, match=r"exit code 1.*\n.*in use by another sandbox") as refused:
            SandboxProcess("--store", store).start()
        assert "Traceback" not in str(refused.value)


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    """A foreign file is left alone, with words."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    with pytest.raises(SandboxFailed, match=r"exit code 1.*\n.*not a store"):
        SandboxProcess("--store", str(file)).start()
    assert file.read_text() == "not a database " * 100


@pytest.mark.parametrize("option", ["--port", "--control-port"])
def test_a_port_that_is_taken_is_told(option: str) -> None:
    """Two sandboxes on one port: the second says which option helps."""
    with SandboxProcess() as process:
        url = process.ready.base_url if option == "--port" else process.ready.control_url
        with pytest.raises(SandboxFailed, match=rf"exit code 1.*\n.*cannot listen.*{option}"):
            SandboxProcess(option, url.rpartition(":")[2]).start()


@pytest.mark.parametrize(
    "arguments",
    [("--host", "0.0.0.0"), ("--demo", "--followers", "3"), ("--rules", "1999"), ("--port", "-1")],
)
def test_wrong_options_are_usage_errors(arguments: tuple[str, ...]) -> None:
    """What makes no sense ends with exit code 2 and a sentence."""
    with pytest.raises(SandboxFailed, match="exit code 2") as refused:
        SandboxProcess(*arguments).start()
    assert "Traceback" not in str(refused.value)


def test_it_listens_on_version_six_too() -> None:
    """::1 is an address of this machine as well."""
    if not socket.has_ipv6:
        return
    with SandboxProcess("--host", "::1") as process, Control(process.ready.control_url) as control:
        assert process.ready.base_url.startswith("http://[::1]:")
        assert control.health().ready


def test_it_ends_with_whoever_started_it() -> None:
    """A test run that is killed leaves no sandbox behind."""
    script = (
        "import os, signal\n"
        "from fenzu.testing import SandboxProcess\n"
        "process = SandboxProcess()\n"
        "print(process.start().pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=40, check=False
    )
    pid = int(run.stdout)
    deadline = 200
    while _is_alive(pid) and deadline:
        deadline -= 1
        signal.sigtimedwait([], 0.05)
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_who_leaves_does_no_harm(stream: str) -> None:
    """`fenzu sandbox | head -1`, and a closed stderr, leave a sandbox that runs and ends without a trace."""
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        ON_FREE_PORTS,
        stdin=subprocess.PIPE,
        stdout=writing if stream == "stdout" else subprocess.PIPE,
        stderr=writing if stream == "stderr" else subprocess.PIPE,
        text=True,
    ) as process:
        os.close(writing)
        out, err = process.communicate("", timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in (err or "")
    assert "BrokenPipe" not in (err or "")
    if stream == "stderr":
        assert out.startswith('{"ready":true')


@pytest.fixture
def chinese() -> Callable[[], SandboxProcess]:
    """Starts a sandbox for a Chinese reader."""
    return lambda: SandboxProcess(environment={**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"})


def test_recipes_follow_the_readers_language(chinese: Callable[[], SandboxProcess]) -> None:
    """A Chinese terminal is spoken to in Chinese."""
    with chinese() as process:
        pass
    assert "让其他 SDK 指向沙箱" in process.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the end of a file can be waited for")
def test_a_standard_input_whose_end_cannot_be_seen_is_refused() -> None:
    """`--until-stdin-ends` on /dev/null, as background jobs have it, says in words what it needs."""
    run = subprocess.run(
        ON_FREE_PORTS, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert "standard input is no pipe" in run.stderr
    assert "leave the option out" in run.stderr


def test_the_file_of_variables_is_there_while_the_sandbox_answers(tmp_path: Path) -> None:
    """A shell that reads it finds the sandbox; it is its owner's alone, and gone when the sandbox is."""
    file = tmp_path / "sandbox.env"
    file.write_text("FENZU_BASE_URL=http://127.0.0.1:1\n", encoding="utf-8")  # from a run that was killed
    with SandboxProcess("--env-file", str(file)) as process:
        ready = process.ready
        told = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told == {
        "FENZU_BASE_URL": ready.base_url,
        "FENZU_APPID": ready.appid,
        "FENZU_SECRET": ready.secret,
        "FENZU_CONTROL_URL": ready.control_url,
        "FENZU_SANDBOX_PID": str(ready.pid),
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "word"), [("theirs.env", "something else"), ("none/x.env", "cannot write")])
def test_a_file_of_variables_that_cannot_be(tmp_path: Path, name: str, word: str) -> None:
    """A file that holds anything else is left as it is; where none can be written the sandbox says so and ends."""
    theirs = tmp_path / "theirs.env"
    theirs.write_text("PASSWORD=x\n", encoding="utf-8")
    command = [sys.executable, "-m", "fenzu", "sandbox", "--port", "0", "--control-port", "0"]
    command += ["--env-file", str(tmp_path / name)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (run.returncode != 0, run.stdout) == (True, "")
    assert word in run.stderr
    assert "Traceback" not in run.stderr
    assert theirs.read_text(encoding="utf-8") == "PASSWORD=x\n"

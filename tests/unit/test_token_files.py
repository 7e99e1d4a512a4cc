"""The token file: what is in it, who may read it, and what it does with what it did not write."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.unit.client.scripted import Clock, locals_in

from fenzu.errors import StoreError, UsageError
from fenzu.tokens import FileStore, StoredToken, TokenKey
from fenzu.tokens import file as files
from fenzu.tokens import holder as holders
from fenzu.tokens.holder import Holder, is_gone, this_process

KEY = TokenKey("http://127.0.0.1:8060", "wx1", "stable")
TOKEN = StoredToken("CANARY", 1.0, 2.0, 3.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(files, "time", clock)
    monkeypatch.setattr(clock, "time_ns", lambda: int(clock.now * 1e9), raising=False)
    return clock


def put(path: Path, token: StoredToken = TOKEN) -> None:
    store = FileStore(path)
    lease = store.acquire(KEY, 60.0)
    assert lease is not None
    assert store.put(KEY, token, lease)
    store.release(KEY, lease)


def rewrite(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_only_its_owner_reads_it(path: Path) -> None:
    """The file and its lock are 0600 whatever the umask, also where somebody had opened it to others."""
    before = os.umask(0)
    try:
        put(path)
        path.chmod(0o666)
        put(path)
    finally:
        os.umask(before)
    assert {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {
        "tokens.json": 0o600,
        "tokens.json.lock": 0o600,
    }


def test_what_is_in_it(path: Path) -> None:
    """The file is JSON that says its format, with the tokens by kind, appid and platform."""
    put(path)
    content = json.loads(path.read_text())
    assert content["format"] == 1
    assert content["leases"] == {}
    [(name, token)] = content["tokens"].items()
    assert name == "stable|wx1|http://127.0.0.1:8060"
    assert token["value"] == "CANARY"


def test_reading_makes_nothing(path: Path) -> None:
    """A client that only reads leaves no file behind; an empty file counts as new."""
    assert FileStore(path).get(KEY) is None
    assert list(path.parent.iterdir()) == []
    path.touch()
    assert FileStore(path).get(KEY) is None
    put(path)
    assert FileStore(path).get(KEY) == TOKEN


def test_a_link_stays_a_link(path: Path) -> None:
    """Where the path is a link, what it leads to is replaced and not the link."""
    link = path.with_name("link")
    link.symlink_to(path)
    put(link)
    assert link.is_symlink()
    assert FileStore(path).get(KEY) == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        b"hello",
        b"[]",
        b"{}",
        b'{"format":"CANARY"}',
        b'{"format":0}',
        b'{"format":1,"tokens":"CANARY"}',
        b'{"format":1,"tokens":{"\xff":1}}',
        b"\xff\xfe",
        b'{"format":1,"tokens":{"x":{"value":"CANARY"}}}',
    ],
)
def test_a_foreign_file_is_left_alone(path: Path, text: bytes) -> None:
    """What fenzu has not written is refused with words, not shown, and stays byte for byte as it is."""
    path.write_bytes(text)
    store = FileStore(path)
    for step in (lambda: store.get(KEY), lambda: store.acquire(KEY, 1.0), lambda: store.put(KEY, TOKEN, 1)):
        with pytest.raises(StoreError, match="something else") as told:
            step()
        assert "CANARY" not in locals_in(told.value)
    assert path.read_bytes() == text


def test_a_newer_file_is_refused(path: Path) -> None:
    """A file of a newer fenzu is not guessed at: the error tells to bring fenzu up to date."""
    put(path)
    rewrite(path, format=2)
    with pytest.raises(StoreError, match="newer fenzu") as told:
        FileStore(path).get(KEY)
    assert "CANARY" not in str(told.value) + locals_in(told.value)
    assert "升级" in told.value.say("zh")


def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old file stays whole, nothing is left beside it, and the error says why."""
    put(path)
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left") as told:
        FileStore(path).acquire(KEY, 1.0)
    assert told.value.__context__ is None
    assert path.read_bytes() == before
    assert {each.name for each in path.parent.iterdir()} == {"tokens.json", "tokens.json.lock"}


def test_a_folder_in_its_place(path: Path) -> None:
    """A path that cannot be read is told with its reason."""
    path.mkdir()
    with pytest.raises(StoreError, match="directory"):
        FileStore(path).get(KEY)


def test_a_lock_that_is_never_given_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits too long for somebody who stands still is told so, and does not hang."""
    monkeypatch.setattr(files, "LONGEST_WAIT", 0.01)
    store = FileStore(path)
    with store._locked(), pytest.raises(StoreError, match="too long"):
        FileStore(path).acquire(KEY, 1.0)


def test_a_lock_that_is_given_back(path: Path) -> None:
    """Who finds the file locked waits a moment and goes on."""
    store, inside = FileStore(path), threading.Event()

    def hold() -> None:
        with store._locked():
            inside.set()
            threading.Event().wait(0.05)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    assert store.acquire(KEY, 1.0) is not None
    thread.join()


def test_somebody_is_quicker(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that somebody has taken between the look and the lock is respected."""
    first, second = FileStore(path), FileStore(path)
    opens = first._open_lock

    def slow() -> int:
        assert second.acquire(KEY, 60.0) is not None
        return opens()

    monkeypatch.setattr(first, "_open_lock", slow)
    assert first.acquire(KEY, 60.0) is None


def test_a_lease_ends_by_the_clock(path: Path, clock: Clock) -> None:
    """A lease lasts as long as was asked for; a clock that is set back ends it instead of making it longer."""
    store = FileStore(path)
    for step in (10.0, -3600.0):
        assert store.acquire(KEY, 10.0) is not None
        clock.now += 0.0 if step < 0 else 9.9
        assert store.acquire(KEY, 10.0) is None
        clock.now += step
        assert store.acquire(KEY, 10.0) is not None
        clock.now += 3600.0 * 3


def test_a_lease_of_a_dead_process(path: Path) -> None:
    """A lease whose process has ended on this machine is free at once, however long it was to last."""
    program = (
        "import sys; from fenzu.tokens import FileStore, TokenKey; "
        "print(FileStore(sys.argv[1]).acquire(TokenKey(*sys.argv[2:]), 3600.0))"
    )
    key = [KEY.base_url, KEY.appid, KEY.kind]
    done = subprocess.run([sys.executable, "-c", program, path, *key], check=True, capture_output=True)
    lease = FileStore(path).acquire(KEY, 60.0)
    assert lease is not None
    assert lease > int(done.stdout)


def test_a_lease_of_another_machine(path: Path) -> None:
    """Of a process on another machine or in another container nothing is assumed: its lease lasts."""
    store = FileStore(path)
    assert store.acquire(KEY, 3600.0) is not None
    leases = json.loads(path.read_text())["leases"]
    [name] = leases
    leases[name]["holder"] = {"host": "elsewhere", "pid": 2**22 + 1, "started": "1"}
    rewrite(path, leases=leases)
    assert store.acquire(KEY, 60.0) is None


def test_numbers_after_the_file_is_gone(path: Path) -> None:
    """Removing the file does not let an old lease pass for a new one."""
    store = FileStore(path)
    old = store.acquire(KEY, 60.0)
    assert old is not None
    path.unlink()
    assert store.acquire(KEY, 60.0) not in (None, old)
    assert not store.put(KEY, TOKEN, old)


def test_not_for_windows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has tried its locks the file store refuses and names the others."""
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UsageError, match="Windows") as told:
        FileStore(path)
    assert "RedisStore" in told.value.advice.en


def test_who_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is alive, an ended one gone, unburied or not, and so is one whose number is another's now."""
    here = this_process()
    assert here.pid == os.getpid()
    assert not is_gone(here)
    assert is_gone(Holder(here.host, here.pid, "1"))
    assert not is_gone(Holder("elsewhere", here.pid, "1"))
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout is not None
    started = holders._started(child.pid) or "?"
    with child.stdout as pipe:
        pipe.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended and is not buried
    assert is_gone(Holder(here.host, child.pid, started))
    child.wait()
    assert is_gone(Holder(here.host, child.pid, started))


def test_where_the_system_does_not_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without /proc, whether a process is there is asked by its number; somebody else's counts as alive."""
    monkeypatch.setattr(holders, "PROC", tmp_path)
    here = this_process()
    assert here.started == ""
    assert not is_gone(here)

    def answer(error: type[OSError]) -> None:
        def kill(_pid: int, _signal: int) -> None:
            raise error

        monkeypatch.setattr(os, "kill", kill)

    answer(ProcessLookupError)
    assert is_gone(here)
    answer(PermissionError)
    assert not is_gone(here)

"""A sandbox that begins with an account from a file, and gives and takes accounts as files."""

from pathlib import Path

import pytest

from fenzu import Client
from fenzu.client.transport import HttpTransport, Request
from fenzu.control import Control, ControlError
from fenzu.testing import SandboxFailed, SandboxProcess

OPENIDS = [f"oSeed{number:023d}" for number in range(3)]


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "seed.csv"
    path.write_text("openid,group\n" + "".join(f"{openid},贵宾\n" for openid in OPENIDS), encoding="utf-8")
    return path


def test_a_sandbox_begins_with_a_seed(seed: Path, tmp_path: Path) -> None:
    """The account of the ready line has the followers of the file; on the same store it is the same the next time."""
    arguments = ("--seed", str(seed), "--store", str(tmp_path / "store"))
    told = set()
    for _ in range(2):
        with SandboxProcess(*arguments) as sandbox:
            ready = sandbox.ready
            told.add((ready.appid, ready.secret))
            with Client(ready.appid, ready.secret, base_url=ready.base_url) as account:
                assert [(group.id, group.name, group.count) for group in account.groups.list()][-1] == (
                    100,
                    "贵宾",
                    3,
                )
                assert list(account.followers.list()) == OPENIDS
    assert len(told) == 1


def test_a_wrong_seed_is_told(tmp_path: Path) -> None:
    """A sandbox does not start on half a file: it tells the lines that are wrong."""
    path = tmp_path / "seed.csv"
    path.write_text(f"openid\n{OPENIDS[0]}\nx\n")
    with pytest.raises(SandboxFailed, match=r"(?s)exit code 2.*line 3: .* is no openid"):
        SandboxProcess("--seed", str(path)).start()


def test_an_account_moves_to_another_sandbox(seed: Path) -> None:
    """What one sandbox exports the next one imports, over HTTP, also when it is more than one piece."""
    with SandboxProcess("--seed", str(seed)) as sandbox, Control(sandbox.ready.control_url) as control:
        control.followers.add(sandbox.ready.appid, count=25_000)
        content = control.accounts.export(sandbox.ready.appid, secret=True)
        assert content.endswith(b'{"followers":25003}\n')
        with pytest.raises(ControlError, match="409 account_exists"):
            control.accounts.import_(content)
        control.accounts.delete(sandbox.ready.appid)
        made = control.accounts.import_(content)
        assert (made.appid, made.secret, made.followers) == (
            sandbox.ready.appid,
            sandbox.ready.secret,
            25_003,
        )
        assert control.accounts.export(made.appid, secret=True) == content


def test_a_table_becomes_an_account(control: Control) -> None:
    """A table is imported as a file is; what is wrong with it is told by its line."""
    made = control.accounts.import_(f"openid,group\n{OPENIDS[0]},VIP\n".encode(), appid="wxtable")
    assert (made.appid, made.followers, made.groups) == ("wxtable", 1, 4)
    with pytest.raises(ControlError, match=r"400 invalid_request.*line 2: "):
        control.accounts.import_(b"openid\nx\n")
    control.accounts.delete("wxtable")


def test_an_export_of_nobody(control: Control) -> None:
    """An unknown account is refused before anything is sent."""
    with pytest.raises(ControlError, match="unknown_account"):
        control.accounts.export("wxnobody")


def test_the_file_is_called_lines_of_json(control: Control) -> None:
    """An export says what it is."""
    made = control.accounts.create(followers=1)
    transport = HttpTransport(trust_env=False)
    url = f"{control._port.url}/accounts/{made.appid}/export"
    answer = transport.send(Request("GET", url))
    transport.close()
    assert (answer.status, len(answer.body.splitlines())) == (200, 7)
    control.accounts.delete(made.appid)

"""`fenzu regroup report`, `verify` and `undo`: what comes after a plan was applied."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from fenzu.cli.mirror_place import open_mirror
from fenzu.regroup._books.opening import save_plan
from fenzu.regroup._values import Delete, Rename
from fenzu.wire.errcodes import ERRCODES
from tests.by_hand import carry_out_by_hand, plan_by_hand
from tests.cli.conftest import ACCOUNT, Shell
from tests.pretended_account import PretendedAccount, openid_of

OPENIDS = tuple(map(openid_of, range(70)))
NEW, FRIENDS, EAST = -1, 100, 101


@pytest.fixture
def account() -> PretendedAccount:
    """Seventy followers without a group."""
    return PretendedAccount(
        OPENIDS,
        {FRIENDS: "=朋友", EAST: "华东"},
        appid=ACCOUNT["FENZU_APPID"],
        base_url=ACCOUNT["FENZU_BASE_URL"],
    )


@pytest.fixture
def applied(account: PretendedAccount, tmp_path: Path) -> str:
    """A plan of sixty moves that was applied: fifty-nine went well."""
    place = str(tmp_path / "crm.plan")
    wish = dict.fromkeys(OPENIDS[:50], NEW) | dict.fromkeys(OPENIDS[50:60], FRIENDS) | {OPENIDS[60]: 0}
    plan = plan_by_hand(account, wish, {NEW: "VIP"}, Rename(EAST, "华东", "East"))
    account.bad.add(OPENIDS[50])
    with save_plan(plan, place) as run:
        asyncio.run(carry_out_by_hand(run.planned, account))
    account.bad.clear()
    return place


@pytest.fixture(autouse=True)
def _own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep mirrors in a folder of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("FENZU_MIRROR", raising=False)


def settle(shell: Shell, account: PretendedAccount) -> None:
    """Let the shell's platform hold what the account holds."""
    shell.platform.groups = account.names
    shell.platform.followers = account.members


def test_report_in_a_pipe(shell: Shell, applied: str) -> None:
    """In a pipe the report is a name and a value a line; what to do about failures is said beside it."""
    outcome = shell.run("regroup", "report", applied)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "plan\tcrm.csv",
        "kind\tapply",
        f"account\t{ACCOUNT['FENZU_APPID']} {ACCOUNT['FENZU_BASE_URL']}",
        "state\tdone",
        "followers\t60",
        "moved\t59",
        "already_there\t1",
        "failed\t1",
        "waiting\t0",
        "failed.40003\t1",
        "made\t102 VIP",
        "renamed\t101 华东 → East",
        "calls.groups.create\t1",
        "calls.groups.move_many\t2",
        "calls.groups.rename\t1",
        "began_at\t2023-11-14T22:13:22Z",
        "ended_at\t2023-11-14T22:13:29Z",
        "seconds\t7.0",
    ]
    assert outcome.err == f"1 × 40003 invalid openid. Next: {ERRCODES[40003].advice.en}\n"


def test_report_on_a_terminal(shell: Shell, applied: str) -> None:
    """On a terminal the report is a table in the reader's language."""
    shell.setenv(FENZU_LANG="zh")
    outcome = shell.run("regroup", "report", applied, terminal=True)
    for said in ("已移动", "失败 40003", "新建分组", "类型", "执行", "状态", "完成"):
        assert said in outcome.out
    assert "apply" not in outcome.out and "done" not in outcome.out
    assert "下一步：" in outcome.err


def test_report_as_json(shell: Shell, applied: str) -> None:
    """As JSON the report is one value, the same for --json and --format json, with advice in the reader's language."""
    outcome = shell.run("regroup", "report", applied, "--json")
    told = json.loads(outcome.out)
    assert told == json.loads(shell.run("regroup", "report", applied, "--format", "json").out)
    assert (told["moved"], told["already_there"], told["seconds"], told["state"]) == (59, 1, 7.0, "done")
    assert told["failures"] == [
        {
            "code": 40003,
            "message": "invalid openid",
            "followers": 1,
            "advice": ERRCODES[40003].advice.en,
        }
    ]
    assert told["made"] == [{"id": 102, "name": "VIP", "count": None}]


def test_report_as_csv(shell: Shell, applied: str) -> None:
    """As CSV there is a row for each follower of the plan, and no cell that a spreadsheet would run."""
    rows = list(csv.DictReader(io.StringIO(shell.run("regroup", "report", applied, "--format", "csv").out)))
    assert [row["openid"] for row in rows] == list(OPENIDS[:60])
    assert rows[0] == {
        "openid": OPENIDS[0],
        "from": "0",
        "from_name": "未分组",
        "to": "102",
        "to_name": "VIP",
        "state": "moved",
        "code": "",
        "message": "",
        "advice": "",
    }
    [failed] = csv.DictReader(
        io.StringIO(shell.run("regroup", "report", applied, "--format", "csv", "--failed").out)
    )
    assert failed == rows[50]
    assert (failed["to_name"], failed["state"], failed["code"]) == ("'=朋友", "failed", "40003")
    assert failed["advice"] == ERRCODES[40003].advice.en


def test_report_into_a_file(shell: Shell, applied: str, tmp_path: Path) -> None:
    """A file is the same CSV, marked as UTF-8 for spreadsheets; one that cannot be written is told."""
    place = tmp_path / "all.csv"
    assert shell.run("regroup", "report", applied, "--format", "csv", "--output", str(place)).out == ""
    written = place.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfopenid,")
    assert written.decode("utf-8-sig") == shell.run("regroup", "report", applied, "--format", "csv").out
    nowhere = str(tmp_path / "nowhere" / "all.csv")
    outcome = shell.run("regroup", "report", applied, "--format", "csv", "--output", nowhere)
    assert (outcome.code, "cannot be written" in outcome.err) == (1, True)


def test_a_report_spares_the_plan(shell: Shell, applied: str) -> None:
    """The CSV never takes the place of the plan, whose journal an undo needs."""
    before = Path(applied).read_bytes()
    outcome = shell.run("regroup", "report", applied, "--format", "csv", "--output", applied)
    assert (outcome.code, "is a plan or a mirror already" in outcome.err) == (2, True)
    assert Path(applied).read_bytes() == before


@pytest.mark.parametrize("option", [["--failed"], ["--output", "all.csv"]])
def test_what_is_for_the_csv_alone_is_refused(shell: Shell, applied: str, option: list[str]) -> None:
    """Options of the CSV make no sense elsewhere, and say so."""
    outcome = shell.run("regroup", "report", applied, *option)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--format csv" in outcome.err


def test_report_of_what_was_not_begun(shell: Shell, account: PretendedAccount, tmp_path: Path) -> None:
    """Of a plan that was not applied everybody waits, and a group that is not made has no id yet."""
    place = str(tmp_path / "new.plan")
    save_plan(plan_by_hand(account, {OPENIDS[0]: NEW}, {NEW: "VIP"}), place).close()
    assert "waiting\t1" in shell.run("regroup", "report", place).out
    [_, row] = shell.run("regroup", "report", place, "--format", "csv").out.splitlines()
    assert row == f"{OPENIDS[0]},0,未分组,,,waiting,,,"


def test_report_of_an_undo(shell: Shell, account: PretendedAccount, tmp_path: Path) -> None:
    """Once a plan was undone, its report is the undo's, with the groups that were deleted."""
    place = str(tmp_path / "back.plan")
    account.names[105] = "VIP"
    plan = plan_by_hand(account, {})
    with save_plan(plan, place) as run:
        header = type(plan.header)(
            appid=account.appid,
            base_url=account.base_url,
            kind="undo",
            made_at=1.0,
            wish="crm.csv",
            wishes=0,
            followers=70,
            undoes=run.number,
        )
        book = run.add(type(plan)(header, plan.groups, (), (), (Delete(105, "VIP"),), ()))
        asyncio.run(carry_out_by_hand(book, account))
    out = shell.run("regroup", "report", place).out
    assert "kind\tundo\n" in out and "deleted\t105 VIP\n" in out


def test_report_of_what_is_no_plan(shell: Shell, tmp_path: Path) -> None:
    """A file that is not there is told, and not made."""
    outcome = shell.run("regroup", "report", str(tmp_path / "none.plan"))
    assert (outcome.code, outcome.out) == (1, "")
    assert "there is no file" in outcome.err
    assert not (tmp_path / "none.plan").exists()


def test_verify_of_what_is_right(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """A follower who could not be moved differs from the plan: exit code 6; nobody is printed who is right."""
    settle(shell, account)
    outcome = shell.run("regroup", "verify", applied)
    assert (outcome.code, outcome.out) == (6, "")
    assert "Checked 59: 59 right, 0 elsewhere, 0 gone. Not checked: 1 failed before" in outcome.err
    assert [path for _, path, _ in shell.calls()] == ["/cgi-bin/groups/get", "/cgi-bin/user/info/batchget"]


def test_verify_tells_who_is_elsewhere(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """Who is elsewhere or gone is printed, in a pipe as on a terminal, and as JSON."""
    settle(shell, account)
    account.members[OPENIDS[0]] = FRIENDS
    del account.members[OPENIDS[1]]
    account.names[102] = "Gold"
    del account.names[EAST]
    outcome = shell.run("regroup", "verify", applied)
    assert outcome.code == 6
    assert "Group 101 East is gone.\nGroup 102 is called Gold, not VIP.\n" in outcome.err
    assert outcome.out == f"{OPENIDS[0]}\telsewhere\t102\t100\n{OPENIDS[1]}\tgone\t\t\n"
    shell.setenv(FENZU_LANG="zh")
    shown = shell.run("regroup", "verify", applied, terminal=True).out
    assert "在别处" in shown and "已取消关注" in shown
    assert "\telsewhere\t" in shell.run("regroup", "verify", applied).out
    shell.setenv(FENZU_LANG="en")
    told = json.loads(shell.run("regroup", "verify", applied, "--json").out)
    assert told["elsewhere"] == [{"openid": OPENIDS[0], "wanted": 102, "found": 100}]
    assert (told["gone"], told["right"], told["asked"], told["seed"]) == ([OPENIDS[1]], 57, 59, None)


def test_verify_of_a_sample(shell: Shell, account: PretendedAccount, tmp_path: Path) -> None:
    """A sample asks for so many, and ends with 0 where they are right; the mirror learns what was read."""
    settle(shell, account)
    place, mirror = str(tmp_path / "all.plan"), str(tmp_path / "mirror.db")
    with save_plan(plan_by_hand(account, dict.fromkeys(OPENIDS, EAST)), place) as run:
        asyncio.run(carry_out_by_hand(run.planned, account))
    outcome = shell.run(
        "regroup", "verify", place, "--sample", "5", "--seed", "3", "--mirror", mirror, "--json"
    )
    assert outcome.code == 0
    told = json.loads(outcome.out)
    assert (told["asked"], told["right"], told["seed"], told["planned"]) == (5, 5, 3, 70)
    assert Path(mirror).exists()
    assert not (tmp_path / "data").exists()


def test_verify_uses_the_mirror_that_is_there(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """The account's own mirror is told where it is there already."""
    settle(shell, account)
    with open_mirror(None, account.base_url, account.appid) as mirror:
        mirror.subscribed(OPENIDS[0], 1)
    shell.run("regroup", "verify", applied)
    with open_mirror(None, account.base_url, account.appid) as mirror:
        assert mirror.find([OPENIDS[0]])[OPENIDS[0]].group_id == 102


def test_verify_of_another_account(shell: Shell, applied: str) -> None:
    """The plan of another account is refused before anything is asked."""
    shell.setenv(FENZU_APPID="wxother")
    outcome = shell.run("regroup", "verify", applied)
    assert outcome.code == 2
    assert "the plan is for" in outcome.err
    assert not shell.calls()


def test_undo_leads_back(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """An undo says what goes back, does it, and leaves groups, names and followers as they were."""
    settle(shell, account)
    outcome = shell.run("regroup", "undo", applied, "--yes")
    assert (outcome.code, outcome.out) == (0, "")
    assert "Followers to move back: 59, in 2 calls; there already: 0; left alone: 0." in outcome.err
    assert "Group 102 VIP is deleted." in outcome.err
    assert account.names == PretendedAccount((), {FRIENDS: "=朋友", EAST: "华东"}).names
    assert set(account.members.values()) == {0}
    again = shell.run("regroup", "undo", applied, "--yes", "--json")
    assert again.code == 0
    assert json.loads(again.out) == {
        "state": "done",
        "kind": "undo",
        "followers": 0,
        "moved": 0,
        "back": 59,
        "left_alone": [],
        "groups_left_alone": [],
    }
    assert "Followers to move back: 0" in shell.run("regroup", "undo", applied, "--yes").err


def test_undo_leaves_what_others_did(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """Whom and what somebody else has changed since is printed and left alone."""
    settle(shell, account)
    account.members[OPENIDS[0]] = FRIENDS
    del account.members[OPENIDS[1]]
    account.names[102] = "Gold"
    outcome = shell.run("regroup", "undo", applied, "--yes")
    assert outcome.code == 0
    assert outcome.out == f"{OPENIDS[0]}\tmoved_since\t100\n{OPENIDS[1]}\tgone\t\n"
    assert "Group 102 VIP is called Gold now: left alone." in outcome.err
    assert "left alone: gone 1, moved since 1" in outcome.err
    assert account.names[102] == "Gold"


def test_undo_as_json(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """As JSON, an undo is how it ended, and what it left alone."""
    settle(shell, account)
    account.members[OPENIDS[0]] = FRIENDS
    del account.names[EAST]
    told = json.loads(shell.run("regroup", "undo", applied, "--yes", "--json").out)
    assert (told["kind"], told["state"], told["moved"], told["back"]) == ("undo", "done", 58, 0)
    assert told["left_alone"] == [{"openid": OPENIDS[0], "why": "moved_since", "found": 100}]
    assert told["groups_left_alone"] == [{"id": EAST, "wanted": "East", "found": None}]


def test_undo_asks_first(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """Without --yes a terminal is asked, and a no changes nothing; without a terminal it is refused."""
    settle(shell, account)
    after = account.state()
    outcome = shell.run("regroup", "undo", applied, stdin="n\n", terminal=True)
    assert outcome.code == 7
    assert "Take it back?" in outcome.err
    assert shell.run("regroup", "undo", applied).code == 7
    assert account.state() == after
    assert shell.run("regroup", "undo", applied, stdin="y\n", terminal=True).code == 0
    assert account.members[OPENIDS[0]] == 0


def test_undo_goes_on_where_it_stopped(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """An undo that the day's quota stopped ends with 5, and the same command goes on with it."""
    settle(shell, account)
    shell.platform.faults["groups/members/batchupdate"] = [45009]
    outcome = shell.run("regroup", "undo", applied, "--yes", "--in-flight", "1")
    assert outcome.code == 5
    asked = [path for _, path, _ in shell.calls()].count("/cgi-bin/user/info/batchget")
    outcome = shell.run("regroup", "undo", applied, "--yes")
    assert outcome.code == 0
    assert "Going on with the undo that stopped: 0 of 59 are back." in outcome.err
    assert [path for _, path, _ in shell.calls()].count("/cgi-bin/user/info/batchget") == asked
    assert set(account.members.values()) == {0}


def test_undo_looks_anew_where_it_is_stale(shell: Shell, account: PretendedAccount, applied: str) -> None:
    """Where a group has changed since an undo stopped, it is told, and everybody is looked for anew."""
    settle(shell, account)
    shell.platform.faults["groups/members/batchupdate"] = [45009]
    shell.run("regroup", "undo", applied, "--yes", "--in-flight", "1")
    account.names[102] = "Gold"
    outcome = shell.run("regroup", "undo", applied, "--yes")
    assert outcome.code == 0
    assert "stale" in outcome.err and "Looking anew where everybody is." in outcome.err
    assert set(account.members.values()) == {0}
    assert account.names[102] == "Gold"


def test_undo_of_another_account(shell: Shell, applied: str) -> None:
    """The plan of another account is not taken back."""
    shell.setenv(FENZU_APPID="wxother")
    outcome = shell.run("regroup", "undo", applied, "--yes")
    assert (outcome.code, shell.calls()) == (2, [])

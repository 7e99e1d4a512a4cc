"""`fenzu regroup plan`: what it reads, compares, shows and writes."""

import csv
import json
import signal
from pathlib import Path

import pytest

from fenzu.cli import main
from fenzu.cli.mirror_place import open_mirror
from fenzu.database import open_database
from fenzu.mirror._sync_log import SyncLog
from fenzu.regroup._books.opening import open_run
from tests.cli import pretended
from tests.cli.conftest import ACCOUNT, Shell

EVERYBODY = tuple(f"o{n:027}" for n in range(200))
PLAN = ("regroup", "plan")
MOVES = "/cgi-bin/groups/members/batchupdate"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shell: Shell) -> None:
    """Two hundred followers, the first forty of them VIPs, and a mirror of them in a folder of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("FENZU_MIRROR", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pretended, "TOLD_QUOTAS", (*pretended.TOLD_QUOTAS, MOVES))
    shell.platform.page = 1_000
    shell.platform.followers = {one: 100 if n < 40 else 0 for n, one in enumerate(EVERYBODY)}
    assert shell.run("mirror", "sync").code == 0
    shell.platform.seen.clear()


def write(*rows: tuple[str, str], name: str = "crm.csv") -> str:
    Path(name).write_text("openid,group\n" + "".join(f"{one},{group}\n" for one, group in rows))
    return name


def everybody_to(group: str, first: int = 0, last: int = 200) -> list[tuple[str, str]]:
    return [(one, group) for one in EVERYBODY[first:last]]


def test_a_plan_is_shown(shell: Shell) -> None:
    """It says how the file was read, shows what would be done and what it costs, and changes and writes nothing."""
    code, out, err = shell.run(*PLAN, write(*everybody_to("VIP", 0, 60), *everybody_to("华东媒", 60, 70)))
    assert code == main.DONE
    lines = [line for line in out.splitlines() if not line.startswith(("digest", "ends_on"))]
    assert lines == [
        "followers\t200",
        "wishes\t70",
        "unchanged\t40",
        "along\t0",
        "moves\t30",
        "calls\t2",
        "today\t2",
        "days\t1",
        "move\t0\t未分组\t100\tVIP\t20",
        "move\t0\t未分组\t101\t华东媒\t10",
        "cost\tgroups.move_many\t2\t2\t1000",
    ]
    assert err == (
        "crm.csv: CSV, UTF-8, fields separated by a comma, openids in column openid, groups in column group; "
        "rows: 70.\n"
        "Nothing was written or changed. To keep the plan: --out FILE.\n"
    )
    assert [path.rpartition("/cgi-bin/")[2] for _, path, _ in shell.calls()] == [
        "groups/get",
        "openapi/quota/get",
    ]
    assert sorted(path.name for path in Path().iterdir()) == ["crm.csv", "data"]


def test_a_plan_is_written(shell: Shell) -> None:
    """With --out there is a file that `show` shows alike; it is not overwritten unless that is asked for."""
    out_of = shell.run(*PLAN, write(*everybody_to("VIP", 0, 60)), "--out", "crm.plan")
    assert out_of.err.endswith(
        "The plan is written. Next: fenzu regroup show crm.plan; fenzu regroup apply crm.plan\n"
    )
    shown = shell.run("regroup", "show", "crm.plan").out
    assert set(shown.splitlines()) < set(out_of.out.splitlines())
    shell.platform.seen.clear()
    code, _, err = shell.run(*PLAN, "crm.csv", "--out", "crm.plan")
    assert (code, "is there already" in err, shell.platform.seen) == (main.USAGE, True, [])
    assert shell.run(*PLAN, "crm.csv", "--out", "crm.plan", "--replace").code == main.DONE


def test_a_plan_that_is_applied_leaves_nothing_to_do(shell: Shell) -> None:
    """What was planned and applied is where it should be: the next plan is empty, and says so."""
    rows = [*everybody_to("贵宾", 0, 40), *everybody_to("new", 40, 50)]
    made = shell.run(*PLAN, write(*rows), "--create", "--rename-where-cheaper", "--out", "crm.plan")
    assert "rename\t100\tVIP\t贵宾" in made.out
    assert shell.run("regroup", "apply", "crm.plan", "--yes").code == main.DONE
    names = shell.platform.groups
    assert [names[shell.platform.followers[one]] for one, _ in rows] == [group for _, group in rows]
    again = shell.run(*PLAN, "crm.csv", "--detailed-exitcode", terminal=True)
    assert again.code == main.DONE
    assert "Nothing to do: everybody is where they should be." in again.out


def test_a_list_of_which_no_row_can_be_used_is_not_called_done(shell: Shell) -> None:
    """Where all rows are left out, nobody is told that everybody is where they should be."""
    made = shell.run(*PLAN, write(("nonsense", "VIP")), terminal=True)
    assert "Nothing to do: no row of the list can be used; its problems tell why." in made.out
    assert "everybody is where" not in made.out


def test_nobody_who_joins_later_is_carried_along(shell: Shell) -> None:
    """Where somebody joined a group after its rename was planned, the plan is stale: they are not listed."""
    rows = everybody_to("贵宾", 0, 40)
    made = shell.run(
        *PLAN, write(*rows), "--create", "--rename-where-cheaper", "--out", "crm.plan", terminal=True
    )
    assert ["100", "VIP", "贵宾", "40"] in [line.split() for line in made.out.splitlines()]
    shell.platform.followers[EVERYBODY[99]] = 100
    code, _, err = shell.run("regroup", "apply", "crm.plan", "--yes")
    assert code == main.STALE
    assert "41 followers are in group 100 VIP now, not 40" in err
    assert shell.platform.groups[100] == "VIP"


def test_a_plan_that_was_changed_is_not_applied(shell: Shell) -> None:
    """What is carried out is what was planned and approved: a file whose moves were changed since is refused."""
    shell.run(*PLAN, write(*everybody_to("VIP", 0, 60)), "--out", "crm.plan")
    database = open_database("crm.plan", travels=True)
    database.run("UPDATE regroup_batch SET target = 1")
    database.close()
    shell.platform.seen.clear()
    code, _, err = shell.run("regroup", "apply", "crm.plan", "--yes", "--force")
    assert (code, "changed after it was made" in err, shell.calls()) == (main.USAGE, True, [])


def test_an_exit_code_tells_of_changes(shell: Shell) -> None:
    """With --detailed-exitcode it ends with 3 where anything would be done, and with 0 where nothing would."""
    write(*everybody_to("VIP", 0, 40))
    assert shell.run(*PLAN, "crm.csv", "--detailed-exitcode").code == main.DONE
    write(*everybody_to("VIP", 0, 41))
    assert shell.run(*PLAN, "crm.csv", "--detailed-exitcode").code == main.CHANGES
    assert shell.run(*PLAN, "crm.csv").code == main.DONE


def test_groups_that_are_missing(shell: Shell) -> None:
    """A group that is not there ends it with 2 and words; with --create it would be made, and is not made now."""
    write(*everybody_to("新人", 50, 60))
    code, out, err = shell.run(*PLAN, "crm.csv")
    assert (code, out) == (main.USAGE, "")
    assert 'no such group (10): "新人"' in err
    assert "--create" in err
    out = shell.run(*PLAN, "crm.csv", "--create").out
    assert "create\t-1\t新人\t10" in out
    assert "cost\tgroups.create\t1\t1\t1000" in out
    assert "新人" not in shell.platform.groups.values()


def test_renaming_stands_in_the_place_of_making(shell: Shell) -> None:
    """Without --create nothing could ever be renamed: that is said before anything is read or asked."""
    code, _, err = shell.run(*PLAN, write(*everybody_to("贵宾", 0, 40)), "--rename-where-cheaper")
    assert (code, "--create --rename-where-cheaper" in err, shell.platform.seen) == (main.USAGE, True, [])


def test_a_sync_that_stopped_among_the_pages(shell: Shell) -> None:
    """A plan made from a mirror that does not know of all followers yet says so: beside it, and where it went away."""
    write(*everybody_to("VIP", 0, 41))
    assert "note\t" not in shell.run(*PLAN, "crm.csv").out
    with open_mirror(None, ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"]) as mirror:
        SyncLog(mirror.account).begin(2e9, None)
    listing = "the last sync has not come to the end of the list of followers"
    shown = shell.run(*PLAN, "crm.csv")
    assert f"note\t{listing}" in shown.out and f"Note: {listing}" in shown.err
    drawn = shell.run(*PLAN, "crm.csv", terminal=True)
    assert "Note: " not in drawn.err
    assert f"Note: {listing}" in shell.run(*PLAN, "crm.csv", "--output", "plan.txt", terminal=True).err


def test_rows_with_problems_are_reported(shell: Shell) -> None:
    """Each row with a problem is reported with its number, also of a file that is refused; nothing in it runs."""
    write(("=cmd|' /C calc'!A0", "VIP"), ("o" * 28, "VIP"), (EVERYBODY[50], "VIP"), (EVERYBODY[50], "华东媒"))
    code, _, err = shell.run(*PLAN, "crm.csv", "--report", "problems.csv")
    assert code == main.USAGE
    assert "Rows with problems: 4, listed in problems.csv." in err
    assert "wanted in different groups (2)" in err
    text = Path("problems.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(text.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["row", "kind", "openid", "group", "left out", "problem", "what to do"]
    assert [row[:4] for row in rows[1:]] == [
        ["2", "bad_openid", "'=cmd|' /C calc'!A0", "VIP"],
        ["3", "unknown_openid", "o" * 28, "VIP"],
        ["4", "conflicting", EVERYBODY[50], "VIP"],
        ["5", "conflicting", EVERYBODY[50], "华东媒"],
    ]
    decided = shell.run(*PLAN, "crm.csv", "--on-conflict", "last")
    assert decided.code == main.DONE
    assert "move\t0\t未分组\t101\t华东媒\t1" in decided.out
    assert "odd\tunknown_openid\t1" in decided.out
    assert shell.run(*PLAN, "crm.csv", "--report", "missing/problems.csv").code == main.ERROR
    assert shell.run(*PLAN, "crm.csv", "--report", "odd.doc").code == main.USAGE


def test_a_delimiter_is_said(shell: Shell) -> None:
    """What separates the fields can be said where it is not found by looking."""
    Path("crm.csv").write_text(f"openid|group\n{EVERYBODY[50]}|VIP\n")
    assert shell.run(*PLAN, "crm.csv").code == main.USAGE
    code, _, err = shell.run(*PLAN, "crm.csv", "--create", "--delimiter", "|")
    assert code == main.DONE and "separated by a vertical bar" in err


def test_a_reserve_is_kept(shell: Shell) -> None:
    """The reserve is taken off each day's calls, and days are told with it; one that makes no sense is refused."""
    write(*everybody_to("VIP"))
    out = shell.run(*PLAN, "crm.csv", "--reserve", "998").out
    assert "today\t1\ndays\t3\n" in out
    assert "cost\tgroups.move_many\t4\t1\t2" in out
    assert shell.run(*PLAN, "crm.csv", "--reserve", "some").code == main.USAGE


def test_guards_are_told_beforehand(shell: Shell) -> None:
    """What `apply` would refuse is told by `plan`, which ends well all the same."""
    code, out, _ = shell.run(*PLAN, write(*everybody_to("1", 100, 101), *everybody_to("VIP", 101)))
    assert code == main.DONE
    assert [line.split("\t")[:3] for line in out.splitlines() if line.startswith("finding")] == [
        ["finding", "many_moved", "100"],
        ["finding", "into_blacklist", "1"],
    ]


def test_a_mirror_is_needed(shell: Shell, tmp_path: Path) -> None:
    """Without a mirror, and with an empty one, it says how to fill it."""
    write(*everybody_to("VIP"))
    code, _, err = shell.run(*PLAN, "crm.csv", "--mirror", "none.db")
    assert (code, "fenzu mirror sync" in err) == (main.ERROR, True)
    shell.platform.followers = {}
    shell.run("mirror", "sync", "--mirror", "empty.db")
    code, _, err = shell.run(*PLAN, "crm.csv", "--mirror", "empty.db")
    assert (code, "knows nobody" in err) == (main.ERROR, True)


def test_an_old_mirror_is_noted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """How old the mirror's facts are is told where that is more than a day."""
    import time

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3 * 86_400)
    out = shell.run(*PLAN, write(*everybody_to("VIP"))).out
    shown = shell.run(*PLAN, "crm.csv", terminal=True).out
    assert "· the oldest fact in the mirror is 3 days old" in shown
    assert "note\tthe oldest fact in the mirror is 3 days old: fenzu mirror sync brings it up to date" in out


def test_followers_whose_group_is_not_known_are_noted(shell: Shell) -> None:
    """Whoever follows and whose group the mirror does not know yet is not planned for, and that is told."""
    with open_mirror(None, ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"]) as mirror:
        mirror.subscribed("o" + "n" * 27, 1_000)
    out = shell.run(*PLAN, write(("o" + "n" * 27, "VIP"))).out
    assert "odd\tunknown_openid\t1" in out
    assert "note\tof 1 followers the group is not known yet" in out


def test_too_many_groups_are_noted(shell: Shell) -> None:
    """An account that would have more groups than today's platform takes is told so before anything is done."""
    shell.platform.groups |= {n: f"g{n}" for n in range(200, 298)}
    out = shell.run(*PLAN, write(*everybody_to("one more", 50, 60)), "--create").out
    assert "note\tthe account would have 101 groups of its own" in out


def test_json_and_chinese(shell: Shell) -> None:
    """--json prints the plan as one value; a reader of Chinese gets the rest in Chinese."""
    shell.setenv(FENZU_LANG="zh")
    code, out, err = shell.run(*PLAN, write(*everybody_to("VIP", 0, 50)), "--json")
    value = json.loads(out)
    assert (code, value["moves"], value["cost"]["days"]) == (0, 10, 1)
    assert "没有写出文件" in err
    assert "移动 10 个" in shell.run(*PLAN, "crm.csv", terminal=True).out


def test_a_plan_for_a_server(shell: Shell, empty_postgres: str) -> None:
    """--out may be PostgreSQL: the plan is a run of its own there, and the words to go on with name its number."""
    err = shell.run(*PLAN, write(*everybody_to("VIP", 0, 50)), "--out", empty_postgres).err
    assert "--run 1" in err
    with open_run(empty_postgres, 1) as run:
        assert run.planned.header.wishes == 50
        where = run.where
    shell.platform.faults["groups/members/batchupdate"] = [45009]
    err = shell.run("regroup", "apply", empty_postgres, "--run", "1", "--yes").err
    assert f"fenzu regroup resume {where} --run 1\n" in err


def test_reading_that_is_interrupted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends what reads a list at once, though it be a keyboard that says nothing."""
    went_on: list[str] = []

    def read(source: str, **_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        went_on.append(source)

    monkeypatch.setattr("fenzu.regroup._wishes.read_wishes", read)
    assert shell.run(*PLAN, "-").code == main.INTERRUPTED
    assert went_on == []


def test_a_reader_who_leaves_loses_no_plan(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --out the plan is written before it is shown: whoever leaves a pager early has it all the same."""

    def leave(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("fenzu.cli.regroup.plan.show", leave)
    with pytest.raises(BrokenPipeError):
        shell.run(*PLAN, write(*everybody_to("VIP", 0, 60)), "--out", "crm.plan")
    with open_run("crm.plan", read_only=True) as run:
        assert run.planned.tally().followers == 20

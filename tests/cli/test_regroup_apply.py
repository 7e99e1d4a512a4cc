"""`fenzu regroup apply`, `resume` and `status`: who is asked, what is refused, how it ends."""

import json
from pathlib import Path

import pytest

from fenzu.cli import main
from fenzu.cli.mirror_place import open_mirror, place_of
from fenzu.regroup._books.entries import StateChanged
from fenzu.regroup._books.handing import HANDED
from fenzu.regroup._books.opening import open_run, save_plan
from fenzu.regroup._running.hold import locked
from fenzu.regroup._values import Batch, Create, Header, KnownGroup, Plan, Rename
from tests.cli.conftest import ACCOUNT, Shell

EVERYBODY = tuple(f"o{n:027}" for n in range(400))
MOVE = "groups/members/batchupdate"
APPLY = ("regroup", "apply")


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shell: Shell) -> None:
    """Keep mirrors and plans in a folder of the test, and let the platform have four hundred followers."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("FENZU_MIRROR", raising=False)
    monkeypatch.chdir(tmp_path)
    shell.platform.followers = dict.fromkeys(EVERYBODY, 0)


def make_plan(
    n: int = 100, target: int = 100, *, followers: int = 400, appid: str = ACCOUNT["FENZU_APPID"]
) -> str:
    """Write a plan that moves so many into a group, gives another a new name, and makes one where none is there."""
    batches = tuple(
        Batch(number, target, EVERYBODY[start : start + 50], (0,) * 50)
        for number, start in enumerate(range(0, n, 50), start=1)
    )
    header = Header(
        appid=appid,
        base_url=ACCOUNT["FENZU_BASE_URL"],
        made_at=1.0,
        wish="crm.csv",
        wishes=n,
        followers=followers,
    )
    creates = (Create(-1, "新\x1b[31m"),) if target == -1 else ()
    groups = (KnownGroup(100, "VIP"), KnownGroup(101, "华东媒"))
    plan = Plan(header, groups, creates, (Rename(101, "华东媒", "华东"),), (), batches)
    save_plan(plan, "crm.plan").close()
    return "crm.plan"


def test_apply_carries_a_plan_out_and_says_where(shell: Shell) -> None:
    """It tells account, host and what will be done, does it, and sums up; the file stays in one piece."""
    outcome = shell.run(*APPLY, make_plan(target=-1), "--yes")
    assert outcome == (
        main.DONE,
        "",
        (
            f"Account {ACCOUNT['FENZU_APPID']} at {ACCOUNT['FENZU_BASE_URL']}, a sandbox or test host.\n"
            "Followers to move: 100, in 2 calls; groups to make: 1, to rename: 1, to delete if empty: 0.\n"
            "Group 101 华东 has its new name.\n"
            "Group 102 新\\x1b[31m is made.\n"
            "Moved: 100 of 100; failed: 0; calls: 4.\n"
        ),
    )
    assert list(shell.platform.followers.values()) == [102] * 100 + [0] * 300
    assert sorted(path.name for path in Path().iterdir()) == ["crm.plan", "data"]


def test_production_is_called_production(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first write the real platform is told from a sandbox, in Chinese too."""
    monkeypatch.setitem(ACCOUNT, "FENZU_BASE_URL", "https://api.weixin.qq.com")
    shell.setenv(FENZU_BASE_URL="https://api.weixin.qq.com")
    plan = make_plan()
    assert "PRODUCTION" in shell.run(*APPLY, plan).err
    shell.setenv(FENZU_LANG="zh")
    assert "正式环境" in shell.run(*APPLY, plan).err


def test_the_result_as_json(shell: Shell) -> None:
    """`--json` prints one value: the state, the numbers, and the ids of the groups that were made."""
    outcome = shell.run(*APPLY, make_plan(target=-1), "--yes", "--json")
    told = json.loads(outcome.out)
    assert told | {"state": "done", "moved": 100, "failed": 0, "left": 0, "groups": {"-1": 102}} == told
    assert (told["calls"], told["reason"], told["error"]) == (4, None, None)


def test_progress_as_json_lines(shell: Shell) -> None:
    """`--progress json` writes an event a line to stderr, from the first to the last."""
    outcome = shell.run(*APPLY, make_plan(target=-1), "--yes", "--progress", "json")
    lines = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
    names = [line["event"] for line in lines]
    assert (names[0], names[-1]) == ("started", "finished")
    assert {"group_ready", "progress"} <= set(names)
    assert lines[-2] | {"done": 100, "failed": 0, "total": 100} == lines[-2]


def test_without_a_terminal_nothing_is_assumed(shell: Shell) -> None:
    """Where there is nobody to ask, it needs `--yes`; nothing is sent without it."""
    outcome = shell.run(*APPLY, make_plan())
    assert (outcome.code, "--yes" in outcome.err) == (main.REFUSED, True)
    assert shell.calls() == []


def test_a_person_is_asked(shell: Shell) -> None:
    """On a terminal it asks; anything but a yes ends it before anything is sent."""
    plan = make_plan()
    refused = shell.run(*APPLY, plan, terminal=True, stdin="n\n")
    assert (refused.code, "Carry it out? [y/N]" in refused.err) == (main.REFUSED, True)
    assert shell.calls() == []
    assert shell.run(*APPLY, plan, terminal=True, stdin="y\n").code == main.DONE
    assert "Moved: 100 of 100" in shell.run("regroup", "resume", plan, terminal=True).err


def test_a_guard_has_to_be_forced(shell: Shell) -> None:
    """A plan that moves more than 30 % is refused with 7 before anything is sent, unless it is forced."""
    plan = make_plan(200)
    refused = shell.run(*APPLY, plan, "--yes")
    assert (refused.code, "50 %" in refused.err) == (main.REFUSED, True)
    assert shell.calls() == []
    assert shell.run(*APPLY, plan, "--yes", "--force").code == main.DONE


def test_a_stale_plan_is_refused(shell: Shell) -> None:
    """A plan whose group has another name now ends with 8, and says which."""
    shell.platform.groups[100] = "朋友"
    outcome = shell.run(*APPLY, make_plan(), "--yes")
    assert (outcome.code, "朋友" in outcome.err) == (main.STALE, True)
    assert not any(call[1].endswith(MOVE) for call in shell.calls())


def test_a_plan_of_another_account_is_refused(shell: Shell) -> None:
    """A plan is applied to the account that it was made for, and to no other."""
    outcome = shell.run(*APPLY, make_plan(appid="wxffffffffffffffff"), "--yes")
    assert (outcome.code, "wxffffffffffffffff" in outcome.err) == (main.USAGE, True)
    assert shell.calls() == []


def test_who_failed_is_counted_and_can_be_listed(shell: Shell) -> None:
    """Followers that cannot be moved do not keep the others; the exit code is 6, and it says how to list them."""
    del shell.platform.followers[EVERYBODY[7]]
    outcome = shell.run(*APPLY, make_plan(), "--yes")
    assert outcome.code == main.SOME_FAILED
    assert "Moved: 99 of 100; failed: 1" in outcome.err
    assert "fenzu regroup report crm.plan --format csv --failed" in outcome.err


def test_too_many_failures_stop_the_run(shell: Shell) -> None:
    """With more failures than allowed it stops with 5; resuming with a greater limit does the rest."""
    for openid in EVERYBODY[:60]:
        del shell.platform.followers[openid]
    outcome = shell.run(*APPLY, make_plan(), "--yes", "--max-failures", "10")
    assert (outcome.code, "--max-failures" in outcome.err) == (main.STOPPED, True)
    again = shell.run("regroup", "resume", "crm.plan", "--yes", "--max-failures", "60")
    assert (again.code, "Moved: 40 of 100; failed: 60" in again.err) == (main.SOME_FAILED, True)


@pytest.mark.parametrize("command", ["apply", "resume"])
def test_the_day_s_end_stops_it_and_it_goes_on_later(shell: Shell, command: str) -> None:
    """45009 ends with 5 and the time when the quota renews; applying again and resuming both go on."""
    plan = make_plan()
    shell.platform.faults[MOVE] = [0, 45009]
    outcome = shell.run(*APPLY, plan, "--yes", "--json")
    told = json.loads(outcome.out)
    assert outcome.code == main.STOPPED
    assert (told["state"], told["reason"], told["error"]["code"]) == ("stopped", "45009", 45009)
    assert told["renews_at"] % 86_400 == 57_600
    assert "00:00 Beijing time, when the quota renews, or clear it\n" in outcome.err
    assert outcome.err.endswith(f"Go on with: fenzu regroup resume {plan}\n")
    again = shell.run("regroup", command, plan, "--yes")
    assert (again.code, "of them done" in again.err) == (main.DONE, True)
    assert list(shell.platform.followers.values()) == [100] * 100 + [0] * 300


def test_what_the_platform_forbids_ends_with_its_own_code(shell: Shell) -> None:
    """A call that is forbidden ends with an error of its kind, not with "can go on later"."""
    shell.platform.faults[MOVE] = [40013] * 2
    assert shell.run(*APPLY, make_plan(), "--yes").code == main.NO_ACCOUNT


def test_resume_is_for_what_was_begun(shell: Shell) -> None:
    """A plan that was not begun is not resumed: it has to be applied, with its guards."""
    outcome = shell.run("regroup", "resume", make_plan(), "--yes")
    assert (outcome.code, "fenzu regroup apply crm.plan" in outcome.err) == (main.USAGE, True)


def test_an_undone_plan_is_not_applied_again(shell: Shell) -> None:
    """Once the undo of a plan has begun, applying it is refused; a new plan has to be made."""
    plan = make_plan()
    with open_run(plan) as run:
        book = run.planned
        undo = Plan(
            Header(
                appid=book.header.appid,
                base_url=book.header.base_url,
                kind="undo",
                undoes=book.run,
                made_at=2.0,
                wish="undo",
                wishes=0,
                followers=400,
            ),
            (),
            (),
            (),
            (),
            (),
        )
        run.add(undo)
    assert shell.run(*APPLY, plan, "--yes").code == main.USAGE
    assert shell.run("regroup", "resume", plan, "--yes").code == main.DONE


def test_two_do_not_apply_one_plan(shell: Shell) -> None:
    """While another process applies the plan, or another plan of the account, it is refused, and can go on later."""
    plan = make_plan()
    with locked([plan]):
        outcome = shell.run(*APPLY, plan, "--yes")
    assert (outcome.code, "another process" in outcome.err) == (main.STOPPED, True)
    place = place_of(None, ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"])
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    with locked([place]):
        assert shell.run(*APPLY, plan, "--yes").code == main.STOPPED
    assert shell.calls() == []


def test_who_watches_may_leave(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of the progress who leaves takes nothing along: the run goes on, and its exit code is its own."""

    def leave(*_: object) -> None:
        raise BrokenPipeError

    plan = make_plan()
    monkeypatch.setattr("fenzu.cli.regroup.carrying.tell", leave)
    monkeypatch.setattr("fenzu.cli.regroup.shown.say", leave)
    monkeypatch.setattr(main, "end_quietly", lambda: main.DONE)
    shell.platform.faults["groups/members/batchupdate"] = [0, 45009]
    assert shell.run(*APPLY, plan, "--yes").code == main.STOPPED
    assert shell.run("regroup", "resume", plan, "--yes").code == main.DONE
    assert list(shell.platform.followers.values()).count(100) == 100


def test_the_mirror_learns_what_was_done(shell: Shell) -> None:
    """Where the account has a mirror, it knows the new groups' names afterwards."""
    url, appid = ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"]
    open_mirror(None, url, appid).close()
    assert shell.run(*APPLY, make_plan(target=-1), "--yes").code == main.DONE
    with open_mirror(None, url, appid) as mirror:
        assert [(group.id, group.name) for group in mirror.groups()][3:] == [
            (100, "VIP"),
            (101, "华东"),
            (102, "新\x1b[31m"),
        ]


def test_status_tells_how_plans_stand(shell: Shell) -> None:
    """Of a plan, or of all plans in the folder; a run whose process is gone is broken, and can be resumed."""
    plan = make_plan()
    assert shell.run("regroup", "status").out.split("\t")[:5] == [
        plan,
        "1",
        "apply",
        f"{ACCOUNT['FENZU_APPID']} {ACCOUNT['FENZU_BASE_URL']}",
        "planned",
    ]
    with open_run(plan) as run:
        run.planned.write([StateChanged("running", 2.0)])
    assert json.loads(shell.run("regroup", "status", plan, "--json").out)[0]["state"] == "broken"
    with locked([plan]):
        assert json.loads(shell.run("regroup", "status", plan, "--json").out)[0]["state"] == "running"
    assert shell.run("regroup", "status", "no.plan").code == main.ERROR


def test_status_on_a_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is told of one plan line by line, with what to do next, and of several in a table that fits."""
    plan = make_plan()
    shown = shell.run("regroup", "status", plan, terminal=True)
    assert "moved     0 of " in shown.out
    assert f"Next: fenzu regroup apply {plan}" in shown.err
    with open_run(plan) as run:
        run.planned.write([StateChanged("stopped", 2.0, HANDED)])
    assert shell.run("regroup", "status", plan, terminal=True).err == ""
    with open_run(plan) as run:
        run.planned.write([StateChanged("stopped", 2.0, "45009"), StateChanged("done", 3.0)])
    monkeypatch.setenv("FENZU_LANG", "zh")
    shown = shell.run("regroup", "status", plan, terminal=True)
    assert "完成" in shown.out
    assert shown.err == ""
    table = shell.run("regroup", "status", terminal=True).out
    assert "执行" in table and "完成" in table and "apply" not in table
    assert ACCOUNT["FENZU_APPID"] in table
    assert max(len(line) for line in table.splitlines()) <= 80

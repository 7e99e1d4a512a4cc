"""`fenzu groups move`: few, many, and what is told of those who were not moved."""

import json
import signal
from collections.abc import Iterator

import pytest

from fenzu.cli import batches, main
from fenzu.errors import class_of
from fenzu.wire.limits import BATCH_OPENIDS
from tests.cli.conftest import Shell

AT_ONCE = batches.CALLS_AT_ONCE * BATCH_OPENIDS


def follow(shell: Shell, count: int) -> list[str]:
    shell.platform.followers = {f"o{n:027}": 0 for n in range(count)}
    return list(shell.platform.followers)


def test_one_follower_takes_the_single_call(shell: Shell) -> None:
    """One openid goes by members/update, and nothing is printed on stdout when it is moved."""
    openid = follow(shell, 1)[0]
    assert shell.run("groups", "move", openid, "--to", "100") == (0, "", "Moved 1 of 1 to group 100.\n")
    assert shell.calls() == [
        ("POST", "/cgi-bin/groups/members/update", f'{{"openid":"{openid}","to_groupid":100}}')
    ]


def test_one_who_does_not_follow(shell: Shell) -> None:
    """A single openid that is refused is told like one among many: printed with why, exit code 6."""
    bad = "o" + "9" * 27
    outcome = shell.run("groups", "move", bad, "--to", "100")
    assert (outcome.code, outcome.out) == (6, f"{bad}\tfailed\t40003\tinvalid openid\n")


def test_one_to_an_unknown_group(shell: Shell) -> None:
    """An unknown group is no openid's fault: exit code 1, and the one openid is told as many are."""
    openid = follow(shell, 1)[0]
    outcome = shell.run("groups", "move", openid, "--to", "999")
    assert (outcome.code, outcome.out) == (1, f"{openid}\tfailed\t40050\tinvalid group id\n")
    assert outcome.err.startswith("Moved 0 of 1 to group 999.\nfenzu: 1 × 40050 invalid group id")
    assert "Not tried" not in outcome.err


@pytest.mark.parametrize(("fault", "code"), [(45009, 5), (40013, 4), (40003, 6)])
def test_one_and_two_end_alike(shell: Shell, fault: int, code: int) -> None:
    """One openid ends with the exit code and the JSON that two end with, though another call carries it."""
    told = []
    for openids in (follow(shell, 2)[:1], follow(shell, 2)):
        path = "members/update" if len(openids) == 1 else "members/batchupdate"
        shell.platform.faults[f"groups/{path}"] = [fault] * 3
        outcome = shell.run("groups", "move", *openids, "--to", "100", "--json")
        assert outcome.code == code
        value = json.loads(outcome.out)
        told.append((len(value["failed"]) == len(openids), value["failed"][0]["code"], value["stopped_by"]))
    assert told[0] == told[1]
    assert shell.run("groups", "move", "no openid", "--to", "100").code == 6


def test_many_malformed_lines_are_one_complaint(shell: Shell) -> None:
    """Ten thousand lines that are no openids are one complaint, which shows the first of them whole."""
    lines = [f"line {number}" for number in range(10_000)]
    err = shell.run("groups", "move", "-", "--to", "100", stdin="\n".join(lines)).err
    assert err.count("fenzu:") == 1
    assert "fenzu: 10,000 × not an openid: 'line 0', …. Next: " in err


def test_many_go_fifty_a_call(shell: Shell) -> None:
    """Many openids from standard input go by batchupdate, fifty a call, each once."""
    openids = follow(shell, 120)
    outcome = shell.run("groups", "move", "-", "--to", "VIP", stdin="\n".join([*openids, openids[0]]))
    assert outcome == (0, "", "Moved 120 of 120 to group 100.\n")
    sizes = [len(json.loads(body)["openid_list"]) for _, path, body in shell.calls() if "batch" in path]
    assert sizes == [50, 50, 20]
    assert set(shell.platform.followers.values()) == {100}


def test_bad_openids_are_printed_and_the_others_moved(shell: Shell) -> None:
    """Who was not moved is printed with the reason, the summary tells each kind of failure once, the exit code is 6."""
    openids = follow(shell, 60)
    bad = ["o" + "9" * 27, "o" + "8" * 27]
    outcome = shell.run("groups", "move", *openids[:30], *bad, *openids[30:], "no openid", "--to", "100")
    assert outcome.code == 6
    rows = [line.split("\t") for line in outcome.out.splitlines()]
    assert sorted(row[:3] for row in rows) == sorted(
        [["no openid", "failed", ""], *([openid, "failed", "40003"] for openid in bad)]
    )
    assert outcome.err.startswith("Moved 60 of 63 to group 100.\nfenzu: 2 × 40003 invalid openid")
    assert set(shell.platform.followers.values()) == {100}


def test_what_was_printed_can_be_moved_again(shell: Shell) -> None:
    """The lines of a failed move are input for the next one."""
    openids = follow(shell, 3)
    shell.platform.faults["groups/members/batchupdate"] = [45009]
    first = shell.run("groups", "move", *openids, "--to", "100")
    assert first.code == 5
    assert shell.run("groups", "move", "-", "--to", "100", stdin=first.out).code == 0
    assert set(shell.platform.followers.values()) == {100}


def test_a_spent_quota_stops_the_move(shell: Shell) -> None:
    """45009 stops at once with exit code 5, says what is left and when the quota renews."""
    openids = follow(shell, 120)
    shell.platform.faults["groups/members/batchupdate"] = [0, 45009]
    outcome = shell.run("groups", "move", "-", "--to", "100", stdin="\n".join(openids))
    assert outcome.code == 5
    states = [line.split("\t")[1:3] for line in outcome.out.splitlines()]
    assert states == [["failed", "45009"]] * 50 + [["not_tried", ""]] * 20
    assert outcome.err.startswith("Moved 50 of 120 to group 100.\n")
    assert "Not tried: 20.\n" in outcome.err
    assert "00:00 in Beijing" in outcome.err
    assert outcome.err.count("45009") == 1


@pytest.mark.parametrize("code", [-1, 45009, 45011])
def test_what_ends_half_way_can_go_on(code: int) -> None:
    """A run that a busy platform or a spent quota, of the day or the minute, stopped can go on later: exit code 5."""
    outcome = batches.Outcome(["o1", "o2"])
    outcome.stopped_by = class_of(code)(code, "")
    assert outcome.exit_code() == main.STOPPED


def test_a_spent_quota_in_chinese(shell: Shell) -> None:
    """The same story is told in Chinese."""
    shell.setenv(FENZU_LANG="zh_CN")
    openids = follow(shell, 60)
    shell.platform.faults["groups/members/batchupdate"] = [0, 45009]
    err = shell.run("groups", "move", "-", "--to", "100", stdin="\n".join(openids)).err
    assert err.startswith("已将 60 个粉丝中的 50 个移到分组 100。\n")
    assert "北京时间 0 点" in err


def test_many_to_an_unknown_group(shell: Shell) -> None:
    """A group that does not exist stops the move after one call with exit code 1."""
    outcome = shell.run("groups", "move", *follow(shell, 120), "--to", "999")
    assert outcome.code == 1
    assert len([path for _, path, _ in shell.calls() if "batch" in path]) == 1


def test_as_json(shell: Shell) -> None:
    """With --json, one value tells of each openid what became of it."""
    openids = follow(shell, 2)
    outcome = shell.run("groups", "move", openids[0], "o" + "9" * 27, openids[1], "--to", "100", "--json")
    assert json.loads(outcome.out) == {
        "group_id": 100,
        "moved": openids,
        "failed": [
            {
                "openid": "o" + "9" * 27,
                "code": 40003,
                "message": "invalid openid",
                "advice": "the openid is malformed, no follower, or of another account",
            }
        ],
        "not_tried": [],
        "stopped_by": None,
    }
    shell.platform.faults["groups/members/batchupdate"] = [45009]
    stopped = json.loads(shell.run("groups", "move", *openids, "--to", "100", "--json").out)["stopped_by"]
    assert stopped["code"] == 45009


def test_a_byte_that_is_no_text_as_json(shell: Shell) -> None:
    """An input that is not UTF-8 does not end the command after the work is done: JSON holds the byte written out."""
    openids = follow(shell, 2)
    outcome = shell.run(
        "groups", "move", "-", "--to", "100", "--json", stdin="\n".join([*openids, "caf\udce9"])
    )
    assert outcome.code == 6
    told = json.loads(outcome.out)
    assert (told["moved"], told["failed"][0]["openid"]) == (openids, "caf\udce9")
    assert "caf\\udce9" in outcome.out


def test_progress_as_json_lines(shell: Shell) -> None:
    """A long move with --json tells its progress on stderr, a line of JSON each time."""
    openids = follow(shell, AT_ONCE * 2)
    err = shell.run("groups", "move", "-", "--to", "100", "--json", stdin="\n".join(openids)).err.splitlines()
    assert [json.loads(line) for line in err[:-1]] == [
        {"moved": AT_ONCE, "failed": 0, "total": len(openids)},
        {"moved": len(openids), "failed": 0, "total": len(openids)},
    ]


def test_a_bar_for_a_person(shell: Shell) -> None:
    """A long move draws a bar on a terminal's stderr; stdout stays empty."""
    openids = follow(shell, AT_ONCE * 2)
    outcome = shell.run("groups", "move", "-", "--to", "100", stdin="\n".join(openids), terminal=True)
    assert outcome.out == ""
    assert "moving" in outcome.err
    assert outcome.err.endswith("Moved 500 of 500 to group 100.\n")


def test_a_terminal_is_not_flooded(shell: Shell) -> None:
    """A person is shown the first of many that were not tried, and how many more there are."""
    openids = follow(shell, 200)
    shell.platform.faults["groups/members/batchupdate"] = [45009]
    out = shell.run("groups", "move", *openids, "--to", "100", terminal=True).out
    assert out.count("not_tried") == batches.SHOWN_NOT_TRIED + 1
    assert "+130" in out


def test_interrupted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in a long move ends with 130 and words about what is done, without a traceback."""
    openids = follow(shell, AT_ONCE * 2)

    def strike() -> None:
        if len(shell.calls()) == 7:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(shell.platform, "before", strike)
    outcome = shell.run("groups", "move", "-", "--to", "100", stdin="\n".join(openids))
    assert outcome.code == 130
    assert outcome.err.startswith(
        "Moved 250 of 500 to group 100.\nInterrupted. Moving a follower twice does no harm"
    )
    assert outcome.err.endswith("fenzu: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (["o1", "-", "--to", "100"], "", "- and openids together"),
        (["-", "--to", "100"], "\n\n", "holds no openid"),
        (["o1"], "", "Missing option '--to'"),
        (["--to", "100"], "", "Missing argument 'OPENID…'"),
    ],
)
def test_wrong_usage(shell: Shell, arguments: list[str], stdin: str, told: str) -> None:
    """What cannot be meant is told before anything is sent, with exit code 2."""
    outcome = shell.run("groups", "move", *arguments, stdin=stdin)
    assert (outcome.code, outcome.out, shell.calls()) == (2, "", [])
    assert told in outcome.err


def test_standard_input_that_is_no_text(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no text is told, before anything is sent."""

    def fail(_: object) -> Iterator[str]:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    monkeypatch.setattr("tests.cli.conftest.Terminal.__iter__", fail, raising=False)
    outcome = shell.run("groups", "move", "-", "--to", "100", terminal=True)
    assert (outcome.code, outcome.out, shell.calls()) == (2, "", [])
    assert "no text" in outcome.err

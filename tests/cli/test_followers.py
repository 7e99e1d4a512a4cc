"""`fenzu followers …`."""

import json
import signal

import pytest

from tests.cli.conftest import Shell


def test_list(shell: Shell) -> None:
    """All openids come one a line, page after page."""
    assert shell.run("followers", "list") == (0, "".join(f"{one}\n" for one in shell.platform.followers), "")


def test_list_after(shell: Shell) -> None:
    """--after begins behind a follower."""
    openids = list(shell.platform.followers)
    assert shell.run("followers", "list", "--after", openids[2]).out.split() == openids[3:]


def test_list_as_json_lines(shell: Shell) -> None:
    """With --json each follower is a line of JSON, so that millions need no memory."""
    lines = shell.run("followers", "list", "--json").out.splitlines()
    assert [json.loads(line) for line in lines] == [{"openid": openid} for openid in shell.platform.followers]


def test_a_list_that_breaks_off(shell: Shell) -> None:
    """When the quota ends the list, what came is printed, the exit code is 5 and the way to go on is told."""
    shell.platform.faults["user/get"] = [0, 45009]
    openids = list(shell.platform.followers)
    outcome = shell.run("followers", "list")
    assert (outcome.code, outcome.out.split()) == (5, openids[:3])
    assert f"go on with --after {openids[2]}" in outcome.err


def test_a_list_that_never_began(shell: Shell) -> None:
    """When nothing came there is nothing to go on from."""
    shell.platform.faults["user/get"] = [45009]
    outcome = shell.run("followers", "list")
    assert (outcome.code, outcome.out) == (5, "")
    assert "--after" not in outcome.err


def test_show_in_a_pipe(shell: Shell) -> None:
    """A profile is a line of full values; of somebody who does not follow only the openid is known."""
    good, bad = next(iter(shell.platform.followers)), "o" + "9" * 27
    assert shell.run("followers", "show", good, bad) == (
        0,
        f"{good}\tyes\t0\t2015-06-12T07:10:47Z\t胖子\t2,134\tADD_SCENE_SEARCH\t\n{bad}\tno\t\t\t\t\t\t\n",
        "",
    )


def test_show_on_a_terminal(shell: Shell) -> None:
    """On a narrow terminal the openid stays whole, so that it can be copied."""
    shell.setenv(COLUMNS="80")
    good = next(iter(shell.platform.followers))
    assert good in shell.run("followers", "show", good, terminal=True).out


def test_show_as_json(shell: Shell) -> None:
    """With --json the profiles are one list, in our own names."""
    good = next(iter(shell.platform.followers))
    (profile,) = json.loads(shell.run("followers", "show", "-", "--json", stdin=good).out)
    assert profile["openid"] == good
    assert profile["group_id"] == 0
    assert profile["tag_ids"] == [2, 134]


def test_show_tells_bad_openids_apart(shell: Shell) -> None:
    """One openid that the platform refuses and one that is none spoil nobody's profile; the exit code is 6."""
    shell.platform.followers = {f"o{n:027}": 0 for n in range(120)}
    openids, bad = list(shell.platform.followers), "o" + "9" * 27
    shell.platform.malformed = {bad}
    given = [*openids[:60], bad, "no openid", *openids[60:]]
    outcome = shell.run("followers", "show", "-", stdin="\n".join(given))
    assert outcome.code == 6
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in outcome.out.splitlines()}
    assert list(rows) == given
    assert {rows[openid][0] for openid in openids} == {"yes"}
    assert rows[bad] == ["", "", "", "", "", "", "invalid openid"]
    assert "1 × 40003 invalid openid" in outcome.err
    assert "1 × not an openid: 'no openid'. Next: " in outcome.err
    last = json.loads(shell.run("followers", "show", openids[0], bad, "--json").out)[-1]
    assert last == {
        "openid": bad,
        "subscribe": None,
        "error": {"code": 40003, "message": "invalid openid"},
    }


def test_show_tells_whom_the_answer_leaves_out(shell: Shell) -> None:
    """An openid that the platform's answer leaves out is told as failed, in its place; the exit code is 6."""
    first, lost, last = list(shell.platform.followers)[:3]
    shell.platform.left_out = {lost}
    outcome = shell.run("followers", "show", first, lost, last)
    assert outcome.code == 6
    rows = [line.split("\t") for line in outcome.out.splitlines()]
    assert [row[0] for row in rows] == [first, lost, last]
    assert rows[1][1:] == ["", "", "", "", "", "", "the platform's answer leaves this openid out"]
    assert "1 × the platform's answer leaves this openid out. Next: " in outcome.err


def test_show_with_a_time_out_of_range(shell: Shell) -> None:
    """A moment that no calendar has is shown as the number it is."""
    shell.platform.since = 10**14
    outcome = shell.run("followers", "show", next(iter(shell.platform.followers)))
    assert (outcome.code, outcome.out.split("\t")[3]) == (0, "100000000000000")


def test_a_show_that_breaks_off(shell: Shell) -> None:
    """When the quota ends the command, what came is printed and the first openid that is left is told."""
    shell.platform.followers = {f"o{n:027}": 0 for n in range(120)}
    openids = list(shell.platform.followers)
    shell.platform.faults["user/info/batchget"] = [0, 45009]
    outcome = shell.run("followers", "show", *openids)
    assert (outcome.code, len(outcome.out.splitlines())) == (5, 100)
    assert f"Broke off after 100 / 120; go on with {openids[100]}\n" in outcome.err


def test_a_list_that_is_interrupted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C too the way to go on is told."""
    openids = list(shell.platform.followers)

    def strike() -> None:
        if len(shell.calls()) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(shell.platform, "before", strike)
    outcome = shell.run("followers", "list")
    assert (outcome.code, outcome.out.split()) == (130, openids[:3])
    assert f"go on with --after {openids[2]}" in outcome.err


def test_after_nobody(shell: Shell) -> None:
    """An unknown follower to begin behind is an error and no place to go on from."""
    shell.platform.faults["user/get"] = [40003]
    outcome = shell.run("followers", "list", "--after", "o" + "9" * 27)
    assert (outcome.code, outcome.out) == (1, "")
    assert "go on" not in outcome.err

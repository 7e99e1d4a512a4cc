"""`fenzu mirror …`: a mirror filled, looked into, and told of events."""

import json
import time
from pathlib import Path

import pytest

from fenzu.cli.mirror.budget import Budget
from fenzu.cli.span import seconds_of, span
from fenzu.errors import UsageError
from fenzu.mirror import Mirror
from tests.cli.conftest import ACCOUNT, Shell

FIRST, SECOND = f"o{0:027}", f"o{1:027}"
AGES_AHEAD = f'{{"event":"subscribe","openid":"{FIRST}","at":{2**70}}}'


@pytest.fixture(autouse=True)
def place(shell: Shell, tmp_path: Path) -> Path:
    """The mirror of these tests."""
    place = tmp_path / "mirror.db"
    shell.setenv(FENZU_MIRROR=str(place))
    return place


def test_a_mirror_is_filled_and_told_of(shell: Shell) -> None:
    """A sync says what the mirror holds and what it cost; the status says it beside the platform's counts."""
    shell.platform.followers[FIRST] = 100
    assert shell.run("mirror", "sync") == (0, "", "The mirror holds 5 followers, read with 4 calls.\n")
    outcome = shell.run("mirror", "status")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert {"followers\t5", "unknown\t0", "gone\t0", "calls\tfollowers.list 2"} <= set(lines)
    assert "left today\tfollowers.get_many 999" in lines
    assert "group\t100\tVIP\t1\t1" in lines
    assert any(line.startswith("oldest\t20") for line in lines)


def test_a_status_for_programs(shell: Shell, place: Path) -> None:
    """With --json the status is one value; a quota that the platform does not tell is left out."""
    shell.run("mirror", "sync")
    shell.platform.faults["openapi/quota/get"] = [-1, 0]
    told = json.loads(shell.run("mirror", "status", "--json").out)
    assert (told["mirror"], told["followers"], told["last_sync"]["stage"]) == (str(place), 5, "done")
    assert told["calls_left"] == {"followers.get_many": 999}
    assert told["groups"][0] == {"id": 0, "name": "未分组", "platform": 5, "mirror": 5}


def test_a_mirror_that_became_untrue(shell: Shell, place: Path) -> None:
    """A status tells that a sandbox was put back since, whoever noticed it; a sync after that reads everybody anew."""
    shell.run("mirror", "sync")
    url, appid = ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"]
    with Mirror.open(str(place), url, appid) as mirror:
        mirror.invalidate(time.time())
    assert any(line.startswith("untrue since\t20") for line in shell.run("mirror", "status").out.splitlines())
    assert "run fenzu mirror sync" in shell.run("mirror", "status", terminal=True).out
    shell.run("mirror", "sync")
    lines = shell.run("mirror", "status").out.splitlines()
    assert not any(line.startswith("untrue") for line in lines)
    assert "calls\tfollowers.get_many 1" in lines


def test_a_status_on_a_terminal(shell: Shell) -> None:
    """A person sees two tables: the facts, and the groups with the two counts."""
    shell.run("mirror", "sync")
    out = shell.run("mirror", "status", terminal=True).out
    assert "platform" in out
    assert "华东媒" in out


def test_looking_into_a_mirror_in_chinese(shell: Shell) -> None:
    """On a terminal labels, states and spans are in the reader's language; a pipe keeps the names of programs."""
    shell.run("mirror", "sync")
    shell.setenv(FENZU_LANG="zh")
    out = shell.run("mirror", "status", terminal=True).out
    for said in ("粉丝", "分组未知", "已取消关注", "最旧的资料", "秒前", "上次同步", "完成，", "今日剩余"):
        assert said in out
    assert "是" in shell.run("mirror", "find", FIRST, terminal=True).out
    piped = shell.run("mirror", "status").out
    assert "followers\t5" in piped and "done" in piped and "完成" not in piped
    assert "\tyes\t" in shell.run("mirror", "find", FIRST).out


def test_a_mirror_that_was_never_filled(shell: Shell, place: Path) -> None:
    """A mirror that somebody has opened and never synced has a status too."""
    shell.platform.faults["user/get"] = [40013]
    assert shell.run("mirror", "sync").code == 4
    lines = shell.run("mirror", "status").out.splitlines()
    assert "followers\t0" in lines
    assert not any(line.startswith("oldest") for line in lines)
    events = place.with_suffix(".jsonl")
    events.write_text("")
    shell.run("mirror", "events", str(events), "--mirror", str(place) + "2")
    lines = shell.run("mirror", "status", "--mirror", str(place) + "2").out.splitlines()
    assert not any(line.startswith("sync") for line in lines)


def test_a_mirror_that_is_not_there(shell: Shell) -> None:
    """Looking into a mirror that is not there says how to make one."""
    for command in (["status"], ["find", FIRST]):
        outcome = shell.run("mirror", *command)
        assert outcome.code == 1
        assert "fenzu mirror sync" in outcome.err


def test_a_sync_that_meets_the_day_s_end(shell: Shell) -> None:
    """At 45009 a sync says when it can go on and leaves with 5; the same command then goes on."""
    shell.platform.faults["user/info/batchget"] = [45009]
    outcome = shell.run("mirror", "sync")
    assert outcome.code == 5
    assert "45009" in outcome.err
    assert "goes on where it was (2" in outcome.err
    shell.platform.seen.clear()
    assert shell.run("mirror", "sync").code == 0
    assert [path for _, path, _ in shell.calls()] == ["/cgi-bin/user/info/batchget"]


def test_events_of_a_sync_for_programs(shell: Shell) -> None:
    """With --json each event is a line, also the one that tells why it stopped."""
    lines = [json.loads(line) for line in shell.run("mirror", "sync", "--json").out.splitlines()]
    assert [line["event"] for line in lines] == ["started", "page", "page", "listed", "profiles", "finished"]
    shell.platform.faults["user/get"] = [45009]
    outcome = shell.run("mirror", "sync", "--json")
    stopped = json.loads(outcome.out.splitlines()[-1])
    assert outcome.code == 5
    assert (stopped["event"], stopped["reason"]) == ("stopped", "45009")
    assert "45009" in stopped["message"]


def test_what_a_sync_finds_odd_is_said(shell: Shell) -> None:
    """Who has left, counts that differ and groups that the platform does not tell are said at the end."""
    shell.run("mirror", "sync")
    shell.platform.followers[FIRST] = 100
    del shell.platform.followers[SECOND]
    outcome = shell.run("mirror", "sync")
    assert "1 has left since the last sync." in outcome.err
    assert "100 VIP: 1 / 0" in outcome.err
    shell.platform.followers["o" + "9" * 27] = 0
    shell.platform.left_out = {"o" + "9" * 27}
    assert "Of 1 the platform told no group." in shell.run("mirror", "sync", "--full").err


def test_a_sync_on_a_terminal_shows_bars(shell: Shell) -> None:
    """A person sees openids and profiles go by, and in the end what there is."""
    shell.platform.faults.update({"user/get": [-1], "user/info/batchget": [-1]})
    outcome = shell.run("mirror", "sync", terminal=True)
    assert outcome.code == 0
    assert "openids" in outcome.err
    assert "profiles" in outcome.err
    assert "The mirror holds 5 followers" in outcome.err
    assert shell.run("mirror", "sync", terminal=True).code == 0


def test_which_facts_are_asked_again(shell: Shell) -> None:
    """--older-than and --full ask again; both, or what is no span, are refused."""
    shell.run("mirror", "sync")
    shell.platform.seen.clear()
    assert shell.run("mirror", "sync", "--older-than", "7d").code == 0
    assert len(shell.calls()) == 3
    assert shell.run("mirror", "sync", "--older-than", "0s").code == 0
    assert len(shell.calls()) == 7
    assert shell.run("mirror", "sync", "--older-than", "soon").code == 2
    assert shell.run("mirror", "sync", "--older-than", "7d", "--full").code == 2


def test_followers_are_found(shell: Shell) -> None:
    """What the mirror knows of somebody is told without a call, and a stranger is counted."""
    shell.platform.followers[FIRST] = 101
    shell.run("mirror", "sync")
    shell.platform.seen.clear()
    outcome = shell.run("mirror", "find", FIRST, "oNobody")
    assert outcome.code == 6
    assert outcome.out.startswith(f"{FIRST}\tyes\t101\t华东媒\t胖子\t20")
    assert outcome.err == "1 is not in the mirror; no openid: oNobody\n"
    assert shell.run("mirror", "find", "o" + "8" * 27).err == "1 is not in the mirror.\n"
    assert json.loads(shell.run("mirror", "find", FIRST, "--json").out)[0]["group_id"] == 101
    assert not shell.platform.seen
    assert shell.run("mirror", "find", SECOND).out.startswith(f"{SECOND}\tyes\t0\t未分组\t")


def test_events_reach_the_mirror(shell: Shell, tmp_path: Path) -> None:
    """Subscribe and unsubscribe events are taken from a file or standard input; the next sync asks for the new."""
    shell.run("mirror", "sync")
    new = f"o{7:027}"
    lines = (
        f'{{"event":"unsubscribe","openid":"{FIRST}","at":4000000000}}\n\n'
        f'{{"event":"subscribe","openid":"{new}","at":4000000000}}\n'
    )
    outcome = shell.run("mirror", "events", "-", stdin=lines)
    assert (outcome.code, outcome.err) == (0, "2 events taken.\n")
    file = tmp_path / "events.jsonl"
    file.write_text(lines, encoding="utf-8-sig")
    assert json.loads(shell.run("mirror", "events", str(file), "--json").out) == {"events": 2}
    found = shell.run("mirror", "find", FIRST, new).out.splitlines()
    assert found[0].startswith(f"{FIRST}\tno\t0")
    assert found[1] == f"{new}\tyes\t\t\t\t"


def test_many_events_are_written_together(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list of events is written in parts."""
    monkeypatch.setattr("fenzu.cli.mirror.events.TOGETHER", 2)
    lines = "".join(f'{{"event":"subscribe","openid":"o{n:027}","at":5}}\n' for n in range(5))
    assert shell.run("mirror", "events", "-", stdin=lines).err == "5 events taken.\n"
    assert "followers\t5" in shell.run("mirror", "status").out


@pytest.mark.parametrize("line", ["{}", "no JSON", '{"event":"subscribe","openid":"bad","at":5}', AGES_AHEAD])
def test_what_is_no_event_is_refused(shell: Shell, line: str) -> None:
    """A line that is no event is refused with its number."""
    good = f'{{"event":"subscribe","openid":"{FIRST}","at":5}}\n'
    outcome = shell.run("mirror", "events", "-", stdin=good + line)
    assert outcome.code == 2
    assert "line 2" in outcome.err


def test_a_file_of_events_in_another_encoding(shell: Shell, tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused with words."""
    file = tmp_path / "events.jsonl"
    file.write_bytes('{"event":"关注"}'.encode("gb18030"))
    outcome = shell.run("mirror", "events", str(file))
    assert outcome.code == 2
    assert "UTF-8" in outcome.err


def test_a_file_of_events_that_is_not_there(shell: Shell) -> None:
    """A file that cannot be read is refused with words."""
    assert shell.run("mirror", "events", "nowhere.jsonl").code == 2


def test_spans_are_read_and_written() -> None:
    """A span has one unit when it is read, and its two largest when it is written."""
    assert [seconds_of(text) for text in ("90s", "30m", "12h", "7d")] == [90, 1_800, 43_200, 604_800]
    assert [span(seconds).en for seconds in (0, 59.9, 61, 3_600, 90_061, -1)] == [
        "0s",
        "59s",
        "1m 1s",
        "1h",
        "1d 1h",
        "0s",
    ]
    assert span(90_061).zh == "1 天 1 小时"
    with pytest.raises(UsageError):
        seconds_of("7")


def test_the_rest_is_told_with_an_eye_on_the_quota() -> None:
    """What is left is told in time, and in days where today's calls are not enough."""
    assert Budget(None, 0, 100).rest(50, 150, 10.0).en == "20s left"
    assert Budget(2, 10, 100).rest(0, 150, 0.0).en == ""
    assert (
        Budget(2, 10, 100).rest(0, 1_300, 1.0).en
        == "today's quota is enough for 200; 2 more days for the rest"
    )
    assert Budget(1, 1, 100).rest(0, 150, 1.0).en.endswith("1 more day for the rest")

"""`fenzu blacklist …`, `quota …`, `domain …` and `followers remark`."""

import json

from tests.cli.conftest import Shell


def test_the_blacklist(shell: Shell) -> None:
    """Followers are put on the blacklist and taken off it, twenty a call, and listed one a line."""
    openids = [f"o{n:027}" for n in range(30)]
    shell.platform.followers = dict.fromkeys(openids, 0)
    assert shell.run("blacklist", "add", "-", stdin="\n".join(openids)) == (
        0,
        "",
        "Put 30 of 30 on the blacklist.\n",
    )
    assert shell.run("blacklist", "list").out.split() == openids
    assert shell.run("blacklist", "list", "--after", openids[27]).out.split() == openids[28:]
    assert shell.run("blacklist", "remove", *openids[1:]).err == "Took 29 of 29 off the blacklist.\n"
    assert shell.platform.blacklisted == openids[:1]
    sizes = [len(json.loads(body)["openid_list"]) for _, path, body in shell.calls() if "batch" in path]
    assert sizes == [20, 10, 20, 9]


def test_who_was_not_blacklisted(shell: Shell) -> None:
    """Who is no follower is printed with why, and the exit code is 6."""
    good, bad = next(iter(shell.platform.followers)), "o" + "9" * 27
    outcome = shell.run("blacklist", "add", good, bad)
    assert (outcome.code, outcome.out) == (6, f"{bad}\tfailed\t40003\tinvalid openid\n")
    told = json.loads(shell.run("blacklist", "remove", good, "--json").out)
    assert told == {"removed": [good], "failed": [], "not_tried": [], "stopped_by": None}


def test_a_quota(shell: Shell) -> None:
    """A call's quota is a line of numbers, with --json in our own names."""
    assert shell.run("quota", "get", "groups/get") == (0, "/cgi-bin/groups/get\t1000\t1\t999\t5000/60s\n", "")
    assert json.loads(shell.run("quota", "get", "groups/get", "--json").out) == {
        "path": "/cgi-bin/groups/get",
        "daily_limit": 1000,
        "used": 1,
        "remain": 999,
        "rate_calls": 5000,
        "rate_seconds": 60,
    }
    outcome = shell.run("quota", "get", "nothing")
    assert outcome.code == 1
    assert "76021" in outcome.err


def test_clearing_asks_a_person(shell: Shell) -> None:
    """On a terminal, clearing asks, because there are ten a month; only yes clears."""
    outcome = shell.run("quota", "clear", stdin="n\n", terminal=True)
    assert (outcome.code, shell.calls()) == (1, [])
    assert "There are ten clears a month. [y/N]: Nothing was cleared." in outcome.err
    assert shell.run("quota", "clear", stdin="y\n", terminal=True).code == 0
    assert shell.run("quota", "clear", "--yes", terminal=True).code == 0
    assert len(shell.calls()) == 2


def test_clearing_does_not_ask_a_program(shell: Shell) -> None:
    """In a script clearing asks nothing; when the ten are used up, that is told."""
    shell.platform.faults["clear_quota"] = [0, 0, 48006]
    assert shell.run("quota", "clear") == (0, "", "The quotas are cleared.\n")
    assert json.loads(shell.run("quota", "clear", "--json").out) == {"cleared": True}
    assert "ten clears of this month are used up" in shell.run("quota", "clear").err


def test_a_rid(shell: Shell) -> None:
    """What the platform remembers of a request is printed without the token that was in it."""
    outcome = shell.run("quota", "rid", "5f5b0d5d-2b6ff4f5-3ad3f7a8")
    assert outcome.code == 0
    assert outcome.out.startswith(
        "invoked_at\t2020-09-11T05:55:41Z\ncost_ms\t30\nurl\taccess_token=…&openid=o1\n"
    )
    told = json.loads(shell.run("quota", "rid", "5f5b0d5d-2b6ff4f5-3ad3f7a8", "--json").out)
    assert (told["invoked_at"], told["url"]) == (1599803741, "access_token=…&openid=o1")


def test_a_rid_with_a_time_out_of_range(shell: Shell) -> None:
    """A moment that no calendar has is shown as the number it is."""
    shell.platform.invoked_at = 10**14
    outcome = shell.run("quota", "rid", "5f5b0d5d-2b6ff4f5-3ad3f7a8")
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, "invoked_at\t100000000000000")


def test_addresses(shell: Shell) -> None:
    """The platform's addresses are printed one a line, with --json as a list."""
    assert shell.run("domain", "ips").out == "101.226.62.77\n101.226.62.78\n"
    assert json.loads(shell.run("domain", "callback-ips", "--json").out) == ["101.226.62.0/25"]


def test_a_remark(shell: Shell) -> None:
    """A remark is set and told; an empty one takes it away; one that is too long is refused."""
    openid = next(iter(shell.platform.followers))
    assert shell.run("followers", "remark", openid, "胖子") == (0, "", "The remark is now: 胖子\n")
    assert shell.platform.remarks == {openid: "胖子"}
    assert json.loads(shell.run("followers", "remark", openid, "", "--json").out) == {
        "openid": openid,
        "remark": "",
    }
    assert shell.run("followers", "remark", openid, "").err == "The remark is taken away.\n"
    outcome = shell.run("followers", "remark", openid, "x" * 30)
    assert outcome.code == 1
    assert "40092" in outcome.err

"""`fenzu groups …` but for moving, which has a file of its own."""

import json
import signal

import pytest

from tests.cli.conftest import Shell


def test_list_in_a_pipe(shell: Shell) -> None:
    """In a pipe, groups are lines of id, name and count, tab-separated, with full values and without a header."""
    assert shell.run("groups", "list") == (
        0,
        "0\t未分组\t5\n1\t黑名单\t0\n2\t星标组\t0\n100\tVIP\t0\n101\t华东媒\t0\n",
        "",
    )


def test_list_on_a_terminal(shell: Shell) -> None:
    """On a terminal, groups are a table whose columns stand straight below Chinese names too."""
    shell.platform.followers = {f"o{n:027}": 0 for n in range(1234)}
    lines = [line.rstrip() for line in shell.run("groups", "list", terminal=True).out.splitlines()]
    assert lines == [
        " id   name     followers",
        "────────────────────────",
        "  0   未分组       1,234",
        "  1   黑名单           0",
        "  2   星标组           0",
        "100   VIP              0",
        "101   华东媒           0",
    ]


def test_list_in_chinese(shell: Shell) -> None:
    """A reader of Chinese gets Chinese heads; the data are the same."""
    shell.setenv(FENZU_LANG="zh")
    out = shell.run("groups", "list", terminal=True).out
    assert out.splitlines()[0].split() == ["id", "名称", "人数"]
    assert shell.run("groups", "list").out.startswith("0\t未分组\t5\n")


def test_list_as_json(shell: Shell) -> None:
    """With --json there is one JSON value in our own names, on one line in a pipe."""
    out = shell.run("groups", "list", "--json").out
    assert out.count("\n") == 1
    assert json.loads(out)[0] == {"id": 0, "name": "未分组", "count": 5}
    indented = shell.run("groups", "list", "--json", terminal=True).out
    assert json.loads(indented) == json.loads(out)
    assert indented.count("\n") > 10


def test_create(shell: Shell) -> None:
    """Creating prints the id that the platform gave, and the name."""
    assert shell.run("groups", "create", "贵宾") == (0, "102\t贵宾\n", "")
    assert json.loads(shell.run("groups", "create", "b", "--json").out) == {
        "id": 103,
        "name": "b",
        "count": None,
    }
    assert shell.calls()[0] == ("POST", "/cgi-bin/groups/create", '{"group":{"name":"贵宾"}}')


def test_create_refused_by_the_platform(shell: Shell) -> None:
    """A name that the platform refuses ends with 1, its code and what to do next."""
    assert shell.run("groups", "create", "x" * 31) == (
        1,
        "",
        "fenzu: 40051 invalid group name (groups.create). Next: choose a name within the limit\n",
    )


def test_create_without_a_name(shell: Shell) -> None:
    """An empty name costs no call and is a mistake of usage."""
    outcome = shell.run("groups", "create", "")
    assert (outcome.code, outcome.out, shell.platform.seen) == (2, "", [])
    assert "at least one character" in outcome.err


def test_of(shell: Shell) -> None:
    """Each follower stands with the id of their group."""
    some = list(shell.platform.followers)[:2]
    shell.platform.followers[some[1]] = 101
    assert shell.run("groups", "of", *some) == (0, f"{some[0]}\t0\t\n{some[1]}\t101\t\n", "")


def test_of_somebody_who_does_not_follow(shell: Shell) -> None:
    """Who is no follower is told with the reason and spoils nobody else's answer; the exit code is 6."""
    good, bad = next(iter(shell.platform.followers)), "o" + "9" * 27
    outcome = shell.run("groups", "of", bad, good)
    assert (outcome.code, outcome.out) == (6, f"{bad}\t\tinvalid openid\n{good}\t0\t\n")
    assert "1 × 40003 invalid openid" in outcome.err
    assert json.loads(shell.run("groups", "of", bad, "--json").out) == [
        {"openid": bad, "group_id": None, "error": {"code": 40003, "message": "invalid openid"}}
    ]


def test_of_that_breaks_off(shell: Shell) -> None:
    """When the quota ends the command, the rows that came are printed and the first openid that is left is told."""
    openids = list(shell.platform.followers)
    shell.platform.faults["groups/getid"] = [0, 0, 45009]
    outcome = shell.run("groups", "of", *openids)
    assert (outcome.code, outcome.out) == (5, f"{openids[0]}\t0\t\n{openids[1]}\t0\t\n")
    assert f"Broke off after 2 / 5; go on with {openids[2]}\n" in outcome.err
    shell.platform.faults["groups/getid"] = [0, 45009]
    assert json.loads(shell.run("groups", "of", *openids, "--json").out) == [
        {"openid": openids[0], "group_id": 0}
    ]
    shell.platform.faults["groups/getid"] = [45009]
    outcome = shell.run("groups", "of", *openids, "--json")
    assert (outcome.code, outcome.out, "Broke off" in outcome.err) == (5, "", False)


def test_of_that_is_interrupted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C the rows that came are printed, and where to go on is told."""
    openids = list(shell.platform.followers)

    def strike() -> None:
        if len(shell.calls()) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(shell.platform, "before", strike)
    outcome = shell.run("groups", "of", *openids)
    assert (outcome.code, outcome.out.count("\n")) == (130, 2)
    assert f"go on with {openids[2]}" in outcome.err


def test_of_many_shows_a_bar(shell: Shell) -> None:
    """For a person a long question draws a bar, and a table at its end."""
    shell.platform.followers = {f"o{n:027}": 0 for n in range(9)}
    openids = list(shell.platform.followers)
    outcome = shell.run("groups", "of", *openids, terminal=True)
    assert "asking" in outcome.err
    assert [line.split()[0] for line in outcome.out.splitlines()[2:]] == openids


def test_of_many_from_standard_input(shell: Shell) -> None:
    """A dash reads openids from standard input, one a line; of a line with tabs the first field."""
    some = list(shell.platform.followers)[:3]
    outcome = shell.run(
        "groups", "of", "-", stdin=f"\ufeff{some[0]}\r\n\n{some[1]}\tVIP\n{some[2]}\n{some[0]}\n"
    )
    assert outcome.out == "".join(f"{openid}\t0\t\n" for openid in some)


@pytest.mark.parametrize("group", ["100", "VIP"])
def test_rename(shell: Shell, group: str) -> None:
    """A group is renamed by its id or by a name that only it has; a person is told on stderr."""
    assert shell.run("groups", "rename", group, "钻石") == (0, "", "Group 100 is now called 钻石.\n")
    assert shell.platform.groups[100] == "钻石"
    assert json.loads(shell.run("groups", "rename", "100", "x", "--json").out) == {"id": 100, "name": "x"}


def test_an_id_asks_for_no_list(shell: Shell) -> None:
    """Digits are taken as the id, so that nothing is asked beforehand."""
    shell.run("groups", "rename", "100", "x")
    assert [path for _, path, _ in shell.calls()] == ["/cgi-bin/groups/update"]


def test_an_unknown_name_lists_what_there_is(shell: Shell) -> None:
    """A name that no group has is an error that lists the nearest names with their ids."""
    assert shell.run("groups", "rename", "VPI", "x") == (
        1,
        "",
        "fenzu: no group is called VPI. Next: take one of these: 100 VIP\n",
    )
    assert "0 未分组, 1 黑名单, 2 星标组, 100 VIP, 101 华东媒" in shell.run("groups", "rename", "?", "x").err


def test_a_name_that_two_groups_have(shell: Shell) -> None:
    """An ambiguous name is refused with the ids to choose from, and nothing is changed."""
    shell.platform.groups[102] = "VIP"
    outcome = shell.run("groups", "delete", "VIP", "--yes")
    assert (outcome.code, outcome.err) == (
        1,
        "fenzu: 2 groups are called VIP. Next: give the id: 100 VIP, 102 VIP\n",
    )
    assert 100 in shell.platform.groups


def test_a_long_list_of_candidates_is_cut(shell: Shell) -> None:
    """Of hundreds of groups ten are named and the rest counted."""
    shell.platform.groups.update({number: f"g{number}" for number in range(200, 300)})
    assert shell.run("groups", "rename", "?", "x").err.endswith(", … (105)\n")


def test_a_reserved_name_that_is_not_listed(shell: Shell) -> None:
    """Groups 0 and 1 can be named although the platform of today does not list them."""
    del shell.platform.groups[1]
    openid = next(iter(shell.platform.followers))
    shell.run("groups", "move", openid, "--to", "黑名单")
    assert shell.calls()[-1][2] == f'{{"openid":"{openid}","to_groupid":1}}'


def test_delete_asks_a_person(shell: Shell) -> None:
    """On a terminal, deleting says how many are concerned and asks; only yes deletes."""
    outcome = shell.run("groups", "delete", "VIP", stdin="n\n", terminal=True)
    assert outcome == (
        1,
        "",
        "Delete group 100 VIP (followers: 0)? They go to group 0. [y/N]: Nothing was deleted.\n",
    )
    assert shell.run("groups", "delete", "100", stdin="y\n", terminal=True).code == 0
    assert 100 not in shell.platform.groups


def test_delete_does_not_ask_a_program(shell: Shell) -> None:
    """In a script, deleting asks nothing, reads nothing and asks the platform nothing beforehand."""
    assert shell.run("groups", "delete", "100") == (0, "", "Group 100 is deleted.\n")
    assert [path for _, path, _ in shell.calls()] == ["/cgi-bin/groups/delete"]
    assert json.loads(shell.run("groups", "delete", "101", "--json").out) == {"id": 101, "deleted": True}


def test_delete_with_yes_does_not_ask(shell: Shell) -> None:
    """--yes answers the question beforehand."""
    assert shell.run("groups", "delete", "100", "--yes", terminal=True).code == 0


def test_delete_of_a_reserved_group_can_be_asked_about(shell: Shell) -> None:
    """The question also works for an id that the list does not hold; the platform decides."""
    outcome = shell.run("groups", "delete", "999", stdin="y\n", terminal=True)
    assert outcome.code == 1
    assert "40050" in outcome.err


def test_names_cannot_act_on_a_terminal(shell: Shell) -> None:
    """Escapes, tabs, line breaks and turned directions in a name are shown written out, in tables, lines and errors."""
    shell.platform.groups = {100: "a\tb\nc\x1b[31md\x9b\u202ee\\"}
    written = "a\\tb\\nc\\x1b[31md\\x9b\\u202ee\\"
    assert shell.run("groups", "list").out == f"100\t{written}\t0\n"
    assert written in shell.run("groups", "list", terminal=True).out
    assert written in shell.run("groups", "rename", "?", "x").err
    outcome = shell.run("groups", "list", "--json")
    assert "\x9b" not in outcome.out
    assert json.loads(outcome.out)[0]["name"] == shell.platform.groups[100]


@pytest.mark.parametrize(
    "command", [("rename", "9" * 30, "x"), ("delete", "9" * 30), ("move", "o1", "--to", "9" * 5000)]
)
def test_an_id_that_no_group_can_have(shell: Shell, command: tuple[str, ...]) -> None:
    """A number beyond all measure costs no call."""
    outcome = shell.run("groups", *command)
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert "no group can have this id" in outcome.err


def test_an_empty_name(shell: Shell) -> None:
    """An empty name of a group is shown as one."""
    assert "no group is called ''." in shell.run("groups", "delete", "", "--yes").err

"""`fenzu tags …`."""

import json

import pytest

from fenzu.cli import batches
from tests.cli.conftest import Shell


def follow(shell: Shell, count: int, *, tagged: bool = False) -> list[str]:
    shell.platform.followers = {f"o{n:027}": 0 for n in range(count)}
    if tagged:
        shell.platform.tagged = {openid: [134] for openid in shell.platform.followers}
    return list(shell.platform.followers)


def test_create(shell: Shell) -> None:
    """Creating prints the id that the platform gave, and the name; a name that is taken is refused."""
    assert shell.run("tags", "create", "北京") == (0, "135\t北京\n", "")
    assert json.loads(shell.run("tags", "create", "x", "--json").out) == {
        "id": 136,
        "name": "x",
        "count": None,
    }
    outcome = shell.run("tags", "create", "北京")
    assert outcome.code == 1
    assert "45157 invalid tag name" in outcome.err


def test_list(shell: Shell) -> None:
    """In a pipe a tag is a line with tabs, with --json a list, on a terminal a table."""
    assert shell.run("tags", "list") == (0, "2\t星标组\t0\n134\t广东\t0\n", "")
    assert json.loads(shell.run("tags", "list", "--json").out)[1] == {"id": 134, "name": "广东", "count": 0}
    assert "followers" in shell.run("tags", "list", terminal=True).out


def test_of(shell: Shell) -> None:
    """Each follower stands with their tags; who is no follower is told and spoils nobody."""
    openids, bad = follow(shell, 2), "o" + "9" * 27
    shell.platform.tagged[openids[0]] = [134, 2]
    outcome = shell.run("tags", "of", *openids, bad)
    assert (outcome.code, outcome.out) == (
        6,
        f"{openids[0]}\t134,2\t\n{openids[1]}\t\t\n{bad}\t\tinvalid openid\n",
    )
    assert json.loads(shell.run("tags", "of", openids[0], bad, "--json").out) == [
        {"openid": openids[0], "tag_ids": [134, 2]},
        {"openid": bad, "tag_ids": None, "error": {"code": 40003, "message": "invalid openid"}},
    ]


def test_members(shell: Shell) -> None:
    """A tag's followers come one a line, page after page, by its name or id, and from behind one of them."""
    openids = follow(shell, 5, tagged=True)
    assert shell.run("tags", "members", "广东").out.split() == openids
    assert shell.run("tags", "members", "134", "--after", openids[2]).out.split() == openids[3:]


def test_members_that_break_off(shell: Shell) -> None:
    """When the quota ends the list, the way to go on is told."""
    openids = follow(shell, 5, tagged=True)
    shell.platform.faults["user/tag/get"] = [0, 45009]
    outcome = shell.run("tags", "members", "134")
    assert outcome.code == 5
    assert f"go on with --after {openids[2]}" in outcome.err


def test_rename(shell: Shell) -> None:
    """A tag is renamed by its id or its name."""
    assert shell.run("tags", "rename", "广东", "广东人") == (0, "", "Tag 134 is now called 广东人.\n")
    assert json.loads(shell.run("tags", "rename", "134", "x", "--json").out) == {"id": 134, "name": "x"}


def test_an_unknown_name(shell: Shell) -> None:
    """A name that no tag has is an error that lists the nearest; an id that none can have one of usage."""
    outcome = shell.run("tags", "rename", "广西", "x")
    assert outcome == (1, "", "fenzu: no tag is called 广西. Next: take one of these: 134 广东\n")
    outcome = shell.run("tags", "rename", "9" * 30, "x")
    assert outcome.code == 2
    assert "see `fenzu tags list`" in outcome.err


def test_add_and_remove(shell: Shell) -> None:
    """A tag is put on followers and taken off them, fifty a call, by its id or name."""
    openids = follow(shell, 60)
    assert shell.run("tags", "add", "-", "--to", "广东", stdin="\n".join(openids)) == (
        0,
        "",
        "Put tag 134 on 60 of 60.\n",
    )
    assert shell.platform.members(134) == openids
    assert shell.run("tags", "remove", openids[0], "--from", "134").err == "Took tag 134 off 1 of 1.\n"
    assert shell.platform.members(134) == openids[1:]
    sizes = [len(json.loads(body)["openid_list"]) for _, path, body in shell.calls() if "batch" in path]
    assert sizes == [50, 10, 1]


def test_who_was_not_tagged(shell: Shell) -> None:
    """Who was not tagged is printed with why, in lines or in JSON, and the exit code is 6."""
    openid, bad = follow(shell, 1)[0], "o" + "9" * 27
    outcome = shell.run("tags", "add", openid, bad, "--to", "134")
    assert (outcome.code, outcome.out) == (6, f"{bad}\tfailed\t40003\tinvalid openid\n")
    told = json.loads(shell.run("tags", "remove", openid, bad, "--from", "134", "--json").out)
    assert (told["tag_id"], told["untagged"], [each["code"] for each in told["failed"]]) == (
        134,
        [openid],
        [40003],
    )


def test_a_spent_quota_stops_the_tagging(shell: Shell) -> None:
    """45009 stops at once with exit code 5 and says that the same command goes on tomorrow, in both languages."""
    openids = follow(shell, 60)
    shell.platform.faults["tags/members/batchtagging"] = [0, 45009]
    outcome = shell.run("tags", "add", *openids, "--to", "134")
    assert outcome.code == 5
    assert "tagging a follower twice does no harm" in outcome.err
    shell.setenv(FENZU_LANG="zh")
    shell.platform.faults["tags/members/batchtagging"] = [45009]
    assert "重复打标签没有害处" in shell.run("tags", "add", *openids, "--to", "134").err


def test_progress_of_a_long_tagging(shell: Shell) -> None:
    """With --json a long run tells on stderr how far it has come."""
    openids = follow(shell, batches.CALLS_AT_ONCE * 50 + 1)
    outcome = shell.run("tags", "add", "-", "--to", "134", "--json", stdin="\n".join(openids))
    lines = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
    assert lines == [{"tagged": done, "failed": 0, "total": 251} for done in (250, 251)]


def test_delete_asks_a_person(shell: Shell) -> None:
    """On a terminal, deleting says how many carry the tag and asks; only yes deletes."""
    follow(shell, 2, tagged=True)
    outcome = shell.run("tags", "delete", "广东", stdin="n\n", terminal=True)
    assert outcome == (1, "", "Delete tag 134 广东 (followers: 2)? [y/N]: Nothing was deleted.\n")
    assert shell.run("tags", "delete", "134", stdin="y\n", terminal=True).code == 0
    assert 134 not in shell.platform.tags


def test_delete_does_not_ask_a_program(shell: Shell) -> None:
    """In a script, deleting asks nothing; of a big tag it says what to do."""
    shell.platform.faults["tags/delete"] = [45057]
    outcome = shell.run("tags", "delete", "134")
    assert outcome.code == 1
    assert "untag the followers first" in outcome.err
    assert shell.run("tags", "delete", "134") == (0, "", "Tag 134 is deleted.\n")
    assert [path for _, path, _ in shell.calls()] == ["/cgi-bin/tags/delete"] * 2


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_delete_untags_first(shell: Shell, flags: tuple[str, ...]) -> None:
    """--untag-first takes the tag off everybody before; with --json stderr tells how far it has come."""
    shell.platform.page = 100
    follow(shell, 130, tagged=True)
    outcome = shell.run("tags", "delete", "广东", "--untag-first", *flags)
    assert outcome.code == 0
    assert shell.platform.members(134) == []
    lines = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
    assert [line["untagged"] for line in lines] == ([100, 130] if flags else [])


def test_wrong_usage(shell: Shell) -> None:
    """What cannot be meant is told before anything is sent."""
    assert shell.run("tags", "add", "o1").code == 2
    assert shell.run("tags", "remove", "o1", "-", "--from", "134").code == 2
    assert shell.platform.seen == []

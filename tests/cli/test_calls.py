"""`fenzu token`, `fenzu call` and `fenzu errors`."""

import json

import pytest

from fenzu.cli.call import reads
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.errcodes import ERRCODES
from tests.cli.conftest import Shell


def test_token(shell: Shell) -> None:
    """The token command prints the token and nothing else."""
    assert shell.run("token") == (0, "T0KEN\n", "")
    assert shell.run("token", "--json").out == '{"token":"T0KEN"}\n'


def test_call_reads(shell: Shell) -> None:
    """Without a body a call is a GET; its answer is printed in the platform's own names."""
    outcome = shell.run("call", "groups/get")
    assert json.loads(outcome.out)["groups"][0] == {"id": 0, "name": "未分组", "count": 5}
    assert shell.calls() == [("GET", "/cgi-bin/groups/get", "")]


def test_call_with_parameters(shell: Shell) -> None:
    """Parameters behind a ? reach the platform beside the token."""
    openids = list(shell.platform.followers)
    outcome = shell.run("call", f"/cgi-bin/user/get?next_openid={openids[2]}")
    assert json.loads(outcome.out)["data"]["openid"] == openids[3:]


@pytest.mark.parametrize("body", ['{"group":{"name":"贵宾"}}', "-"])
def test_call_writes(shell: Shell, body: str) -> None:
    """With a body, given or from standard input, a call is a POST."""
    outcome = shell.run("call", "groups/create", body, stdin='{"group":{"name":"贵宾"}}')
    assert (outcome.code, outcome.out) == (0, '{"group":{"id":102,"name":"贵宾"}}\n')


@pytest.mark.parametrize("path", ["groups/get", "/cgi-bin/groups/get", "cgi-bin/groups/get"])
def test_call_takes_a_path_as_the_client_does(shell: Shell, path: str) -> None:
    """A path is completed as the client's own `call` completes it."""
    assert shell.run("call", path).code == 0
    assert shell.calls() == [("GET", "/cgi-bin/groups/get", "")]


def test_call_knows_the_method_of_a_known_call(shell: Shell) -> None:
    """A call that fenzu knows goes by its own method, with a body or without."""
    assert shell.run("call", "clear_quota").code == 0
    assert shell.calls()[0][0] == "POST"


def test_what_reads_is_a_fact() -> None:
    """A call by GET reads, and so do those by POST that only ask; nothing else does."""
    assert {row.name for row in ENDPOINTS.values() if row.method == "GET"} <= reading()
    assert reading() - {row.name for row in ENDPOINTS.values() if row.method == "GET"} == {
        "groups.of",
        "tags.of",
        "tags.members",
        "blacklist.list",
        "followers.get_many",
        "quota.get",
        "quota.rid",
    }
    assert not reads("groups/get", "POST")
    assert not reads("groups/unheard-of", None)


def reading() -> set[str]:
    return {row.name for row in ENDPOINTS.values() if row.reads}


def test_call_with_a_method(shell: Shell) -> None:
    """--method overrides the rule; anything but GET and POST is a mistake."""
    assert shell.run("call", "groups/get", "--method", "post").code == 0
    assert shell.calls()[0][0] == "POST"
    assert shell.run("call", "groups/get", "--method", "PUT").code == 2


@pytest.mark.parametrize("body", ["{", "[1]", "7", "", '{"a":' + "[" * 20_000])
def test_call_with_a_bad_body(shell: Shell, body: str) -> None:
    """What is no JSON object costs no call."""
    outcome = shell.run("call", "groups/create", body)
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert "no JSON object" in outcome.err


def test_call_refused(shell: Shell) -> None:
    """An errcode in the answer ends the call with an error, not with its JSON."""
    outcome = shell.run("call", "groups/update", '{"group":{"id":2,"name":"x"}}')
    assert (outcome.code, outcome.out) == (1, "")
    assert "45016" in outcome.err


def test_errors_lists_all(shell: Shell) -> None:
    """Without a code, each known one is a line with both languages."""
    rows = [line.split("\t") for line in shell.run("errors").out.splitlines()]
    assert [int(row[0]) for row in rows] == list(ERRCODES)
    assert {len(row) for row in rows} == {8}


def test_errors_explains_a_code(shell: Shell) -> None:
    """On a terminal a code is explained in both languages, with the class that Python raises."""
    out = shell.run("errors", "45009", terminal=True).out
    lines = out.splitlines()
    assert lines[0] == "45009  reach max api daily quota limit"
    assert "daily quota" in lines[1]
    assert "每日" in lines[3]
    assert "DailyQuotaExceeded" in out
    shell.setenv(FENZU_LANG="zh")
    assert "每日" in shell.run("errors", "45009", terminal=True).out.splitlines()[1]


def test_errors_tells_what_brings_a_code_about(shell: Shell) -> None:
    """On a terminal a code is followed by its causes in the sandbox, and by the fault that orders it."""
    lines = shell.run("errors", "40152", terminal=True).out.splitlines()
    causes = ["- no group has the id (--rules 2021): groups.delete"]
    causes.append('- a fault, at any call: {"call":"*","errcode":40152}')
    assert [line.strip() for line in lines[lines.index("  Causes in the sandbox:") + 1 :]] == causes
    many = shell.run("errors", "41001", terminal=True).out
    assert "no token in the query: 27 calls" in many
    assert "sandbox" not in shell.run("errors", "0", terminal=True).out


def test_errors_takes_a_negative_code(shell: Shell) -> None:
    """-1 is a code and no option."""
    assert shell.run("errors", "-1").out.startswith("-1\tsystem error\tbusy\tyes\t")


def test_errors_as_json(shell: Shell) -> None:
    """A code is an object, all codes are a list."""
    one = json.loads(shell.run("errors", "40003", "--json").out)
    assert (one["code"], one["class"], one["advice"].keys()) == (40003, "InvalidOpenid", {"en", "zh"})
    assert {"groups.of", "followers.get"} <= set(one["causes"][0]["calls"])
    assert len(json.loads(shell.run("errors", "--json").out)) == len(ERRCODES)


def test_errors_as_a_table(shell: Shell) -> None:
    """On a terminal the codes are a table in the reader's language."""
    assert "the platform is busy" in shell.run("errors", terminal=True).out


@pytest.mark.parametrize(
    ("code", "told"), [("12345", "does not know the code 12345"), ("x", "a code is a number")]
)
def test_errors_of_what_is_no_code(shell: Shell, code: str, told: str) -> None:
    """What is no code is told."""
    outcome = shell.run("errors", code)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


def test_errors_needs_no_account(shell: Shell) -> None:
    """Explaining a code asks nobody."""
    shell.without_account()
    assert shell.run("errors", "40003").code == 0
    assert not shell.platform.seen

"""`fenzu regroup plan` without a file: rules over the mirror, and another account's grouping."""

from pathlib import Path

import pytest

from fenzu.cli import main
from fenzu.cli.mirror_place import open_mirror
from fenzu.cli.regroup.source import open_other
from fenzu.database import open_database
from fenzu.errors import UsageError
from fenzu.mirror import Mirror
from fenzu.mirror.accounts import kept_accounts
from fenzu.model import Follower, Group, GroupID, OpenID
from tests.cli.conftest import ACCOUNT, Shell

EVERYBODY = tuple(f"o{n:027}" for n in range(50))
OTHERS = tuple(f"p{one[1:]}" for one in EVERYBODY)
PLAN = ("regroup", "plan")


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shell: Shell) -> None:
    """Fifty followers, the first ten of them VIPs, and a mirror of them in a folder of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("FENZU_MIRROR", raising=False)
    monkeypatch.chdir(tmp_path)
    shell.platform.followers = {one: 100 if n < 10 else 0 for n, one in enumerate(EVERYBODY)}
    assert shell.run("mirror", "sync").code == 0


def other_mirror(path: str, appid: str, group: str) -> None:
    """Another account's mirror: the first twenty people, all in one group."""
    with Mirror.open(path, "http://127.0.0.1:1", appid) as mirror:
        mirror.note_groups([Group(GroupID(107), group)], 1.0)
        for openid in OTHERS[:20]:
            mirror.subscribed(openid, 1)
        mirror.learn(
            [Follower(OpenID(one), True, GroupID(107), unionid=f"u{n}") for n, one in enumerate(OTHERS[:20])],
            1.0,
        )


def learn_unionids() -> None:
    with open_mirror(None, ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"]) as mirror:
        mirror.learn(
            [
                Follower(OpenID(one), True, GroupID(100 if n < 10 else 0), unionid=f"u{n}")
                for n, one in enumerate(EVERYBODY)
            ],
            2e9,
        )


def test_rules(shell: Shell) -> None:
    """Whoever fulfils a condition is planned for; the first that fits counts."""
    code, out, err = shell.run(
        *PLAN,
        *("--where", f'openid <= "{EVERYBODY[14]}"', "--to", "VIP"),
        *("--where", "group_id = 0", "--to", "101"),
    )
    assert code == main.DONE
    assert "Followers who fulfil a condition, by the mirror: 50." in err
    moves = [line for line in out.splitlines() if line.startswith("move\t")]
    assert moves == ["move\t0\t未分组\t101\t华东媒\t35", "move\t0\t未分组\t100\tVIP\t5"]


def test_rules_that_are_wrong(shell: Shell) -> None:
    """A condition that cannot be read, and one without its group, end with 2 and say what is wrong."""
    code, _, err = shell.run(*PLAN, "--where", "remark ~ 'x'", "--to", "VIP")
    assert code == main.USAGE and "at character 8 (~ 'x')" in err
    code, _, err = shell.run(*PLAN, "--where", "group_id = 0")
    assert code == main.USAGE and "--where and --to do not pair: 1 and 0" in err


@pytest.mark.parametrize(
    "given",
    [
        (),
        ("crm.csv", "--where", "group_id = 0", "--to", "VIP"),
        ("crm.csv", "--like", "x"),
        ("--like", "x", "--to", "y"),
    ],
)
def test_one_source_at_a_time(shell: Shell, given: tuple[str, ...]) -> None:
    """A plan is made from a file, from rules or from another mirror, never from two of them."""
    code, _, err = shell.run(*PLAN, *given)
    assert code == main.USAGE and "a plan is made from one thing" in err


def test_like_another_account(shell: Shell) -> None:
    """People who follow another account too are grouped as there, by the groups' names."""
    other_mirror("other.db", "wxother", "VIP")
    code, _, err = shell.run(*PLAN, "--like", "other.db")
    assert code == main.ERROR and "has no unionids" in err
    learn_unionids()
    code, out, err = shell.run(*PLAN, "--like", "other.db")
    assert code == main.DONE and "Followers of both accounts, by unionid: 20." in err
    assert [line for line in out.splitlines() if line.startswith("move\t")] == [
        "move\t0\t未分组\t100\tVIP\t10"
    ]


def test_a_place_with_several_mirrors(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a database holds several accounts, which one is meant has to be said."""
    learn_unionids()
    other_mirror("both.db", "wxone", "VIP")
    other_mirror("both.db", "wxtwo", "华东媒")
    code, _, err = shell.run(*PLAN, "--like", "both.db")
    assert code == main.USAGE and "both.db holds several mirrors: wxone (http://127.0.0.1:1), wxtwo" in err
    assert "101\t华东媒\t10" in shell.run(*PLAN, "--like", "wxtwo@both.db").out
    code, _, err = shell.run(*PLAN, "--like", "wxnone@both.db")
    assert code == main.USAGE and "both.db holds no mirror of that account" in err
    assert shell.run(*PLAN, "--like", "nothing.db").code == main.ERROR


def test_one_account_of_two_platforms(shell: Shell) -> None:
    """An appid that two platforms have cannot be told apart by its name: that is not advised then."""
    other_mirror("both.db", "wxone", "VIP")
    with Mirror.open("both.db", "http://127.0.0.1:2", "wxone"):
        pass
    code, _, err = shell.run(*PLAN, "--like", "wxone@both.db")
    assert code == main.USAGE and "into a file of its own" in err and "APPID@PLACE" not in err


def test_an_error_shows_no_password(empty_postgres: str) -> None:
    """The address of a server is told without what opens it."""
    with pytest.raises(UsageError, match="holds no mirror") as refused:
        open_other(empty_postgres)
    assert empty_postgres not in str(refused.value) and "PASSWORD" not in str(refused.value)


def test_a_mirror_on_a_server(empty_postgres: str) -> None:
    """Another account's mirror may lie in PostgreSQL, whose address has an @ of its own."""
    other_mirror(empty_postgres, "wxone", "VIP")
    with open_other(empty_postgres) as mirror:
        assert mirror.appid == "wxone"
    with open_other(f"wxone@{empty_postgres}") as mirror:
        assert mirror.followers == 20


def test_a_database_without_mirrors(tmp_path: Path) -> None:
    """A database that holds no mirrors has no accounts."""
    database = open_database(str(tmp_path / "empty.db"))
    assert kept_accounts(database) == []
    database.close()


def test_a_report_spares_the_file(shell: Shell) -> None:
    """A report never takes the place of the list that it tells about, nor one output that of another."""
    Path("crm.csv").write_text(f"openid,group\n{EVERYBODY[0]},VIP\n")
    Path("link.csv").hardlink_to("crm.csv")
    for more in (
        ("--output", "crm.csv"),
        ("--output", "link.csv"),
        ("--output", "x.csv", "--out", "x.csv"),
        ("--output", "x.csv", "--report", "x.csv"),
        ("--report", "x.csv", "--out", "./x.csv"),
    ):
        code, _, err = shell.run(*PLAN, "crm.csv", *more)
        assert (code, "would be written over" in err) == (main.USAGE, True)
    assert not Path("x.csv").exists()
    code, _, err = shell.run(*PLAN, "crm.csv", "--report", "./crm.csv")
    assert code == main.USAGE and "./crm.csv would be written over crm.csv" in err
    assert EVERYBODY[0] in Path("crm.csv").read_text()

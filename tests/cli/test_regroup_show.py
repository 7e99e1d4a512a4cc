"""`fenzu regroup show`: a plan in every form. It needs no account."""

import json
import os
from pathlib import Path

import pytest

from fenzu.cli import main
from fenzu.cli.regroup import rendering
from fenzu.database import open_database
from fenzu.regroup._books.saving import write_plan
from fenzu.regroup._values import KnownGroup
from tests.cli.conftest import Shell
from tests.unit.regroup.planned import openid, plan_for

GROUPS = (KnownGroup(0, "未分组"), KnownGroup(100, "老客户"), KnownGroup(101, "Tab\tbed"))


@pytest.fixture
def plan_file(tmp_path: Path) -> str:
    """Seventy into a group to be made, one out of another, a group renamed."""
    state = {openid(n): 100 if n < 60 else 101 if n == 60 else 0 for n in range(300)}
    rows = [(openid(n), "贵宾" if n < 60 else "VIP") for n in range(60)]
    rows += [(openid(n), "VIP") for n in range(100, 170)] + [(openid(60), "0"), (openid(999), "0")]
    plan = plan_for(state, rows, GROUPS, create=True, rename=True)
    where = str(tmp_path / "crm.plan")
    write_plan(plan, where)
    return where


def test_in_a_pipe(shell: Shell, plan_file: str) -> None:
    """In a pipe each line begins with what it tells; numbers are digits alone, and names cannot break a line."""
    shell.without_account()
    code, out, err = shell.run("regroup", "show", plan_file)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:6] == [
        "followers\t300",
        "wishes\t132",
        "unchanged\t0",
        "along\t60",
        "moves\t71",
        "calls\t5",
    ]
    assert lines[6].startswith("digest\t")
    assert lines[7:] == [
        "create\t-1\tVIP\t70",
        "rename\t100\t老客户\t贵宾",
        "move\t0\t未分组\t-1\tVIP\t70",
        "move\t101\tTab\\tbed\t0\t未分组\t1",
        "odd\tunknown_openid\t1",
        "finding\tmany_moved\t131\t131 of 300 followers (44 %) get another group, more than 30 %",
    ]


def test_on_a_terminal(shell: Shell, plan_file: str) -> None:
    """On a terminal there are a sentence and tables, and what a guard would refuse stands at the end."""
    out = shell.run("regroup", "show", plan_file, terminal=True).out
    assert "71 of 300 followers move, 1 group is made, 1 group is renamed." in out
    lines = [line.split() for line in out.splitlines()]
    assert ["100", "老客户", "贵宾", "60"] in lines
    assert ["未分组", "(0)", "VIP", "(new)", "70"] in lines
    assert out.rstrip().endswith("· 131 of 300 followers (44 %) get another group, more than 30 %")


def test_in_chinese(shell: Shell, plan_file: str) -> None:
    """A reader of Chinese gets the sentences, heads and kinds in Chinese."""
    shell.setenv(FENZU_LANG="zh")
    out = shell.run("regroup", "show", plan_file, terminal=True).out
    for told in ("分组计划", "移动 71 个", "新建分组", "不是该账号的粉丝", "超过 30 %"):
        assert told in out


def test_as_json(shell: Shell, plan_file: str) -> None:
    """--json and --format json are the same value in names that stay."""
    out = shell.run("regroup", "show", plan_file, "--json").out
    assert out == shell.run("regroup", "show", plan_file, "--format", "json").out
    value = json.loads(out)
    assert (value["moves"], value["along"], value["cost"]) == (71, 60, None)


def test_a_plan_that_was_changed_is_not_shown(shell: Shell, plan_file: str) -> None:
    """Whoever approves a plan approves what was planned: a file whose moves were changed is refused."""
    database = open_database(plan_file, travels=True)
    database.run("UPDATE regroup_batch SET target = 1")
    database.close()
    code, out, err = shell.run("regroup", "show", plan_file)
    assert (code, out, "changed after it was made" in err) == (main.USAGE, "", True)


def test_into_a_file(shell: Shell, plan_file: str, tmp_path: Path) -> None:
    """Each form may go into a file, which holds what stdout would have had."""
    for form in ("text", "json", "markdown", "html"):
        path = tmp_path / form
        code, out, _ = shell.run("regroup", "show", plan_file, "--format", form, "--output", str(path))
        assert (code, out) == (0, "")
        assert path.read_text() == shell.run("regroup", "show", plan_file, "--format", form).out
    code, _, err = shell.run("regroup", "show", plan_file, "--output", str(tmp_path / "missing" / "x"))
    assert (code, "cannot be written" in err) == (1, True)
    assert rendering.SHOWN.en in " ".join(shell.run("regroup", "show", "--help").out.split())


def test_a_plan_is_not_written_over(shell: Shell, plan_file: str, tmp_path: Path) -> None:
    """What is shown never takes the place of a plan or a mirror, nor of a link to one."""
    before = Path(plan_file).read_bytes()
    link = tmp_path / "link"
    link.symlink_to(plan_file)
    for place in (plan_file, str(link)):
        code, _, err = shell.run("regroup", "show", plan_file, "--output", place)
        assert (code, f"{place} is a plan or a mirror already" in err) == (2, True)
    assert Path(plan_file).read_bytes() == before


def test_into_what_is_no_common_file(shell: Shell, plan_file: str, tmp_path: Path) -> None:
    """A device is written into, and what a link leads to is replaced, not the link."""
    assert shell.run("regroup", "show", plan_file, "--output", os.devnull).code == 0
    assert not Path(os.devnull).is_file()
    link, there = tmp_path / "link", tmp_path / "there"
    link.symlink_to(there)
    there.write_text("older")
    assert shell.run("regroup", "show", plan_file, "--output", str(link)).code == 0
    assert link.is_symlink() and there.read_text().startswith("followers")


def test_what_is_no_plan(shell: Shell, tmp_path: Path) -> None:
    """A file that is missing or no plan is told in words."""
    code, _, err = shell.run("regroup", "show", str(tmp_path / "none.plan"))
    assert code == 1
    assert "there is no file" in err

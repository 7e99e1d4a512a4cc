"""Help, and what is said about a command line that makes no sense; in both languages."""

import re

import click
import pytest

from fenzu.cli import edge
from fenzu.cli.command import Argument, Command, Group, Option
from fenzu.cli.language import Line, pick
from fenzu.cli.root import TABLE, root
from fenzu.cli.width import pad, width, wrap
from tests.cli.conftest import Shell

CHINESE = re.compile("[\u4e00-\u9fff]")


def commands(command: click.Command = root, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the way to every command and group."""
    if not isinstance(command, click.Group):
        return [path]
    below = [
        command.get_command(click.Context(command), name)
        for name in command.list_commands(click.Context(command))
    ]
    return [path, *(way for one in below if one for way in commands(one, (*path, str(one.name))))]


def find(path: tuple[str, ...]) -> click.Command:
    command: click.Command = root
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    return command


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(shell: Shell, path: tuple[str, ...]) -> None:
    """Every command says what it is for, in both languages, with an example that calls it, and fits eighty columns."""
    for language, examples in (("en", "Examples:"), ("zh", "例子:")):
        shell.setenv(FENZU_LANG=language, COLUMNS="80")
        outcome = shell.run(*path, "--help")
        assert (outcome.code, outcome.err) == (0, "")
        shown = outcome.out.split(examples)[1]
        assert "fenzu " + " ".join(path) in shown
        prose = outcome.out.split(examples)[0]
        assert bool(CHINESE.search(prose)) == (language == "zh")
        assert all(width(line) <= 80 for line in prose.splitlines())


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_option_speaks_both_languages(path: tuple[str, ...]) -> None:
    """No option or argument is without help, and none is told in English to a reader of Chinese."""
    command = find(path)
    assert isinstance(command, Command | Group)
    for param in command.params:
        assert isinstance(param, Option | Argument)
        assert param.words.say("en")
        assert not CHINESE.search(param.words.say("en"))
        assert CHINESE.search(param.words.say("zh"))


@pytest.mark.parametrize("path", [path for path in commands() if len(path) == 1], ids=" ".join)
def test_the_table_of_commands_tells_the_truth(path: tuple[str, ...]) -> None:
    """The name in the table, from which help and completion are made, is the name of the command that is loaded."""
    assert find(path).name == path[0]
    assert path[0] in TABLE


def test_help(shell: Shell) -> None:
    """The first help lists every command with its line, and three ways to begin."""
    assert shell.run("--help").out == (
        "Usage: fenzu [OPTIONS] COMMAND …\n"
        "\n"
        "Follower groups of a WeChat Official Account: manage them, or run the platform\n"
        "locally.\n"
        "\n"
        "Commands:\n"
        "  demo        see groups managed for real, start to end\n"
        "  sandbox     run the platform on this machine\n"
        "  console     see and move followers in the browser\n"
        "  groups      create, list, rename, delete groups; move followers\n"
        "  followers   list followers, show profiles, set remarks\n"
        "  mirror      keep a local copy of who is in which group\n"
        "  regroup     regroup in bulk from a table: plan, apply, verify, undo\n"
        "  worker      carry out queued runs of many accounts\n"
        "  tags        create, list, rename, delete tags; tag followers\n"
        "  blacklist   list the blacklist, add and remove followers\n"
        "  quota       show and clear quotas, look requests up\n"
        "  domain      list the platform's addresses\n"
        "  token       print an access token\n"
        "  call        make any call of the platform\n"
        "  account     keep accounts under a name\n"
        "  errors      explain the platform's error codes\n"
        "  completion  print the shell's completion script\n"
        "\n"
        "Options:\n"
        "  --version  show the version\n"
        "  --help     show this text\n"
        "\n"
        "Examples:\n"
        "  fenzu demo\n"
        "  fenzu sandbox --demo\n"
        "  fenzu groups list\n"
    )


def test_help_in_chinese(shell: Shell) -> None:
    """The help of a command in Chinese has its columns straight and its marks translated."""
    shell.setenv(FENZU_LANG="zh")
    out = shell.run("groups", "move", "--help").out
    assert out.startswith("用法：fenzu groups move [OPTIONS] OPENID…\n\n把粉丝移到分组\n")
    assert "\n参数:\n  OPENID…  openid；- 表示从标准输入读取，每行一个\n" in out
    assert "\n  --to GROUP          分组 id，或唯一的分组名  （必填）\n" in out
    assert "\n  --help              显示本帮助\n" in out


@pytest.mark.parametrize("arguments", [(), ("groups",), ("account",)])
def test_a_bare_noun_shows_its_help(shell: Shell, arguments: tuple[str, ...]) -> None:
    """A noun without a verb shows its help on stderr; stdout stays empty, because nothing was done."""
    outcome = shell.run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == shell.run(*arguments, "--help").out


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("nope",), "No such command 'nope'.", "没有命令 nope"),
        (("groups", "mov"), "No such command 'mov'. Did you mean 'move'?", "没有命令 mov，是不是 move？"),
        (
            ("groups", "list", "--jsn"),
            "No such option '--jsn'. Did you mean '--json'?",
            "没有选项 --jsn，是不是 --json？",
        ),
        (("groups", "create"), "Missing argument 'NAME'.", "缺少 'NAME'"),
        (("groups", "move", "x"), "Missing option '--to'.", "缺少 '--to'"),
        (
            ("groups", "list", "x"),
            "Got unexpected extra argument (x)",
            "用法不对：多余的参数：x",
        ),
        (("sandbox", "--port", "x"), "Invalid value for '--port': ", "'--port' 的值不对："),
    ],
)
def test_wrong_usage(shell: Shell, arguments: tuple[str, ...], english: str, chinese: str) -> None:
    """What is wrong with a command line is said in the reader's language, with the usage, on stderr; exit code 2."""
    outcome = shell.run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    first, usage, help_line = outcome.err.splitlines()
    assert first.startswith(f"fenzu: {english}")
    assert usage.startswith("Usage: fenzu ")
    assert help_line.endswith(" --help")
    shell.setenv(FENZU_LANG="zh")
    err = shell.run(*arguments).err
    assert err.startswith(f"fenzu: {chinese}")
    assert "\n用法：fenzu " in err


def test_a_mistake_of_ours_is_not_hidden(shell: Shell) -> None:
    """An error that nobody foresaw keeps its traceback, so that it can be reported."""
    with pytest.raises(ZeroDivisionError):
        edge.report(ZeroDivisionError())


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LC_ALL": "zh_CN", "FENZU_LANG": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "ZH"}, "zh"),
    ],
)
def test_the_language(environ: dict[str, str], language: str) -> None:
    """FENZU_LANG decides, then what the system's locale says, then English."""
    assert pick(environ) == language
    assert Line("one", "一").say(pick(environ)) == {"en": "one", "zh": "一"}[language]


def test_wide_characters_count_double() -> None:
    """A Chinese character fills two columns, an accent put upon a letter none."""
    assert (width("ab"), width("分组"), width("e\u0301"), width("★")) == (2, 4, 1, 1)
    assert pad("分组", 6) + "|" == "分组  |"


def test_text_breaks_where_it_may() -> None:
    """English breaks between words, Chinese anywhere but before a full stop; a long word keeps its own line."""
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("分组管理。分组", 8) == ["分组管理。", "分组"]
    assert wrap("a " + "x" * 20 + " b", 10) == ["a", "x" * 20, "b"]
    assert wrap("", 10) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sandbox", "--port", "x"), "'x' 不是整数"),
        (("sandbox", "--seed", "/no/such.csv"), "'/no/such.csv' 不存在"),
        (("sandbox", "--seed", "/"), "'/' 是目录，不是文件"),
        (("sandbox", "--ca-folder", __file__), "是文件，不是目录"),
        (("sandbox", "--port", "-1"), "-1 不在范围 "),
        (("groups", "list", "--timeout", "x"), "'x' 不是数字"),
        (("groups", "list", "x"), "多余的参数：x"),
        (("groups", "list", "--appid"), "选项 --appid 需要一个值"),
        (("groups", "list", "--json=x"), "选项 --json 不接受值"),
        (
            ("account", "add", "x", "--appid", "wx1", "--keep-secret-in", "cloud"),
            "'cloud' 不是以下之一：'keyring', 'file', 'nowhere'",
        ),
    ],
)
def test_a_wrong_command_line_in_chinese(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    """What click says of a wrong value is Chinese throughout for a reader of Chinese."""
    shell.setenv(FENZU_LANG="zh")
    outcome = shell.run(*arguments)
    assert outcome.code == 2
    first = outcome.err.splitlines()[0]
    assert told in first
    assert not re.search(r" is | not |argument|value", first)

"""docs/reference/commands.md: every command with its help in both languages, from the command line's own tree."""

from collections.abc import Iterator

import click

from fenzu.cli import main
from fenzu.cli.command import Argument, Command, Context, Group, Option
from fenzu.cli.language import Sayable
from fenzu.cli.root import root
from fenzu.wire import Language
from tools.generate.markdown import block, code, page, table

INTRODUCTION = """
What `fenzu … --help` says, in English and in Chinese (`LANG=zh_CN.UTF-8` makes the command line speak Chinese;
`FENZU_LANG=zh` does so for fenzu alone). On a terminal a command shows tables; in a pipe, lines with tabs and no
header; with `--json`, one JSON value; lists of openids (`followers list`, `tags members`, `blacklist list`) are JSON
Lines. Data goes to stdout, everything else to stderr: with `--json`, whatever sends openids in batches (`groups move`,
`tags add` …) tells there how far it has come, as JSON Lines, once there are more than five calls to make.
"""


def commands_page() -> str:
    """Return the page: all commands at a glance, then a section for each, then what their exit codes mean."""
    context = _context(root, "fenzu", None)
    found = list(walk(root, context))
    overview = table(["command", "what it does", "作用"], (_line(command, ctx) for command, ctx in found))
    sections = [_section(command, ctx) for command, ctx in [(root, context), *found]]
    named = next(_table(command.params, ctx, ACCOUNT) for command, ctx in found if _is_on_account(command))
    return page(
        "Commands", "`src/fenzu/cli/`", INTRODUCTION, overview, *sections, f"{WHOSE}\n\n{named}", _exits()
    )


def walk(group: click.Group, context: click.Context) -> Iterator[tuple[Command | Group, click.Context]]:
    """Yield every command below `group` with its context, depth first, in the order of the help."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if not isinstance(command, Command | Group) or command.hidden:
            continue
        below = _context(command, name, context)
        yield command, below
        if isinstance(command, click.Group):
            yield from walk(command, below)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    context = Context(command, info_name=name, parent=parent)
    context.meta["fenzu.language"] = "en"
    return context


def _line(command: Command | Group, context: click.Context) -> list[str]:
    name = context.command_path
    en, zh = command.words.say("en"), command.words.say("zh")
    return [f"[`{name}`](#{anchor(name)})", en[0].lower() + en[1:].rstrip("."), zh.rstrip("。")]


def anchor(heading: str) -> str:
    """Return what a heading's link is called."""
    return heading.replace(" ", "-")


def _section(command: Command | Group, context: click.Context) -> str:
    usage = f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    parts = [
        f"## {context.command_path}",
        block(usage),
        _paragraph(command.words, command.details, "en"),
        _paragraph(command.words, command.details, "zh"),
        _parameters(command, context),
        block("\n".join(command.examples), "sh"),
    ]
    return "\n\n".join(part for part in parts if part)


def _paragraph(words: Sayable, details: Sayable, language: Language) -> str:
    text, more = words.say(language), details.say(language)
    stop = "。" if language == "zh" else "."
    first = text[0].upper() + text[1:]
    first = first if first.endswith((".", "。")) else first + stop
    return "\n\n".join([first, *more.splitlines()])


def _parameters(command: Command | Group, context: click.Context) -> str:
    if not _is_on_account(command):
        return _table(command.params, context)
    own = [param for param in command.params if param.name not in ACCOUNT]
    more = "It also takes the [options that name the account](#the-account)."
    return "\n\n".join([_table(own, context), more])


def _is_on_account(command: Command | Group) -> bool:
    """Tell whether the command works for an account, as most do: their common options are written once."""
    return {param.name for param in command.params} >= ACCOUNT


def _table(params: list[click.Parameter], context: click.Context, names: frozenset[str] = frozenset()) -> str:
    rows = [row for param in params if not names or param.name in names for row in _row(param, context)]
    return table(["", "what it does", "作用"], rows) if rows else ""


def _row(param: click.Parameter, context: click.Context) -> Iterator[list[str]]:
    if isinstance(param, Argument):
        yield [code(param.make_metavar(context)), param.words.say("en"), param.words.say("zh")]
    elif isinstance(param, Option) and not param.hidden and (record := param.get_help_record(context)):
        yield [code(record[0]), record[1], param.words.say("zh")]


ACCOUNT = frozenset({"account", "appid", "base_url", "production", "secret_file", "ca_file", "timeout"})
WHOSE = """## The account

For which account a command works is said by these options, else by the environment (`FENZU_APPID`, `FENZU_SECRET` and
`FENZU_BASE_URL`, or `FENZU_ACCOUNT`), else by `fenzu account use`. No command falls back to production, and no option
takes a secret: [Name accounts, keep secrets](../howto/accounts-and-secrets.md)."""

EXITS: dict[str, tuple[str, str]] = {
    "DONE": ("done; finding nothing is done too", "完成；没有找到也算完成"),
    "ERROR": (
        "error: the platform or the network refused, or a question was declined (of a regroup: 7)",
        "出错：平台或网络拒绝，或询问时没有同意（批量分组为 7）",
    ),
    "USAGE": ("the command line or a value makes no sense", "命令行或参数有误"),
    "CHANGES": (
        "the plan would change something (with `--detailed-exitcode`)",
        "计划会带来改动（加 `--detailed-exitcode` 时）",
    ),
    "NO_ACCOUNT": ("no account was named, or its credentials are bad", "没有指定账号，或凭证有误"),
    "STOPPED": (
        "stopped half-way (a quota, a busy platform, the network); can go on later",
        "中途停下（额度用完、平台繁忙、网络），以后可以继续",
    ),
    "SOME_FAILED": ("some followers failed, the others are done", "部分粉丝失败，其余已完成"),
    "REFUSED": ("refused by a guard, before anything was sent", "被安全检查拒绝，什么也没有发出"),
    "STALE": ("the plan is stale: what it was made for has changed", "计划已过时：制定计划之后情况变了"),
    "INTERRUPTED": ("interrupted by Ctrl-C", "被 Ctrl-C 中断"),
}


def _exits() -> str:
    rows = ([str(getattr(main, name)), en, zh] for name, (en, zh) in EXITS.items())
    return "## Exit codes\n\n" + table(["code", "meaning", "含义"], rows)

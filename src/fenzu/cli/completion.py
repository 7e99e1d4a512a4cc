"""`fenzu completion`, and what completes a group: the account is asked for its groups, briefly and without a word."""

import asyncio
import os
from pathlib import PurePath
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from fenzu.cli.command import argument, command
from fenzu.cli.on_account import streams_of
from fenzu.errors import UsageError
from fenzu.model import Group
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.cli.edge import Run

SHELLS = ("bash", "zsh", "fish")
PATIENCE = 1.5
"""Seconds that a person waits for a completion."""


@command(
    None,
    "completion",
    words=Words("print the shell's completion script", "打印 shell 补全脚本"),
    details=Words(
        "Completes commands, options and the names of groups. Without a shell: the one that SHELL names.",
        "补全命令、选项和分组名。不给 shell 则用环境变量 SHELL 所指的。",
    ),
    examples=(
        "fenzu completion bash > ~/.local/share/bash-completion/completions/fenzu",
        "fenzu completion zsh > ~/.zfunc/_fenzu",
        "fenzu completion fish > ~/.config/fish/completions/fenzu.fish",
    ),
)
@argument("shell", required=False, metavar="[bash|zsh|fish]", words=Words("which shell", "哪种 shell"))
def completion(shell: str | None) -> None:
    """Print the script that click makes for the shell."""
    name = shell or PurePath(os.environ.get("SHELL", "")).name
    kind = get_completion_class(name) if name in SHELLS else None
    if kind is None:
        raise UsageError(
            Words("there is completion for bash, zsh and fish", "支持 bash、zsh 和 fish 的补全"),
            Words("name one: fenzu completion bash", "指定一个：fenzu completion bash"),
        )
    root = click.get_current_context().find_root().command
    streams_of().raw(kind(root, {}, "fenzu", "_FENZU_COMPLETE").source())


def complete_group(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a group's name or id; whatever goes wrong, there is merely nothing to offer."""
    try:
        groups = asyncio.run(asyncio.wait_for(_ask(context), PATIENCE))
    except Exception:  # noqa: BLE001 - a completion that fails must not write into the line that somebody is typing
        return []
    names = [
        CompletionItem(g.name, help=str(g.id))
        for g in groups
        if g.name.startswith(incomplete) and g.name.isprintable()
    ]
    ids = [
        CompletionItem(str(g.id), help=g.name)
        for g in groups
        if incomplete and str(g.id).startswith(incomplete)
    ]
    return names + ids


def complete_account(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a kept account."""
    from fenzu.cli.profiles import load

    try:
        kept = load().accounts.values()
    except Exception:  # noqa: BLE001 - as above
        return []
    return [
        CompletionItem(profile.name, help=profile.base_url)
        for profile in kept
        if profile.name.startswith(incomplete)
    ]


async def _ask(context: click.Context) -> list[Group]:
    from fenzu.cli.connect import Wanted, choose
    from fenzu.cli.on_account import open_client

    given = context.params
    wanted = Wanted(
        given.get("account"), given.get("appid"), given.get("base_url"), bool(given.get("production"))
    )
    run: Run = context.find_root().obj
    client = open_client(choose(wanted), run, seconds=PATIENCE)
    try:
        return await client.groups.list()
    finally:
        await client.aclose()

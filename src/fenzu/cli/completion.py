"""`fenzu completion`: the scripts that shells load. What they offer for groups and accounts is in `completing`."""

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from fenzu.cli.command import argument, command
from fenzu.cli.on_account import streams_of
from fenzu.errors import UsageError
from fenzu.wire.words import Words

SHELLS = ("bash", "zsh", "fish")


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

"""The commands that the pages show exist, with the options that the pages give them."""

import shlex
from pathlib import Path

import click
import pytest

from fenzu.cli.root import root
from tests.docs.reading import PAGES, blocks, name_of

SHELL = [page for page in PAGES if any(block.language in ("sh", "console") for block in blocks(page))]


@pytest.mark.parametrize("page", SHELL, ids=name_of)
def test_commands_exist(page: Path) -> None:
    """Each `fenzu …` in a shell block is a command of the tree, and has the options it is shown with."""
    lines = [
        line
        for block in blocks(page)
        if block.language in ("sh", "console")
        for line in block.text.splitlines()
    ]
    wrong = [line for line in lines for words in invocations(line) if not exists(words)]
    assert not wrong


def invocations(line: str) -> list[list[str]]:
    """Return the words of each command of a line that is `fenzu`."""
    if "fenzu" not in line:  # perhaps one of several lines of JSON
        return []
    found: list[list[str]] = [[]]
    words = iter(shlex.split(line.removeprefix("$ "), comments=True))
    for word in words:
        if word in ("|", "||", "&&", ";", "&"):
            found.append([])
        elif word in ("<", ">", ">>"):
            next(words)
        elif found[-1] or "=" not in word:
            found[-1].append(word)
    return [command for command in found if command and command[0].rpartition("/")[2] == "fenzu"]


def exists(words: list[str]) -> bool:
    command: click.Command = root
    context = click.Context(command, info_name="fenzu")
    for word in words[1:]:
        if word.startswith("--"):
            names = {name for param in command.get_params(context) for name in param.opts}
            if word.partition("=")[0] not in names:
                return False
        elif isinstance(command, click.Group):
            below = command.get_command(context, word)
            if below is None:
                return False
            command, context = below, click.Context(below, info_name=word, parent=context)
    return not isinstance(command, click.Group) or "--help" in words or "--version" in words

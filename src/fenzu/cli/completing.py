"""What a shell offers where a group, a tag or an account is wanted: briefly asked for, silence when that fails."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from fenzu import AsyncClient
    from fenzu.cli.edge import Run
    from fenzu.model import Group, Tag

    ListAll: TypeAlias = Callable[[AsyncClient], Awaitable[Sequence[Group | Tag]]]

PATIENCE = 1.5
"""Seconds that a person waits for a completion."""
_PLAIN = re.compile(r"[A-Za-z0-9_.+\x80-\U0010ffff][A-Za-z0-9_.+\x80-\U0010ffff-]*")
"""Nothing that a shell acts upon or click's scripts cut a word at (a comma, a colon), and no dash in front."""


def complete_group(context: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Complete a group's name or id; whatever goes wrong, there is merely nothing to offer."""
    return _complete(context, incomplete, lambda client: client.groups.list())


def complete_tag(context: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Complete a tag's name or id."""
    return _complete(context, incomplete, lambda client: client.tags.list())


def _complete(context: click.Context, incomplete: str, list_all: "ListAll") -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from fenzu.cli.io import harmless
    from fenzu.cli.names import is_id

    try:
        found = asyncio.run(asyncio.wait_for(_ask(context, list_all), PATIENCE))
    except Exception:  # noqa: BLE001 - a completion that fails must not write into the line that somebody is typing
        return []
    called = [each for each in found if each.name.startswith(incomplete)]
    numbered = [
        each for each in found if incomplete and each not in called and str(each.id).startswith(incomplete)
    ]
    return [
        CompletionItem(each.name, help=str(each.id))
        if each in called and can_be_typed(each.name) and not is_id(each.name)
        else CompletionItem(str(each.id), help=harmless(each.name))
        for each in called + numbered
    ]


def can_be_typed(word: str) -> bool:
    """Tell whether `word` can stand in a command line as it is.

    What a shell puts into the line it takes for the person's own words, and bash quotes nothing: a group that somebody
    named `$(…)` would be run. So what would need quoting is offered in no shell; its id is.
    """
    return bool(_PLAIN.fullmatch(word)) and word.isprintable()


def complete_account(context: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Complete the name of a kept account."""
    from click.shell_completion import CompletionItem

    from fenzu.cli.profiles import load

    try:
        kept = load().accounts.values()
    except Exception:  # noqa: BLE001 - as above
        return []
    return [
        CompletionItem(profile.name, help=profile.base_url)
        for profile in kept
        if profile.name.startswith(incomplete) and can_be_typed(profile.name)
    ]


async def _ask(context: click.Context, list_all: "ListAll") -> "Sequence[Group | Tag]":
    from fenzu.cli.connect import Wanted, choose
    from fenzu.cli.on_account import open_client

    given = context.params
    secret_file = given.get("secret_file")
    wanted = Wanted(
        given.get("account"),
        given.get("appid"),
        given.get("base_url"),
        bool(given.get("production")),
        None if secret_file == "-" else secret_file,  # standard input is the keyboard
    )
    run: Run = context.find_root().obj
    client = open_client(
        choose(wanted), run, {"timeout": PATIENCE, "deadline": PATIENCE}, given.get("ca_file")
    )
    try:
        return await list_all(client)
    finally:
        await client.aclose()

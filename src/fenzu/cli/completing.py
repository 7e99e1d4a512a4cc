"""What a shell offers where a group or an account is wanted: briefly asked for, and silence when something fails."""

import asyncio
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from fenzu.cli.edge import Run
    from fenzu.model import Group

PATIENCE = 1.5
"""Seconds that a person waits for a completion."""


def complete_group(context: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Complete a group's name or id; whatever goes wrong, there is merely nothing to offer."""
    from click.shell_completion import CompletionItem

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
        if profile.name.startswith(incomplete)
    ]


async def _ask(context: click.Context) -> "list[Group]":
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

"""docs/reference/api.md: the public Python API, from the signatures and docstrings of the source."""

from collections.abc import Iterator
from importlib import import_module

from tools.generate.markdown import block, code, page, table
from tools.generate.source import Member, Shown, aliases, classes, functions

INTRODUCTION = """
`Client` is for code that waits, `AsyncClient` for asyncio. Both have the same methods with the same parameters: where
one returns, the other is awaited; where one iterates, the other iterates asynchronously; `close()` is `aclose()`. Only
`Client` is written out here. Errors have a [page of their own](errors.md), and every one of them is raised under its
class in `fenzu.errors`.
"""

MODULES = {
    "fenzu.model": ("Values", "fenzu.model"),
    "fenzu.client._move_many": ("Result of a move", "fenzu"),
    "fenzu.client._batches": ("Result of tagging and blacklisting", "fenzu"),
    "fenzu.mirror._blocking": ("Filling a mirror", "fenzu.mirror"),
    "fenzu.mirror.store": ("Mirror", "fenzu.mirror"),
    "fenzu.mirror.rows": ("What a mirror knows of somebody", "fenzu.mirror"),
    "fenzu.mirror._query": ("Whom a search of a mirror is for", "fenzu.mirror"),
    "fenzu.mirror._search": ("A page of a search", "fenzu.mirror"),
    "fenzu.mirror._moves": ("A move in somebody's history", "fenzu.mirror"),
    "fenzu.mirror._sizes": ("Sizes and growth of groups", "fenzu.mirror"),
    "fenzu.mirror.events": ("What a sync tells", "fenzu.mirror"),
    "fenzu.mirror._status": ("What a mirror holds", "fenzu.mirror"),
    "fenzu.mirror.aio": ("A mirror on an event loop", "fenzu.mirror.aio"),
    "fenzu.mirror.directory": ("The account, call by call", "fenzu.mirror.directory"),
    "fenzu.regroup._blocking": ("Regrouping in bulk", "fenzu.regroup"),
    "fenzu.regroup._books.opening": ("A plan in its place", "fenzu.regroup"),
    "fenzu.regroup._planned": ("What planning returns", "fenzu.regroup"),
    "fenzu.regroup._planning.cost": ("What a plan costs", "fenzu.regroup"),
    "fenzu.regroup._wishes.reading": ("Wishes", "fenzu.regroup.wishes"),
    "fenzu.regroup._wishes.rules.applying": ("Wishes by rule", "fenzu.regroup.wishes"),
    "fenzu.regroup._wishes.like": ("Wishes like another account's groups", "fenzu.regroup.wishes"),
    "fenzu.regroup._wishes.values": ("What wishes are", "fenzu.regroup.wishes"),
    "fenzu.regroup._wishes.problems": ("Rows with problems", "fenzu.regroup"),
    "fenzu.regroup._values": ("What a plan is made of", "fenzu.regroup"),
    "fenzu.regroup._running.ports": ("How a plan is carried out", "fenzu.regroup"),
    "fenzu.regroup._running.events": ("What a run tells", "fenzu.regroup"),
    "fenzu.regroup._settling.report": ("What has become of a run", "fenzu.regroup"),
    "fenzu.regroup._settling.verify": ("What a verification finds", "fenzu.regroup"),
    "fenzu.regroup._settling.undo": ("The way back", "fenzu.regroup"),
    "fenzu.regroup._settling.returning": ("Who does not go back", "fenzu.regroup"),
    "fenzu.tokens": ("Token stores", "fenzu.tokens"),
    "fenzu.tokens.file": ("Tokens in a file", "fenzu.tokens"),
    "fenzu.tokens.redis": ("Tokens in Redis", "fenzu.tokens"),
    "fenzu.tokens.postgres": ("Tokens in PostgreSQL", "fenzu.tokens"),
    "fenzu.tokens.django": ("Tokens in Django's cache", "fenzu.tokens"),
    "fenzu.client.transport": ("Transports", "fenzu.client.transport"),
    "fenzu.client._events": ("Events", "fenzu.telemetry"),
    "fenzu.pace": ("Pace", "fenzu.pace"),
    "fenzu.pace.postgres": ("A pace in PostgreSQL", "fenzu.pace.postgres"),
    "fenzu.telemetry.otel": ("Spans and metrics", "fenzu.telemetry.otel"),
    "fenzu.testing.process": ("A sandbox for tests", "fenzu.testing"),
    "fenzu.testing.account": ("Accounts for tests", "fenzu.testing"),
    "fenzu.control.client": ("Control of a sandbox", "fenzu.control"),
    "fenzu.control.faults": ("Faults of a sandbox", "fenzu.control"),
    "fenzu.control.clock": ("The sandbox's clock", "fenzu.control"),
    "fenzu.control.quota": ("The quotas of a sandbox's accounts", "fenzu.control"),
    "fenzu.control.events": ("Events of a sandbox's followers", "fenzu.control"),
    "fenzu.control.snapshots": ("Snapshots of a sandbox", "fenzu.control"),
    "fenzu.control.requests": ("The sandbox's log of requests", "fenzu.control"),
    "fenzu.control.values": ("What control gives and takes", "fenzu.control"),
}
"""Modules whose classes are told one after the other: under which title, and where they are imported from.

Of a private module, what cannot be imported from there is not told.
"""
CALLED = {
    "fenzu.mirror._blocking": "fenzu.mirror.aio",
    "fenzu.mirror.aio": "fenzu.mirror.aio",
    "fenzu.regroup._blocking": "fenzu.regroup.aio",
    "fenzu.regroup._wishes.reading": "fenzu.regroup._wishes.reading",
    "fenzu.regroup._wishes.rules.applying": "fenzu.regroup._wishes.rules.applying",
    "fenzu.regroup._wishes.like": "fenzu.regroup._wishes.like",
}
"""Those of them whose functions are told too, and where what they do is written."""
TYPES = (
    "fenzu.model",
    "fenzu.client.groups",
    "fenzu.client.followers",
    "fenzu.client.tags",
    "fenzu.client.domain",
    "fenzu.client.raw",
    "fenzu.client._events",
    "fenzu.mirror.rows",
    "fenzu.mirror._cursor",
    "fenzu.mirror.events",
    "fenzu.regroup._values",
    "fenzu.regroup._running.events",
    "fenzu.regroup._settling.undo",
    "fenzu.regroup._settling.returning",
    "fenzu.regroup._settling.verify",
    "fenzu.regroup._planning.compare",
    "fenzu.regroup._wishes.formats",
    "fenzu.regroup._wishes.frames",
    "fenzu.tokens",
    "fenzu.control.quota",
    "fenzu.wire.words",
)
"""Modules that give names to types."""


def api_page() -> str:
    """Return the page: the client, what its calls return, and what can be put into it."""
    found = classes("fenzu.client.sync")
    client = found["Client"]
    parts = [
        "## Client",
        _made("from fenzu import Client, AsyncClient", client),
        client.doc,
        *(_method(member, "account.") for member in client.methods),
        *(_calls(found[name]) for name in found if name != "Client"),
        *(_module(module, *where) for module, where in MODULES.items()),
        _types(),
    ]
    return page("Python", "`src/fenzu/`", INTRODUCTION, *parts)


def _calls(group: Shown) -> str:
    """Return a section of methods that hang on an attribute of the client: `account.groups`."""
    attribute = group.name.lower()
    methods = (_method(member, f"account.{attribute}.", f"{attribute}.") for member in group.methods)
    return "\n\n".join([f"## account.{attribute}", group.doc, *methods])


def _method(member: Member, owner: str, title: str = "") -> str:
    parts = [f"### {title}{member.name}", block(owner + member.signature, "py"), member.doc]
    return "\n\n".join(part for part in parts if part)


def _module(module: str, title: str, origin: str) -> str:
    found, is_private = classes(module), "._" in module
    shown = (
        _class(found[name], module)
        for name in found
        if not is_private or hasattr(import_module(origin), name)
    )
    return "\n\n".join([f"## {title}", f"In `{origin}`.", *_functions(module, origin), *shown])


def _functions(module: str, origin: str) -> Iterator[str]:
    """Yield what is told of each function of a module."""
    if module in CALLED:
        docs = {member.name: member.doc for member in functions(CALLED[module])}
        for member in functions(module):
            yield _method(member._replace(doc=docs[member.name]), f"{origin.rpartition('.')[2]}.")


def _value(default: str, module: str) -> str:
    """Return what a constant stands for, and any other default as it is written."""
    is_constant = default.isidentifier() and default.isupper()
    return repr(getattr(import_module(module), default)) if is_constant else default


def _class(shown: Shown, module: str) -> str:
    parts = [f"### {shown.name}", block(shown.made, "py") if shown.made else "", shown.doc]
    if shown.fields:
        rows = (
            [code(name), code(kind), code(_value(default, module))] for name, kind, default in shown.fields
        )
        parts.append(table(["", "type", "default"], rows))
    fields = {name for name, _, _ in shown.fields}
    parts += [_short(member) for member in shown.methods if member.name not in fields]
    return "\n\n".join(part for part in parts if part)


def _short(member: Member) -> str:
    return f"{code(member.colour + member.signature)}\n\n{member.doc}".rstrip()


def _made(imported: str, shown: Shown) -> str:
    return block(f"{imported}\n\n{shown.made}", "py")


def _types() -> str:
    rows = (
        [code(name), code(kind), said] for module in TYPES for name, (kind, said) in aliases(module).items()
    )
    return "## Names of types\n\n" + table(["", "stands for", ""], rows)

"""A plan in Markdown: for a pull request, a ticket, a chat. Whatever a group is called is shown as text."""

import re
from collections.abc import Iterable, Sequence

from fenzu.regroup._render import words
from fenzu.regroup._render.escape import printable
from fenzu.regroup._render.tables import Table, facts, tables
from fenzu.regroup._render.view import View
from fenzu.wire.words import Language

_MARKS = re.compile(r"([\\`*_\[\]<>#|~&$@]|:(?=//)|(?<=www)\.)")
"""What Markdown, or a page that shows it, takes for more than text."""


def as_markdown(view: View, language: Language) -> str:
    """Return the plan as a text that ends in a line's end."""
    title = words.UNDO_TITLE if view.header.kind == "undo" else words.TITLE
    lines = [f"# {title.say(language)}: {_shown(view.header.appid)}", ""]
    lines += [_shown(words.summary(view).say(language)), ""]
    if view.cost is not None and view.calls:
        lines += [_shown(words.how_long(view.cost).say(language)), ""]
    findings = [finding.words for finding in view.findings]
    for heading, told in ((words.FINDINGS, findings), (words.NOTES, view.notes)):
        if told:
            lines += [f"**{_shown(heading.say(language))}**", ""]
            lines += [f"- {_shown(each.say(language))}" for each in told]
            lines.append("")
    for table in tables(view):
        lines += _table(table.cut(), language)
    lines += [f"## {words.MADE_FROM.say(language)}", ""]
    lines += [f"- {_shown(name.say(language))}: {_shown(value.say(language))}" for name, value in facts(view)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(table: Table, language: Language) -> Iterable[str]:
    yield f"## {_shown(table.title.say(language))}"
    yield ""
    yield _row([_shown(column.title.say(language)) for column in table.columns])
    yield _row(["--:" if column.is_number else "---" for column in table.columns])
    for row in table.rows:
        yield _row([_shown(cell.say(language)) for cell in row])
    yield ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _shown(text: str) -> str:
    """Write out what would act: marks behind a backslash, what cannot be printed as a sign for it."""
    return _MARKS.sub(r"\\\1", printable(text))

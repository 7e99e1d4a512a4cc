"""A plan on stdout or in a file: tables for a person, tab-separated lines for a pipe, JSON, Markdown, a page.

What a plan holds stands in `fenzu.regroup._render`; this knows the streams.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from fenzu.cli.command import option
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.whole_file import check_output, whole_file
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._render.view import View

Form: TypeAlias = Literal["text", "json", "markdown", "html"]

FORMAT = option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    words=Words("how the plan is shown (text)", "计划的显示格式（默认 text）"),
)
OUTPUT = option(
    "--output",
    metavar="FILE",
    words=Words("write what is shown into this file", "把显示内容写入此文件"),
)
SHOWN = Words(
    "In a pipe, the lines of the text form begin with what they tell: followers, wishes, unchanged, along, moves, "
    "calls, today, days, ends_on, digest (one value each); create (slot, name, followers), rename (id, old, new), "
    "delete (id, name), move (from id, name, to id, name, followers), cost (call, calls, today, a day), odd (kind, "
    "rows), finding (kind, followers, text), note (text). The HTML page stands alone and shows a picture.",
    "在管道中，text 格式的每一行以其内容类别开头：followers、wishes、unchanged、along、moves、calls、today、days、"
    "ends_on、digest（各一个值）；create（槽位、名称、人数）、rename（id、原名、新名）、delete（id、名称）、"
    "move（原分组 id、名称、目标 id、名称、人数）、cost（接口、次数、今日、每日）、odd（类型、行数）、"
    "finding（类型、人数、说明）、note（说明）。HTML 页面可独立打开，带流向图。",
)


def show(view: "View", streams: Streams, form: Form, output: str | None) -> None:
    """Show a plan where and how it was asked for."""
    if streams.as_json and form == "text":
        form = "json"
    if output is not None:
        check_output(output)
        with whole_file(output) as out:
            out.write(written(view, streams, form).encode())
    elif form == "json":
        from fenzu.regroup._render.as_json import as_value

        streams.json(as_value(view, streams.language))
    elif form == "text" and streams.drawn:
        draw(view, streams)
    else:
        streams.raw(written(view, streams, form).removesuffix("\n"))


def written(view: "View", streams: Streams, form: Form) -> str:
    """Return what is shown as one text."""
    match form:
        case "json":
            import msgspec

            from fenzu.regroup._render.as_json import as_value

            return msgspec.json.encode(as_value(view, streams.language)).decode() + "\n"
        case "markdown":
            from fenzu.regroup._render.markdown import as_markdown

            return as_markdown(view, streams.language)
        case "html":
            from fenzu.regroup._render.page import as_page

            return as_page(view, streams.language)
        case _:
            from fenzu.regroup._render.lines import lines

            return "".join("\t".join(map(harmless, line)) + "\n" for line in lines(view, streams.language))


def draw(view: "View", streams: Streams) -> None:
    """Show a plan to a person: what it is, what it does, the tables, and what to think of before it is approved."""
    from fenzu.regroup._render import words
    from fenzu.regroup._render.tables import tables

    language, header = streams.language, view.header
    title = words.UNDO_TITLE if header.kind == "undo" else words.TITLE
    _head(streams, f"{title.say(language)} {header.digest[:12]}")
    streams.line(f"{header.appid} {header.base_url} · {words.at(header.made_at)} · {header.wish}")
    streams.line("")
    streams.line((words.nothing(view) if view.is_empty else words.summary(view)).say(language))
    if view.cost is not None and view.calls:
        streams.line(words.how_long(view.cost).say(language))
    for table in (each.cut() for each in tables(view)):
        streams.line("")
        _head(streams, table.title.say(language))
        columns = [Column(column.title, right=column.is_number) for column in table.columns]
        streams.rows(columns, [[cell.say(language) for cell in row] for row in table.rows])
    _list(streams, words.FINDINGS, [finding.words for finding in view.findings])
    _list(streams, words.NOTES, view.notes)


def _head(streams: Streams, text: str) -> None:
    from rich.text import Text

    streams.console().print(Text(harmless(text), style="bold"))


def _list(streams: Streams, title: Words, told: "Sequence[Words]") -> None:
    if told:
        streams.line("")
        _head(streams, title.say(streams.language))
        for each in told:
            streams.line(f"· {each.say(streams.language)}")

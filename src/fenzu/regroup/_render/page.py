"""A plan as one HTML page that stands alone: no script, no request, light and dark as the reader has it."""

import base64
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files

from fenzu.regroup._render import words
from fenzu.regroup._render.escape import html
from fenzu.regroup._render.flow_picture import picture
from fenzu.regroup._render.tables import Table, facts, tables
from fenzu.regroup._render.view import View
from fenzu.wire.endpoints import is_production
from fenzu.wire.words import Language, Words

LOCALES: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}
SMALL = ("create", "rename", "delete", "group", "cost", "problems")
"""Tables that are narrow enough to stand side by side."""
MOVE, MADE, RENAMED = (
    Words("followers move", "个粉丝移动"),
    Words("groups made", "个新建分组"),
    Words("groups renamed", "个改名分组"),
)
CALLS, DAYS = Words("calls", "次调用"), Words("days", "天")
PRODUCTION, SANDBOX = Words("production", "真实平台"), Words("a sandbox or test host", "沙箱或测试地址")


def as_page(view: View, language: Language) -> str:
    """Return the page. Its policy allows this one style and nothing else, so it may be opened by anybody, anywhere."""
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    allowed = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    title = f"{_title(view).say(language)} · {view.header.appid}"
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{LOCALES[language]}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{html(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{html(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            "<main>",
            *_body(view, language),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _title(view: View) -> Words:
    return words.UNDO_TITLE if view.header.kind == "undo" else words.TITLE


def _body(view: View, language: Language) -> Iterator[str]:
    header = view.header
    where = PRODUCTION if is_production(header.base_url) else SANDBOX
    yield f"<h1>{html(_title(view).say(language))}</h1>"
    yield (
        f'<p class="where"><b>{html(header.appid)}</b> · {html(header.base_url)} '
        f"({html(where.say(language))}) · {html(words.at(header.made_at))}</p>"
    )
    yield f'<p class="says">{html(_says(view).say(language))}</p>'
    if not view.is_empty:
        yield from _tiles(view, language)
    findings = [finding.words for finding in view.findings]
    yield from _list(words.FINDINGS, findings, language, "warn")
    yield from _list(words.NOTES, view.notes, language, "note")
    if view.flows:
        yield f"<section><h2>{html(words.MOVES.say(language))}</h2>"
        yield picture(view, language)
        yield "</section>"
    found = tables(view)
    yield '<div class="pair">'
    for table in found:
        if table.key in SMALL:
            yield from _table(table.cut(), language)
    yield "</div>"
    for table in found:
        if table.key not in SMALL:
            yield from _table(table.cut(), language)
    yield f"<section><h2>{html(words.MADE_FROM.say(language))}</h2><dl>"
    for name, value in facts(view):
        yield f"<dt>{html(name.say(language))}</dt><dd>{html(value.say(language))}</dd>"
    yield "</dl></section>"


def _says(view: View) -> Words:
    if view.is_empty:
        return words.nothing(view)
    said = words.summary(view)
    if view.cost is None:
        return said
    long = words.how_long(view.cost)
    return Words(f"{said.en} {long.en}.", f"{said.zh}{long.zh}。")


def _tiles(view: View, language: Language) -> Iterator[str]:
    of_all = words.share(view.moves, view.header.followers)
    tiles = [(words.number(view.moves), Words(f"{MOVE.en}, {of_all}", f"{MOVE.zh}，{of_all}"))]
    tiles += [(words.number(len(view.creates)), MADE)] if view.creates else []
    tiles += [(words.number(len(view.renames)), RENAMED)] if view.renames else []
    tiles.append((words.number(view.calls), CALLS))
    if view.cost is not None:
        tiles.append((words.number(view.cost.days), DAYS if view.cost.days != 1 else Words("day", "天")))
    yield '<div class="tiles">'
    for value, name in tiles:
        yield f"<div><b>{html(value)}</b><span>{html(name.say(language))}</span></div>"
    yield "</div>"


def _list(
    title: Words, told: "list[Words] | tuple[Words, ...]", language: Language, style: str
) -> Iterator[str]:
    if told:
        yield f'<section class="{style}"><h2>{html(title.say(language))}</h2><ul>'
        for each in told:
            yield f"<li>{html(each.say(language))}</li>"
        yield "</ul></section>"


def _table(table: Table, language: Language) -> Iterator[str]:
    yield f"<section><h2>{html(table.title.say(language))}</h2><table><thead><tr>"
    numbers = [' class="n"' if column.is_number else "" for column in table.columns]
    for column, style in zip(table.columns, numbers, strict=True):
        yield f'<th scope="col"{style}>{html(column.title.say(language))}</th>'
    yield "</tr></thead><tbody>"
    for row in table.rows:
        cells = zip(row, numbers, strict=True)
        yield f"<tr>{''.join(f'<td{style}><bdi>{html(cell.say(language))}</bdi></td>' for cell, style in cells)}</tr>"
    yield "</tbody></table></section>"

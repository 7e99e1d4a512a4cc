"""Rendering: templates with what every page needs. Whatever a name holds stands in a page as text."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from fenzu.console.account.accounts import Account
from fenzu.console.account.desk import Desk, Desks
from fenzu.console.account.twins import told_apart, twins
from fenzu.console.addresses import address_of
from fenzu.console.times import day, moment
from fenzu.console.web.reader import LANGUAGES, THEMES, reader_of
from fenzu.errors import FenzuError
from fenzu.regroup._render.escape import printable, short
from fenzu.wire.words import Language, Words

STATIC = files("fenzu.console") / "static"
LOCALES: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}


def desk_of(request: Request) -> Desk:
    """Return the desk of the account that the address names; the routes below an account have one."""
    desk: Desk = request.state.desk
    return desk


def writable_desk_of(request: Request) -> Desk:
    """Return the desk where it may write; raises `ReadOnly` where it may not."""
    desk = desk_of(request)
    desk.check_may_write()
    return desk


def desks_of(request: Request) -> Desks:
    """Return all desks."""
    desks: Desks = request.app.state.desks
    return desks


def render(request: Request, template: str, /, status: int = 200, **facts: object) -> HTMLResponse:
    """Return a page made from a template in `templates/`.

    Templates have `t(en, zh)`, which says a sentence in the reader's language, `say(words)` for `Words`, `number`,
    `share` (of a whole), `shown` and `brief` (a text that somebody else wrote, and its beginning), `day` and `moment`
    (Unix seconds), `twins(groups)` and `told_apart(groups)` (those of one name), `asset(file)`, `here` (where the
    account's pages begin), `account`, `accounts`, `entered` (whether somebody has come in), `reader`, `page` (the
    address that was asked for) and what is given.
    """
    reader = reader_of(request)
    language = reader.language
    desk: Desk | None = getattr(request.state, "desk", None)
    name = "" if desk is None else desk.account.name

    def t(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    def say(words: Words) -> str:
        return words.say(language)

    text = (
        templates()
        .get_template(template)
        .render(
            t=t,
            say=say,
            asset=asset,
            reader=reader,
            lang=LOCALES[language],
            languages=LANGUAGES,
            themes=THEMES,
            here=address_of(name) if name else "",
            account=None if desk is None else desk.account,
            accounts=_accounts(request),
            entered=_entered(request),
            has_sandbox=desk is not None and desk.account.control_url is not None,
            page=request.scope["path"],
            **facts,
        )
    )
    return HTMLResponse(text, status)


def _entered(request: Request) -> bool:
    """Whether whoever reads it has come in by a link."""
    return bool(getattr(request.state, "entered", False))


def _accounts(request: Request) -> list[Account]:
    """Return the accounts that a page may name: none to whoever has not come in, nor where they cannot be read."""
    if not _entered(request):
        return []
    try:
        return desks_of(request).accounts()
    except FenzuError:  # the page that tells so is made here too
        return []


@cache
def templates() -> Environment:
    """The templates. They escape what they are given."""
    environment = Environment(
        loader=PackageLoader("fenzu.console"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "number": lambda value: f"{value:,}",
        "share": share,
        "shown": printable,
        "brief": lambda text: short(printable(text), 22),
        "day": day,
        "moment": moment,
    }
    environment.filters.update(filters)
    environment.globals.update(twins=twins, told_apart=told_apart)
    return environment


def share(part: float) -> str:
    """Return a part of a whole in percent; what is little is not told as nothing."""
    return "< 0.1 %" if 0 < part < 0.0005 else f"{100 * part:.1f} %"


@cache
def version() -> str:
    """Return a name for the files of `static/` as they are now; with it in their address they may be kept for ever."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir(), key=lambda file: file.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a file of `static/`."""
    return f"/static/{version()}/{name}"

"""The reader's language and light, kept in the browser."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.web.answers import answer, read
from fenzu.console.web.reader import LANGUAGE, THEME, Theme
from fenzu.wire.words import Language

YEAR_SECONDS = 365 * 24 * 3600


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be another from now on."""

    language: Language | None = None
    theme: Theme | None = None


async def prefer(request: Request) -> Response:
    """Keep what was chosen."""
    wish = await read(request, Wish)
    response = answer({})
    for name, value in ((LANGUAGE, wish.language), (THEME, wish.theme)):
        if value is not None:
            response.set_cookie(name, value, max_age=YEAR_SECONDS, httponly=True, samesite="strict", path="/")
    return response


ROUTES: tuple[BaseRoute, ...] = (Route("/preferences", prefer, methods=["POST"]),)

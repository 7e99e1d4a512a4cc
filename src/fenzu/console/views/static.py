"""The files of `static/`. Their addresses change with their content, so a browser keeps them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.web.answers import nothing_here
from fenzu.console.web.page import STATIC, asset

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


async def file(request: Request) -> Response:
    """One file; those of another version are not to be had."""
    name = request.path_params["file"]
    known = {found.name: found for found in STATIC.iterdir()}
    if name not in known or request.scope["path"] != asset(name):
        raise nothing_here()
    return Response(
        known[name].read_bytes(),
        media_type=TYPES[name.rpartition(".")[2]],
        headers={"cache-control": "private, max-age=31536000, immutable"},
    )


ROUTES: tuple[BaseRoute, ...] = (Route("/static/{version}/{file}", file),)

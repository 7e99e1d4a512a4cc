"""Coming in: the one-time link, and where one lands."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fenzu.console.addresses import address_of
from fenzu.console.web.answers import nothing_here
from fenzu.console.web.page import desks_of, render
from fenzu.console.web.sessions import Sessions


async def login(request: Request) -> Response:
    """Let a browser in by a one-time link.

    It goes on by a page of its own: a redirect would count as coming from wherever the link was followed, and the
    browser would hold the new cookie back.
    """
    sessions: Sessions = request.app.state.sessions
    # HEAD is what looks a link over without opening it: that uses nothing up.
    key = request.query_params.get("key", "") if request.method == "GET" else ""
    session = sessions.enter(key)
    if session is None:
        return render(request, "locked.html", 403)
    response = render(request, "enter.html")
    response.set_cookie(sessions.cookie, session, httponly=True, samesite="strict", path="/")
    return response


async def first(request: Request) -> Response:
    """Go to the first account."""
    accounts = desks_of(request).accounts()
    if not accounts:  # the last one was removed meanwhile
        raise nothing_here()
    return RedirectResponse(address_of(accounts[0].name) + "/", 303)


async def whole(request: Request) -> Response:
    """Go to the account's first page from its address without the slash."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(address_of(request.path_params["name"]) + "/" + query, 307)


ROUTES: tuple[BaseRoute, ...] = (Route("/login", login), Route("/", first), Route("/a/{name}", whole))

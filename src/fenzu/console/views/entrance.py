"""Coming in: the one-time link, and where one lands."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fenzu.console.gate import Sessions
from fenzu.console.page import address_of, desks_of, render


async def login(request: Request) -> Response:
    """Let a browser in by a one-time link.

    It goes on by a page of its own: a redirect would count as coming from wherever the link was followed, and the
    browser would hold the new cookie back.
    """
    sessions: Sessions = request.app.state.sessions
    session = sessions.enter(request.query_params.get("key", ""))
    if session is None:
        return render(request, "locked.html", 403)
    response = render(request, "enter.html")
    response.set_cookie(sessions.cookie, session, httponly=True, samesite="strict", path="/")
    return response


async def first(request: Request) -> Response:
    """Go to the first account."""
    return RedirectResponse(address_of(desks_of(request).accounts()[0].name) + "/", 303)


ROUTES: tuple[BaseRoute, ...] = (Route("/login", login), Route("/", first))

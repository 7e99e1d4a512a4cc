"""What nobody has foreseen: the terminal gets its trace, and whoever asked gets words."""

import logging
from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenzu.console.mistake import mistake
from fenzu.errors import FenzuError

_log = logging.getLogger(__name__)


class Mishaps:
    """The application, none of whose mistakes ends a request without words. `refuse` makes the answer."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, FenzuError], Response]) -> None:
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, one way or the other."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noticing(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noticing)
        except ClientDisconnect:  # nobody is left who could be told
            return
        except Exception:
            if (
                has_begun
            ):  # half an answer cannot be mended: the server breaks the connection, and tells the terminal
                raise
            _log.exception("a page of the console failed")
            await self._refuse(Request(scope), mistake())(scope, receive, send)

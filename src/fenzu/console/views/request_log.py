"""The sandbox's log of requests: what was asked, live; each request in full; forgetting them."""

from collections.abc import AsyncIterator, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.desk import Desk
from fenzu.console.addresses import whole_number
from fenzu.console.sandbox.control_port import ask_control, control_of, with_next_step
from fenzu.console.sandbox.fault_words import struck
from fenzu.console.sandbox.live_log import Bundle, follow, one_reader
from fenzu.console.sandbox.log_lines import (
    MOST_ROWS,
    REQUESTS_SEARCHED,
    ROWS_SHOWN,
    Entry,
    Filter,
    entry_of,
    filter_of,
    readable,
)
from fenzu.console.times import beijing
from fenzu.console.views.sandbox import sandbox_page
from fenzu.console.web.answers import done
from fenzu.console.web.page import desk_of, writable_desk_of
from fenzu.console.web.reader import reader_of
from fenzu.console.web.streaming import streaming
from fenzu.control import Control, ControlError, LoggedRequest
from fenzu.errors import FenzuError, TransportError, UsageError
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.words import Language, Words

CALLS = tuple(ENDPOINTS)
CLEARED = Words("The log is empty now, for all accounts.", "日志已清空（所有账号）。")


async def log(request: Request) -> Response:
    """The newest requests; the page goes on by itself."""
    language, wanted = reader_of(request).language, filter_of(request.query_params)

    def gather(control: Control, appid: str) -> Mapping[str, object]:
        limit = REQUESTS_SEARCHED if wanted.changes else ROWS_SHOWN
        found = control.requests.list(**wanted.wanted(appid), limit=limit)
        shown = [each for each in found if wanted.takes(each)][-ROWS_SHOWN:]
        newest = found or control.requests.list(limit=1)
        return {
            "entries": [entry_of(each, language) for each in reversed(shown)],
            "newest": newest[-1].id if newest else 0,
        }

    return await sandbox_page(request, "request-log.html", gather, wanted=wanted, calls=CALLS, kept=MOST_ROWS)


async def events(request: Request) -> Response:
    """Requests as they come, from behind `after`, as server-sent events, for as long as somebody looks."""
    desk, language = desk_of(request), reader_of(request).language
    after = request.headers.get("last-event-id") or request.query_params.get("after", "")
    wanted = filter_of(request.query_params)
    messages = _told(desk, wanted, whole_number(after) or 0, language)
    return streaming(request, messages)


async def _told(desk: Desk, wanted: Filter, after: int, language: Language) -> AsyncIterator[dict[str, str]]:
    try:
        with one_reader(desk):
            control = control_of(desk)
            async for bundle in follow(
                lambda: control.requests.stream(
                    **wanted.wanted(desk.account.appid), after=_behind(control, after)
                ),
                lambda request: entry_of(request, language) if wanted.takes(request) else None,
            ):
                yield _message("requests", bundle, bundle.entries[-1].id if bundle.entries else None)
    except FenzuError as error:
        if isinstance(error, TransportError | ControlError):
            error = with_next_step(error)
        yield _message("trouble", {"message": error.say(language)})


def _behind(control: Control, after: int) -> int:
    """Return from where to go on. A sandbox that was started anew counts from 1 again."""
    newest = control.requests.list(limit=1)
    return after if newest and newest[-1].id >= after else 0


def _message(event: str, value: Bundle[Entry] | dict[str, str], last: int | None = None) -> dict[str, str]:
    message = {"event": event, "data": msgspec.json.encode(value).decode()}
    return message if last is None else {**message, "id": str(last)}


async def one(request: Request) -> Response:
    """A request in full: what was sent and answered, what its code means, and how to send it again."""
    language, number = reader_of(request).language, request.path_params["id"]

    def gather(control: Control, _: str) -> Mapping[str, object]:
        found = control.requests.list(after=number - 1, limit=1)
        if not found or found[0].id != number:
            raise _forgotten()
        return _in_full(found[0], language)

    return await sandbox_page(request, "request.html", gather, number=number)


def _in_full(logged: LoggedRequest, language: Language) -> dict[str, object]:
    fault = struck(logged.fault)
    return {
        "logged": logged,
        "entry": entry_of(logged, language),
        "at": beijing(logged.time),
        "body": readable(logged.body) if logged.body else [],
        "answered": readable(logged.answer) if logged.answer else [],
        "fault": fault,
    }


async def clear(request: Request) -> Response:
    """Forget all requests."""
    desk = writable_desk_of(request)
    await ask_control(desk, lambda control: control.requests.clear())
    return done(request, CLEARED)


def _forgotten() -> FenzuError:
    return UsageError(
        Words("the sandbox does not remember this request any more", "沙箱已不再保留这条请求"),
        Words("it keeps the last 10,000; go back to the log", "它只保留最近 10,000 条；请回到日志"),
    )


ROUTES: tuple[BaseRoute, ...] = (
    Route("/sandbox", log),
    Route("/sandbox/log", clear, methods=["DELETE"]),
    Route("/sandbox/log/events", events),
    Route("/sandbox/log/{id:int}", one),
)

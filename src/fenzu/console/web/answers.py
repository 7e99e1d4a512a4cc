"""What the modules in the browser send and get: JSON in, JSON or a page out, errors in words."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fenzu.console.account.desk import ReadOnly
from fenzu.console.web.gate import Foreign, NotLetIn
from fenzu.console.web.page import render
from fenzu.console.web.reader import reader_of
from fenzu.console.web.ways import NoSuchThing, WrongMethod, ways_on
from fenzu.control import ControlError
from fenzu.errors import ApiError, FenzuError, PlanError, StoreError, TransportError, UsageError
from fenzu.regroup._render.escape import printable
from fenzu.wire.words import Words

T = TypeVar("T")
JSON = "application/json"
MOST_BODY_BYTES = 1024 * 1024
"""Bytes of JSON; what is longer is no request of these pages."""
TITLE = Words("That did not work", "操作没有成功")


def nothing_here() -> NoSuchThing:
    """The address names nothing that there is."""
    return NoSuchThing(
        Words("there is nothing at this address", "这个地址没有内容"),
        Words("go back to the followers", "请返回粉丝页"),
    )


def wrong_method() -> WrongMethod:
    """The address does not take such a request."""
    return WrongMethod(
        Words("this address does not take such a request", "这个地址不支持该请求方法"),
        Words("load the page anew", "请重新加载页面"),
    )


def unclear(why: str = "") -> UsageError:
    """A request that cannot be understood."""
    return UsageError(
        Words(f"the request makes no sense{why and f': {why}'}", f"请求无效{why and f'：{why}'}"),
        Words("load the page anew", "请重新加载页面"),
    )


NOT_SO: dict[int, Callable[[], FenzuError]] = {404: nothing_here, 405: wrong_method}


async def read(request: Request, kind: type[T]) -> T:
    """Return the JSON of a request as a value; raises `UsageError` where it is something else."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise unclear(JSON)
    size = 0
    pieces = []
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BODY_BYTES:
            raise UsageError(
                Words("the request is too long", "请求过长"), Words("select fewer", "请减少选择")
            )
        pieces.append(piece)
    try:
        return msgspec.json.decode(b"".join(pieces), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise unclear(str(error)) from None


def answer(value: object, status: int = 200) -> Response:
    """Return a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type=JSON)


def done(request: Request, message: Words, warning: Words | None = None, **more: object) -> Response:
    """Return what was done, in words, what to warn of all the same, and what a module makes of it."""
    language = reader_of(request).language
    if warning is not None:
        more["problems"] = [warning.say(language)]
    return answer({"message": printable(message.say(language)), **more})


def csv_file(name: str, pieces: Iterator[bytes]) -> Response:
    """Return a CSV that a browser saves."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


_STATUS: tuple[tuple[type[FenzuError], int], ...] = (
    (NotLetIn, 401),
    (Foreign, 403),
    (ReadOnly, 403),
    (NoSuchThing, 404),
    (WrongMethod, 405),
    (UsageError, 400),
    (PlanError, 409),
    (ApiError, 502),
    (ControlError, 502),
    (TransportError, 504),
    (StoreError, 500),
)


def status_of(error: FenzuError) -> int:
    """Return the HTTP status that an error stands for."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def refused(request: Request, error: Exception) -> Response:
    """Return an error as the caller reads it: JSON for a module, a page for a person."""
    assert isinstance(error, FenzuError)
    language = reader_of(request).language
    status = status_of(error)
    if JSON in request.headers.get("accept", ""):
        told = {
            "message": printable(error.words.say(language)),
            "advice": printable(error.advice.say(language)),
            "code": error.code if isinstance(error, ApiError) else None,
            "error": type(error).__name__,
        }
        return answer(told, status)
    return render(request, "trouble.html", status, title=TITLE, error=error, ways=ways_on(request, error))


def not_so(request: Request, error: Exception) -> Response:
    """Return in words what the framework refuses: an address that there is not, a method that it does not take."""
    assert isinstance(error, HTTPException)
    response = refused(request, NOT_SO.get(error.status_code, unclear)())
    response.headers.update(error.headers or {})
    return response

"""One call from beginning to end: token, request, answer, whether to try again. Every operation goes through here."""

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeAlias, TypeVar

import msgspec

from fenzu.client._account import Account
from fenzu.client._codec import decode_answer, encode_body
from fenzu.client._events import Answered, Retrying, Sending
from fenzu.client._flow import Ask, Flow, Sleep
from fenzu.client._retry import TRIES, Attempt, is_maybe_done, pause_before_next, tell_renewal
from fenzu.client.transport import Request, Response
from fenzu.errors import ApiError, DailyQuotaExceeded, FenzuError, TransportError
from fenzu.tokens import StoredToken
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.errcodes import Retry
from fenzu.wire.words import Words

T = TypeVar("T")

BeforeRepeat: TypeAlias = Callable[[Attempt], Flow[T | None]]
"""Run before a try that may have been carried out is repeated: a value settles the call without repeating."""


class Operation(msgspec.Struct, Generic[T], frozen=True):
    """A call ready to be sent, all but its token. `name` is the endpoint's; the body may hold the secret."""

    name: str
    method: str
    path: str
    decode: Callable[[Response], T]
    query: str = ""
    body: bytes | None = None
    takes_token: bool = True
    repeatable: bool = True

    def __repr__(self) -> str:
        return f"Operation({self.name})"


def operation(name: str, kind: type[T], body: object = None, query: str = "") -> Operation[T]:
    """Prepare the call of an endpoint whose answer is of `kind`."""
    endpoint = ENDPOINTS[name]
    return Operation(
        name,
        endpoint.method,
        endpoint.path,
        lambda response: decode_answer(response, kind, name),
        query,
        None if body is None else encode_body(body),
        endpoint.takes_token,
        endpoint.repeatable,
    )


def perform(
    account: Account, call: Operation[T], before_repeat: BeforeRepeat[T] | None = None, *, tries: int = TRIES
) -> Flow[T]:
    """Send the call until it is answered, refused for good, or out of tries or time.

    A call that is not safe to repeat is repeated only where `before_repeat` looks first what the lost try has done.
    """
    deadline = account.clock.monotonic() + account.deadline
    may_renew = call.takes_token
    number = 0
    error: ApiError | TransportError | None = None
    while True:
        token = (yield from account.tokens.current()) if call.takes_token else None
        deadline += yield from _keep_pace(account, call.name)
        seconds_left = deadline - account.clock.monotonic()
        if seconds_left <= 0:
            # The token, or looking what a lost try has done, took all the time: a try cut short would be lost too.
            raise error or _out_of_time(call.name)
        try:
            request = account.request(
                call.method, call.path, call.query, call.body, token=token, seconds_left=seconds_left
            )
            if account.on_event is not None:
                sent_before = number + (call.takes_token and not may_renew)
                return (yield from _send_watched(account, call, request, sent_before + 1))
            response = yield request
            return call.decode(response)
        except (ApiError, TransportError) as failure:
            error = _tidy(account, failure, token)
        if may_renew and token is not None and error.retry is Retry.ONCE:
            may_renew = False
            if (yield from account.tokens.replace(token)):
                continue
            raise error
        number += 1
        now = account.clock.monotonic()
        attempt = Attempt(number, error, account.clock.time(), deadline - now, tries)
        pause = pause_before_next(attempt, account.chance)
        may_repeat = call.repeatable or before_repeat is not None or not is_maybe_done(error)
        if pause is None or not may_repeat:
            raise error
        _tell_retry(account, call.name, number + (call.takes_token and not may_renew), pause, error)
        yield Sleep(pause)
        if not is_maybe_done(error):
            deadline += pause  # the platform's minute is not the network's slowness
        elif before_repeat is not None and (settled := (yield from before_repeat(attempt))) is not None:
            return settled


def _keep_pace(account: Account, endpoint: str) -> Flow[float]:
    """Wait until the pace lets the call go, and return for how many seconds: they are not the network's slowness."""
    waited, pace = 0.0, account.pace
    while pace is not None:
        take = partial(pace.take, account.base_url, account.appid, endpoint)
        pause: float = (yield Ask(take)) if pace.waits else take()
        if pause <= 0:
            break
        yield Sleep(pause)
        waited += pause
    return waited


def _send_watched(account: Account, call: Operation[T], request: Request, number: int) -> Flow[T]:
    """Send one try, and tell the listener when it begins and how it ends."""
    appid, base_url, endpoint = account.appid, account.base_url, call.name
    account.tell(Sending(appid=appid, base_url=base_url, endpoint=endpoint, number=number))
    started_at, began = account.clock.time(), account.clock.monotonic()
    failure: ApiError | TransportError | None = None
    value: T | None = None
    try:
        response = yield request
        value = call.decode(response)
    except (ApiError, TransportError) as error:
        failure = error
    account.tell(
        Answered(
            appid=appid,
            base_url=base_url,
            endpoint=endpoint,
            number=number,
            started_at=started_at,
            seconds=account.clock.monotonic() - began,
            errcode=_code_of(failure),
            error=type(failure).__name__ if failure else None,
            rid=failure.rid if isinstance(failure, ApiError) else None,
        )
    )
    if failure is not None:
        raise failure
    return value  # type: ignore[return-value]  # a value of T, which may include None


def _tell_retry(account: Account, endpoint: str, number: int, seconds: float, error: FenzuError) -> None:
    if account.on_event is None:
        return
    account.tell(
        Retrying(
            appid=account.appid,
            base_url=account.base_url,
            endpoint=endpoint,
            number=number,
            seconds=seconds,
            errcode=_code_of(error),
            error=type(error).__name__,
        )
    )


def _code_of(error: FenzuError | None) -> int | None:
    """The errcode: 0 without an error, None where the platform gave none."""
    if error is None:
        return 0
    return error.code if isinstance(error, ApiError) else None


def _tidy(
    account: Account, error: ApiError | TransportError, token: StoredToken | None
) -> ApiError | TransportError:
    """Make an error fit to be shown: tell the hour when a quota renews, and strip what may hold a secret.

    The frames that it came through hold the answer, which may be a token; other errors that hang on it hold the URL.
    """
    if isinstance(error, ApiError):
        error = account.without_secrets(error, token)
    if isinstance(error, DailyQuotaExceeded):
        tell_renewal(error, account.clock.time())
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _out_of_time(endpoint: str) -> TransportError:
    return TransportError(
        Words(f"{endpoint}: the deadline passed before it was sent", f"{endpoint}：还没有发送就到了截止时间"),
        Words(
            "try again, or allow more time (deadline, --timeout)",
            "请再试一次，或给出更长的时限（deadline、--timeout）",
        ),
    )

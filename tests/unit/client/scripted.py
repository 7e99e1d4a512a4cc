"""A platform that answers from a script, and a driver with a clock of its own: flows run without sockets and sleeps."""

import json
import random
from collections.abc import Callable, Iterable
from traceback import TracebackException
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from fenzu.client import token as token_calls
from fenzu.client._account import Account
from fenzu.client._flow import Alone, Ask, Effect, Emit, Flow, Sleep
from fenzu.client._secret import Secret
from fenzu.client.transport import Request, Response
from fenzu.errors import TransportError
from fenzu.wire.words import Words

T = TypeVar("T")

BASE_URL = "http://127.0.0.1:8060"
APPID, SECRET = "wx5eed5eed5eed5eed", "5eed5eed5eed5eed5eed5eed5eed5eed"
TOKEN_PATHS = ("/cgi-bin/stable_token", "/cgi-bin/token")
START = 1_800_000_000.0
"""When the clock of these tests starts: at the beginning of a minute, at 16:00 in Beijing."""


class Sent(msgspec.Struct, frozen=True):
    """A request as the platform sees it."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes | None
    timeout: float

    @property
    def call(self) -> str:
        """The path without what all calls have in common: `groups/get`."""
        return self.path.removeprefix("/cgi-bin/")

    @property
    def token(self) -> str | None:
        return self.query.get("access_token")

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")


Answer = bytes | str | dict[str, Any] | Response | Exception
Script = Answer | Callable[[Sent], Answer]


def lost(reason: str = "the line is dead") -> TransportError:
    """Make the failure of an exchange."""
    return TransportError(Words(reason, reason), Words("try again", "再试"))


def coded(code: int, message: str = "…") -> bytes:
    """Make the platform's answer of an error."""
    return json.dumps({"errcode": code, "errmsg": message}).encode()


OK = coded(0, "ok")
BUSY = coded(-1, "system error")


class Platform:
    """Records what it is sent and answers from a script, the last entry of which is repeated for ever.

    Token calls have a script of their own; unless told, each gives a new token: TOKEN-1, TOKEN-2 and so on.
    """

    def __init__(self, *script: Script, tokens: Iterable[Script] | None = None) -> None:
        self.sent: list[Sent] = []
        self.token_calls: list[Sent] = []
        self._script = list(script) or [OK]
        self._tokens = list(tokens) if tokens is not None else [self.next_token]

    def script_calls(self, *script: Script) -> None:
        """Go on with another script for calls."""
        self._script = list(script)

    def script_tokens(self, *script: Script) -> None:
        """Go on with another script for token calls."""
        self._tokens = list(script)

    def next_token(self, _sent: Sent) -> Answer:
        return {"access_token": f"TOKEN-{len(self.token_calls)}", "expires_in": 7200}

    @property
    def calls(self) -> list[str]:
        """The calls made, those for a token left out."""
        return [sent.call for sent in self.sent]

    def answer(self, request: Request) -> Response:
        """Answer a request, or raise what the script holds."""
        parts = urlsplit(request.url)
        sent = Sent(
            request.method,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            request.body,
            request.timeout,
        )
        is_token = sent.path.endswith(TOKEN_PATHS)
        (self.token_calls if is_token else self.sent).append(sent)
        script = self._tokens if is_token else self._script
        entry = script.pop(0) if len(script) > 1 else script[0]
        found = entry(sent) if callable(entry) else entry
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Response):
            return found
        if isinstance(found, dict):
            found = json.dumps(found, ensure_ascii=False)
        return Response(200, found.encode() if isinstance(found, str) else found)


class Clock:
    """A clock that stands still until it is told otherwise; both kinds of time go together."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


class Certain(random.Random):
    """Chance without chance: always the same, at the upper end."""

    def random(self) -> float:
        return 1.0


class Driver:
    """Performs flows against a platform, on a virtual clock."""

    def __init__(self, platform: Platform, clock: Clock | None = None) -> None:
        self.platform = platform
        self.clock = clock or Clock()
        self.slept: list[float] = []
        self.emitted: list[Any] = []
        self.seconds_a_call = 0.0
        self._alone = False

    def run(self, flow: Flow[T]) -> T:
        """Perform the flow to its end and return its value."""
        try:
            effect = next(flow)
            while True:
                answer, failure = self._attempt(effect)
                effect = flow.throw(failure) if failure else flow.send(answer)
        except StopIteration as done:
            value: T = done.value
            return value
        finally:
            flow.close()

    def _attempt(self, effect: Effect) -> tuple[object, Exception | None]:
        try:
            return self._perform(effect), None
        except Exception as error:  # noqa: BLE001 - the flow decides what it means
            return None, error

    def _perform(self, effect: Effect) -> object:
        match effect:
            case Request():
                self.clock.now += self.seconds_a_call
                return self.platform.answer(effect)
            case Sleep(seconds):
                self.slept.append(seconds)
                self.clock.now += seconds
                return None
            case Emit(values):
                self.emitted.extend(values)
                return None
            case Ask(work):
                return work()
            case Alone(flow):
                assert not self._alone, (
                    "a flow that runs alone asked to run another one alone: it would wait for ever"
                )
                self._alone = True
                try:
                    return self.run(flow)
                finally:
                    self._alone = False


def account_of(
    clock: Clock | None = None, *, token: str | None = None, secret: str | None = SECRET, **options: Any
) -> Account:
    """Make an account for flows: certain chance, a clock that stands still."""
    return Account(
        APPID,
        Secret.of(secret),
        token_calls.fetch,
        base_url=BASE_URL,
        token=Secret.of(token),
        clock=clock or Clock(),
        chance=Certain(),
        **options,
    )


def play(
    flow_of: Callable[[Account], Flow[T]],
    *script: Script,
    tokens: Iterable[Script] | None = None,
    **options: Any,
) -> tuple[T, Driver]:
    """Run a flow of a fresh account against a script; return its value and the driver that ran it."""
    driver = Driver(Platform(*script, tokens=tokens))
    return driver.run(flow_of(account_of(driver.clock, **options))), driver


class ScriptedTransport:
    """The platform as the transport of a `Client`."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.is_closed = False

    def send(self, request: Request) -> Response:
        return self.platform.answer(request)

    def close(self) -> None:
        self.is_closed = True


class AsyncScriptedTransport:
    """The platform as the transport of an `AsyncClient`."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.is_closed = False

    async def send(self, request: Request) -> Response:
        return self.platform.answer(request)

    async def aclose(self) -> None:
        self.is_closed = True


def locals_in(error: BaseException) -> str:
    """Return what a traceback shows that shows locals, as error trackers make it, from fenzu's first frame on."""
    frames = error.__traceback__
    while frames is not None and "/src/fenzu/" not in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    return "".join(TracebackException(type(error), error, frames, capture_locals=True).format())

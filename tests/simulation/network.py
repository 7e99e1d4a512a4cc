"""What carries calls from the client to the platform, in virtual time and through the weather; it records them all."""

import asyncio
import hashlib
import json
import random
from urllib.parse import urlsplit

import msgspec

from fenzu.client.aio import AsyncClient
from fenzu.client.transport import Request, Response
from fenzu.errors import TransportError
from fenzu.wire.words import Words
from tests.simulation.loop import VirtualClock
from tests.simulation.platform import APPID, BASE_URL, SECRET, Platform
from tests.simulation.weather import Trouble, Weather

SLOW = (1.0, 9.0)
NEVER_ARRIVES = frozenset({"reset", "busy", "minute", "gateway"})


class Call(msgspec.Struct):
    """One call, from its sending on. Moments count everything that was sent and answered, in one order."""

    name: str
    url: str
    body: bytes | None
    sent: int
    at: float
    life: int
    trouble: Trouble | None = None
    arrived: bool = False
    carried_out: bool = False
    answered: int | None = None
    """None while it is under way, and for ever where the program ended before."""
    ended_at: float = 0.0
    code: int | None = None
    """What the platform answered, 0 for ok; None where there was no answer."""

    @property
    def settles(self) -> bool:
        """Whether the answer told what has become of the openids of a move, or of a group."""
        return self.code is not None and self.code not in (-1, 45009, 45011, 40001, 42001, 40050)

    def sent_body(self) -> dict[str, object]:
        """The body, read."""
        read: dict[str, object] = json.loads(self.body) if self.body else {}
        return read


class Network:
    """A transport for `AsyncClient`. It lives longer than a client: `calls` holds all that were ever sent."""

    def __init__(self, platform: Platform, weather: Weather, chance: random.Random) -> None:
        self.platform = platform
        self.weather = weather
        self.calls: list[Call] = []
        """Since `turn_page`."""
        self._past: list[Call] = []
        self.life = 0
        self.fixed: list[Trouble | None] = []
        """What meets the next calls, before the weather is asked."""
        self._chance = chance
        self._moment = 0
        self._clock: VirtualClock | None = None

    def begin(self, clock: VirtualClock, weather: Weather) -> None:
        """Begin another life: another program, with a loop of its own."""
        self.life += 1
        self._clock, self.weather = clock, weather

    def end(self) -> None:
        """The program was killed: whether what was under way is carried out is chance."""
        for call in self.calls:
            if call.answered is None and call.life == self.life:
                self._perhaps(call)
        self._clock = None

    def turn_page(self) -> None:
        """Begin a new record of calls and lives; what was before stays in the digest."""
        self._past, self.calls, self.life = [*self._past, *self.calls], [], 0

    async def send(self, request: Request) -> Response:
        """Carry one call."""
        call = Call(
            urlsplit(request.url).path.removeprefix("/cgi-bin/"),
            request.url,
            request.body,
            self._next_moment(),
            self._now(),
            self.life,
            self.fixed.pop(0) if self.fixed else self.weather.draw(self._chance),
        )
        self.calls.append(call)
        way, back = (self._chance.uniform(*self.weather.latency) / 2 for _ in range(2))
        if call.trouble == "slow":
            back = self._chance.uniform(*SLOW)
        try:
            return await self._carry(call, request, way, min(back, request.timeout - way))
        except asyncio.CancelledError:
            self._perhaps(call)
            raise
        finally:
            if self._clock is not None:  # else the program is dead, and this is its burial
                call.answered, call.ended_at = self._next_moment(), self._now()

    async def aclose(self) -> None:
        """Nothing is open."""

    def digest(self) -> str:
        """Return a hash of all calls in their order, with times, troubles and answers."""
        calls = [*self._past, *self.calls]
        told = [(c.name, c.sent, round(c.at, 6), c.trouble, c.code, c.answered, c.ended_at) for c in calls]
        bodies = hashlib.sha256(b"\n".join(c.body or b"" for c in calls)).hexdigest()
        return hashlib.sha256(repr((told, bodies)).encode()).hexdigest()

    async def _carry(self, call: Call, request: Request, way: float, back: float) -> Response:
        await asyncio.sleep(way)
        trouble = call.trouble
        if trouble == "reset":
            raise _broken()
        if trouble in ("busy", "minute", "gateway"):
            await asyncio.sleep(back)
            return self._refuse(call, trouble)
        if trouble == "token_replaced":
            self.platform.end_tokens()
        elif trouble == "token_ended":
            self.platform.age_tokens()
        answer = self._perform(call)
        if trouble == "lost":
            raise _broken()
        await asyncio.sleep(request.timeout - way if trouble == "too_slow" else back)
        if trouble == "too_slow":
            raise _broken()
        if trouble in ("busy_done", "gateway_done"):
            return self._refuse(call, trouble)
        call.code = int(str(answer.get("errcode", 0)))
        return Response(200, json.dumps(answer).encode())

    def _refuse(self, call: Call, trouble: Trouble) -> Response:
        if trouble in ("gateway", "gateway_done"):
            return Response(502, b"<html>bad gateway</html>")
        call.code = 45011 if trouble == "minute" else -1
        return Response(200, json.dumps({"errcode": call.code, "errmsg": "refused"}).encode())

    def _perform(self, call: Call) -> dict[str, object]:
        before = self.platform.carried_out.total()
        answer = self.platform.answer(call.url, call.body, self._now())
        call.arrived, call.carried_out = True, self.platform.carried_out.total() > before
        return answer

    def _perhaps(self, call: Call) -> None:
        """Nobody waits for the answer any more: the call may arrive all the same."""
        if not call.arrived and call.trouble not in NEVER_ARRIVES and self._chance.random() < 0.5:
            self._perform(call)

    def _now(self) -> float:
        assert self._clock is not None
        return self._clock.time()

    def _next_moment(self) -> int:
        self._moment += 1
        return self._moment


def client_of(network: Network, clock: VirtualClock, chance: random.Random) -> AsyncClient:
    """Make a client that sends by the network and lives by the clock: neither is a user's choice."""
    client = AsyncClient(APPID, SECRET, base_url=BASE_URL, transport=network)
    account = vars(client)["_account"]
    account.clock, account.chance, vars(account.tokens)["_now"] = clock, chance, clock.time
    return client


def _broken() -> TransportError:
    return TransportError(Words("the connection broke", "连接断开"), Words("try again", "请再试"))

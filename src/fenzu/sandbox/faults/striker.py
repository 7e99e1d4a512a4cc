"""Carries out inside the platform what the faults have decided: waits, refuses, reads what was, ends a token.

What happens to the bytes of an answer is the port's business; it finds the strike at the call.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fenzu.errors import ApiError
from fenzu.sandbox.calls.answers import Answers
from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.reading import read_body, read_token
from fenzu.sandbox.calls.resources import Resources
from fenzu.sandbox.faults.registry import Faults, Strike
from fenzu.sandbox.faults.stale import Earlier
from fenzu.sandbox.handlers.tokens import name_address
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.requests import EndToken
from fenzu.wire.endpoints import Endpoint

Sleep: TypeAlias = Callable[[float], Awaitable[object]]
Do: TypeAlias = Callable[[Resources], Answer]
"""Does the call as if nothing were the matter, and answers in any case."""

PARTLY_DONE = 45171


class Striker:
    """Faults at work. Belongs on the event loop."""

    def __init__(
        self, faults: Faults, resources: Resources, answers: Answers, earlier: Earlier, sleep: Sleep
    ) -> None:
        self._faults = faults
        self._resources = resources
        self._answers = answers
        self._earlier = earlier
        self._sleep = sleep

    def meet(self, endpoint: Endpoint, call: Call) -> Strike | None:
        """Decide what happens to a call whose account is known, and note it there."""
        card = call.card
        call.fault = self._faults.meet(endpoint.name, card.appid, self._resources.clock())
        if not endpoint.reads and self._faults.has("stale", card.appid):
            self._earlier.keep(card.number)
        return call.fault

    def carry_out(self, strike: Strike, call: Call, do: Do) -> Answer:
        """Return the answer of a call that is struck."""
        if strike.delay:
            return asyncio.ensure_future(self._later(strike, call, do))
        return self._now(strike, call, do)

    async def _later(self, strike: Strike, call: Call, do: Do) -> bytes:
        await self._sleep(strike.delay)
        answer = self._now(strike, call, do)
        return answer if isinstance(answer, bytes) else await answer

    def _now(self, strike: Strike, call: Call, do: Do) -> Answer:
        if strike.errcode is not None:
            error = self._refusal(strike.errcode, strike.message, call)
            if strike.effect == "expire_token":
                return asyncio.ensure_future(self._end_token(call, error))
            more = {"fail_openid_list": _openids(call)} if error.code == PARTLY_DONE else {}
            return self._answers.error(error, **more)
        if strike.effect == "stale":
            return do(self._look_back(call))
        return do(self._resources)

    def _refusal(self, code: int, message: str | None, call: Call) -> ApiError:
        if message is None and code == 40164:
            message = name_address(call.client_ip)
        return self._resources.refusal(code) if message is None else refusal(code, message)

    def _look_back(self, call: Call) -> Resources:
        """Return what a call is done with that is to see its account as it was before the last write."""
        reader = self._earlier.reader(call.card.number)
        if reader is None:
            return self._resources
        call.owner = call.card.without_answers()
        return self._resources.reading_from(reader)

    async def _end_token(self, call: Call, error: ApiError) -> bytes:
        now = int(self._resources.clock())
        request = EndToken(call.card.number, read_token(call.query), now, error.code)
        await self._resources.submit(request)
        return self._answers.error(error)


def _openids(call: Call) -> list[object]:
    """Return the openids of a batch; as the call is not done, all of them have failed."""
    try:
        openids = read_body(call.body).get("openid_list")
    except ApiError:
        return []
    return openids if isinstance(openids, list) else []

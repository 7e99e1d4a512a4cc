"""Tokens, quotas and the clock against a plain model: who gets which token, how long it lives, what is refused when."""

import asyncio
import itertools
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.fixtures.world import ANA, START, Tenant, World, code

from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.rules.quota import QuotaWish

BEIJING, DAY = 8 * 3600, 86_400
LIFE, GRACE, PAUSE, FORCED = 7200, 300, 30, 20
CLEARS = 10
seeds = itertools.count(1)
"""Another one for each opening: with the same one a token would come twice."""
pauses = st.sampled_from([1, 5, 29, 30, 31, 60, 299, 300, 301, 3_600, 6_899, 6_900, 6_901, 7_200, DAY])


class Token:
    """A token as the platform sees it."""

    def __init__(self, text: str, now: int) -> None:
        self.text = text
        self.ends = self.dies = now + LIFE

    def code(self, now: int) -> int:
        if now < self.dies:
            return 0
        return 42001 if self.dies >= self.ends else 40001


class Model:
    """One account: its tokens by kind, what it has used up, and when."""

    def __init__(self, a_day: int, a_minute: int) -> None:
        self.a_day, self.a_minute = a_day, a_minute
        self.tokens: dict[str, list[Token]] = {"plain": [], "stable": []}
        self.forced: list[int] = []
        self.clears: list[int] = []
        self.calls: list[int] = []
        """When calls were counted, since the last clearing."""
        self.this_minute: list[int] = []
        """The same, since the start."""

    def gives_anew(self, kind: str, force: bool, now: int) -> int | None:
        """Tell how long those before it live on if a new token is given, None if it is the old one."""
        last = self.tokens[kind][-1] if self.tokens[kind] else None
        if kind == "plain" or last is None or now >= last.dies:
            return GRACE
        today = [at for at in self.forced if (at + BEIJING) // DAY == (now + BEIJING) // DAY]
        if force and len(today) < FORCED and not (self.forced and now - self.forced[-1] < PAUSE):
            self.forced.append(now)
            return 0
        return GRACE if last.ends - now <= GRACE else None

    def give(self, kind: str, text: str, grace: int, now: int) -> Token:
        for old in self.tokens[kind]:
            old.dies = min(old.dies, now + grace)
        self.tokens[kind].append(Token(text, now))
        return self.tokens[kind][-1]

    def used(self, now: int) -> int:
        return sum((at + BEIJING) // DAY == (now + BEIJING) // DAY for at in self.calls)

    def count(self, now: int) -> int:
        if self.used(now) >= self.a_day:
            return 45009
        if sum(at // 60 == now // 60 for at in self.this_minute) >= self.a_minute:
            return 45011
        self.calls.append(now)
        self.this_minute.append(now)
        return 0

    def clear(self, now: int) -> int:
        month = [at for at in self.clears if time.gmtime(at + BEIJING)[:2] == time.gmtime(now + BEIJING)[:2]]
        if len(month) >= CLEARS:
            return 48006
        self.clears.append(now)
        self.calls.clear()
        return 0


class Timed(RuleBasedStateMachine):
    """The sandbox and the model agree on every token, every refusal and every count, whenever one asks."""

    @initialize(a_day=st.integers(0, 6), a_minute=st.integers(1, 4))
    def open(self, a_day: int, a_minute: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.now = START
        self.model = Model(a_day, a_minute)
        self.world = self.open_world()
        spec = AccountSpec(appid="wx1", secret="s", followers=[ANA])
        self.run(self.world.platform.create_account(spec))
        wish = QuotaWish(enforced=True, limits={"groups.list": a_day}, minute={"groups.list": a_minute})
        self.run(self.world.platform.quotas.set("wx1", wish))
        self.fetch("plain", False)

    def open_world(self) -> World:
        path = str(Path(self.folder.name, "store"))
        return World("2013", path, seed=next(seeds), now=self.now, synchronous="OFF")

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.platform.close()
            self.loop.close()
            self.folder.cleanup()

    @rule(seconds=pauses)
    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.world.now = float(self.now)

    @rule(kind=st.sampled_from(["plain", "stable"]), force=st.booleans())
    def fetch(self, kind: str, force: bool) -> None:
        tenant = Tenant(self.world, "wx1", "s")
        if kind == "plain":
            self.run(tenant.renew())
            answer: dict[str, Any] = {"access_token": tenant.token, "expires_in": LIFE}
        else:
            answer = self.run(tenant.stable(force_refresh=force))
        known = {token.text for token in self.model.tokens[kind]}
        grace = self.model.gives_anew(kind, force and kind == "stable", self.now)
        assert (answer["access_token"] not in known) == (grace is not None)
        if grace is None:
            token = self.model.tokens[kind][-1]
        else:
            token = self.model.give(kind, answer["access_token"], grace, self.now)
        assert answer == {"access_token": token.text, "expires_in": token.ends - self.now}

    @rule(back=st.integers(1, 4), kind=st.sampled_from(["plain", "stable"]))
    def call(self, back: int, kind: str) -> None:
        for token in self.model.tokens[kind][-back:][:1]:
            found = code(self.run(Tenant(self.world, "wx1", "s", token.text).get("groups/get")))
            assert found == (token.code(self.now) or self.model.count(self.now))

    def living(self) -> Tenant:
        """Return an account with a token that works."""
        if self.model.tokens["plain"][-1].code(self.now):
            self.fetch("plain", False)
        return Tenant(self.world, "wx1", "s", self.model.tokens["plain"][-1].text)

    @rule()
    def clear(self) -> None:
        answer = self.run(self.living().post("clear_quota", {"appid": "wx1"}))
        assert code(answer) == self.model.clear(self.now)

    @rule()
    def look(self) -> None:
        asked = self.living().post("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/get"})
        used, a_day = self.model.used(self.now), self.model.a_day
        assert json.loads(self.run(asked))["quota"] == {
            "daily_limit": a_day,
            "used": used,
            "remain": max(0, a_day - used),
        }

    @rule()
    def restart(self) -> None:
        self.world.platform.close()
        self.world = self.open_world()
        self.model.this_minute.clear()  # the day's count is kept, the minute's is not


TestTimed = pytest.mark.timeout(900)(Timed.TestCase)  # FULL=1 takes a minute or two
TestTimed.__doc__ = Timed.__doc__

"""Sandboxes to be measured: started as a user starts them, with the groups, openids and requests that loads need."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from urllib.parse import urlsplit

import msgspec

from bench.load import Outcome, Plan, run
from bench.servers import request
from fenzu import Client
from fenzu.testing import SandboxProcess
from fenzu.wire.limits import BATCH_OPENIDS

CUSTOM_GROUPS = 102
"""With the three reserved ones 105, as an account that uses groups has them."""
FIRST_GROUP = 100
OK = b'"errcode":0'


class Sandbox:
    """A running sandbox and what is known of its first account."""

    def __init__(self, process: SandboxProcess) -> None:
        self.ready = ready = process.ready
        self.port = urlsplit(ready.base_url).port or 0
        self.pid = ready.pid
        self.account = Client(ready.appid, ready.secret, base_url=ready.base_url, timeout=60)
        self.token = self.account.token()

    @cached_property
    def openids(self) -> list[str]:
        """All openids in follow order."""
        return list(self.account.followers.list())

    def some_openids(self, count: int) -> list[str]:
        """The first openids in follow order, no more than needed."""
        return list(islice(self.account.followers.list(), count))

    def make_groups(self, count: int = CUSTOM_GROUPS) -> None:
        """Make groups of our own, numbered from 100 on."""
        for number in range(count):
            self.account.groups.create(f"组 {number}")

    def get(self, openid: str) -> bytes:
        """Return the request for a follower's group."""
        return self.post("groups/getid", {"openid": openid})

    def list_groups(self) -> bytes:
        """Return the request for all groups."""
        return request("GET", f"/cgi-bin/groups/get?access_token={self.token}")

    def move(self, openid: str, group: int) -> bytes:
        """Return the request that moves one follower."""
        return self.post("groups/members/update", {"openid": openid, "to_groupid": group})

    def move_many(self, openids: Sequence[str], group: int) -> bytes:
        """Return the request that moves up to fifty."""
        return self.post("groups/members/batchupdate", {"openid_list": openids, "to_groupid": group})

    def post(self, call: str, body: object) -> bytes:
        """Return any request with a body."""
        return request("POST", f"/cgi-bin/{call}?access_token={self.token}", msgspec.json.encode(body))

    def load(self, requests: list[bytes], expect: bytes, seconds: float, connections: int = 64) -> Outcome:
        """Put load on the sandbox for a while."""
        plan = Plan(self.port, requests, expect, connections=connections, seconds=seconds, server=self.pid)
        return run(plan)


@contextmanager
def sandbox(*arguments: str, timeout: float = 60.0) -> Iterator[Sandbox]:
    """Run a sandbox for the length of a block."""
    with SandboxProcess(*arguments, timeout=timeout) as process:
        started = Sandbox(process)
        try:
            yield started
        finally:
            started.account.close()


def batches(openids: Sequence[str], seed: int | None = None) -> list[list[str]]:
    """Cut openids into fifties, in their order, or shuffled by a seed."""
    row = list(openids)
    if seed is not None:
        random.Random(seed).shuffle(row)
    return [row[at : at + BATCH_OPENIDS] for at in range(0, len(row) - BATCH_OPENIDS + 1, BATCH_OPENIDS)]

"""Doing the same to any number of followers: a list a call, and a bad openid does not spoil its neighbours.

Moving, tagging and blacklisting go through here; it does not know which of them it does. The platform does nothing
where one openid of a batch is bad, and does not say which. So a refused batch is halved until the bad one is alone; a
half that has to hold it, because the other half was good, is not sent whole again. Where the platform does the others
and names those that failed (45171), it is taken by its word.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from fenzu.client._account import Account
from fenzu.client._call import BeforeRepeat, operation, perform
from fenzu.client._check import check_openid, check_openids
from fenzu.client._codec import Answer
from fenzu.client._flow import Flow
from fenzu.errors import (
    ApiError,
    FenzuError,
    FollowerHasTooManyTags,
    InvalidOpenid,
    NotAFollower,
    PartlyDone,
    UsageError,
)
from fenzu.halving import Verdict, halving
from fenzu.model import OpenID

E = TypeVar("E", bound=FenzuError)

OF_AN_OPENID = (InvalidOpenid, NotAFollower, FollowerHasTooManyTags, PartlyDone)
"""What the platform refuses a whole batch with for the sake of single openids in it."""


class BatchResult(msgspec.Struct, frozen=True):
    """What became of each openid that was to be tagged, untagged, blacklisted or taken off the blacklist.

    `done` are as they were wanted. `failed` tells the error of each that is not; after a lost answer it may be done
    all the same, and doing it again is safe. `not_tried` were left when `stopped_by` ended the run. Each openid stands
    once.
    """

    done: list[OpenID]
    failed: dict[str, FenzuError]
    not_tried: list[OpenID]
    stopped_by: FenzuError | None = None

    def __repr__(self) -> str:
        return (
            f"BatchResult(done={len(self.done)}, failed={len(self.failed)}, not_tried={len(self.not_tried)}, "
            f"stopped_by={self.stopped_by!r})"
        )


class Batch(msgspec.Struct, frozen=True):
    """How one list of openids is sent: to which endpoint, with what body, how long a list, what before a repeat."""

    endpoint: str
    body: Callable[[list[OpenID]], object]
    size: int
    before_repeat: BeforeRepeat[Answer] | None = None


class _Stopped(Exception):
    """Ends the run from within a batch; never leaves this module."""


def in_batches(account: Account, openids: Iterable[str], batch: Batch) -> Flow[BatchResult]:
    """Send the openids, batch after batch; stops at the first error that is no single openid's."""
    run = _Run(account, batch)
    wanted = check_openids(openids)
    good = run.take_checked(wanted)
    for start in range(0, len(good), batch.size):
        try:
            yield from run.settle(good[start : start + batch.size])
        except _Stopped:
            break
    return run.result(wanted)


class Tally:
    """What is settled so far of a run over many openids: who is done, who failed and why, and what ended it."""

    def __init__(self, account: Account) -> None:
        self.done: list[OpenID] = []
        self.failed: dict[str, FenzuError] = {}
        self.stopped_by: FenzuError | None = None
        self._account = account

    def take_checked(self, openids: Iterable[str]) -> list[OpenID]:
        """Return those that can be openids; the others have failed without being sent."""
        good: list[OpenID] = []
        for openid in openids:
            try:
                good.append(check_openid(openid))
            except UsageError as error:
                self.failed[openid] = self.kept(error)
        return good

    def kept(self, error: E) -> E:
        """Make an error fit to be kept: without the frames it came through, and in the client's language."""
        error.language = self._account.language
        return error.with_traceback(None)

    def result(self, wanted: Iterable[str]) -> BatchResult:
        """Tell what became of each; those not tried stand in the order in which they were wanted."""
        settled = {*self.done, *self.failed}
        not_tried = [OpenID(openid) for openid in wanted if openid not in settled]
        return BatchResult(self.done, self.failed, not_tried, self.stopped_by)


class _Run(Tally):
    """One run of a batched call: how to send one part."""

    def __init__(self, account: Account, batch: Batch) -> None:
        super().__init__(account)
        self._batch = batch

    def settle(self, part: list[OpenID]) -> Flow[None]:
        """Do all of `part` but its bad openids."""
        search = halving(part)
        openids = next(search)
        while True:
            verdict = yield from self._verdict_on(list(openids))
            try:
                openids = search.send(verdict)
            except StopIteration:
                return

    def _verdict_on(self, part: list[OpenID]) -> Flow[Verdict]:
        """Send some openids and note whose fate is known now."""
        refusal = yield from self._send(part)
        if refusal is None:
            self.done.extend(part)
            return Verdict.DONE
        failed = part if len(part) == 1 else _named_in(refusal, part)
        if not failed:
            return Verdict.REFUSED
        self.failed.update(dict.fromkeys(failed, self.kept(refusal)))
        self.done.extend(openid for openid in part if openid not in self.failed)
        return Verdict.NAMED

    def _send(self, part: list[OpenID]) -> Flow[ApiError | None]:
        """Send one batch; return the platform's word that one of its openids is bad, or None if all are done."""
        call = operation(self._batch.endpoint, Answer, self._batch.body(part))
        try:
            yield from perform(self._account, call, self._batch.before_repeat)
        except OF_AN_OPENID as refusal:
            return refusal
        except FenzuError as error:
            self.stopped_by = self.kept(error)
        if self.stopped_by is not None:
            self.failed.update(dict.fromkeys(part, self.stopped_by))
            raise _Stopped
        return None


def _named_in(refusal: ApiError, part: list[OpenID]) -> list[OpenID]:
    """Return those of the part that the answer names as failed: none, where it names nobody."""
    named = refusal.openids if isinstance(refusal, PartlyDone) else ()
    return [openid for openid in part if openid in named]

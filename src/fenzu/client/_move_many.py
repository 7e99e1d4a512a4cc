"""Moving any number of followers: fifty a call, and a bad openid does not spoil its forty-nine neighbours.

The platform moves nobody where one openid of a batch is bad, and does not say which. So a refused batch is halved
until the bad one is alone; a half that has to hold it, because the other half was good, is not sent whole again.
"""

from typing import TypeVar

import msgspec

from fenzu.client._account import Account
from fenzu.client._call import BeforeRepeat, operation, perform
from fenzu.client._check import check_openid
from fenzu.client._codec import Answer
from fenzu.client._flow import Flow
from fenzu.errors import ApiError, FenzuError, InvalidOpenid, NotAFollower, UsageError
from fenzu.model import GroupID, OpenID
from fenzu.wire.limits import BATCH_OPENIDS

E = TypeVar("E", bound=FenzuError)


class MoveResult(msgspec.Struct, frozen=True):
    """What became of each openid of a `move_many`.

    `moved` are in the group now. `failed` tells the error of each that is not; after a lost answer it may be there all
    the same, and moving again is safe. `not_tried` were left when `stopped_by` ended the run. Each openid stands once.
    """

    moved: list[OpenID]
    failed: dict[str, FenzuError]
    not_tried: list[OpenID]
    stopped_by: FenzuError | None = None

    def __repr__(self) -> str:
        return (
            f"MoveResult(moved={len(self.moved)}, failed={len(self.failed)}, not_tried={len(self.not_tried)}, "
            f"stopped_by={self.stopped_by!r})"
        )


class _Stopped(Exception):
    """Ends the run from within a batch; never leaves this module."""


def move_in_batches(
    account: Account, openids: list[str], to: GroupID, before_repeat: BeforeRepeat[Answer]
) -> Flow[MoveResult]:
    """Move the openids, batch after batch; stops at the first error that is no single openid's."""
    run = _Run(account, to, before_repeat)
    good = run.take_checked(openids)
    for start in range(0, len(good), BATCH_OPENIDS):
        try:
            yield from run.settle(good[start : start + BATCH_OPENIDS])
        except _Stopped:
            break
    settled = {*run.moved, *run.failed}
    not_tried = [openid for openid in good if openid not in settled]
    return MoveResult(run.moved, run.failed, not_tried, run.stopped_by)


class _Run:
    """The state of one `move_many`: what is settled so far, and how to send one part."""

    def __init__(self, account: Account, to: GroupID, before_repeat: BeforeRepeat[Answer]) -> None:
        self.moved: list[OpenID] = []
        self.failed: dict[str, FenzuError] = {}
        self.stopped_by: FenzuError | None = None
        self._account = account
        self._to = to
        self._before_repeat = before_repeat

    def take_checked(self, openids: list[str]) -> list[OpenID]:
        """Return those that can be openids; the others have failed without being sent."""
        good: list[OpenID] = []
        for openid in openids:
            try:
                good.append(check_openid(openid))
            except UsageError as error:
                self.failed[openid] = self._kept(error)
        return good

    def settle(self, part: list[OpenID], *, holds_a_bad_one: bool = False) -> Flow[bool]:
        """Move all of `part` but its bad openids; return whether it held one."""
        if not holds_a_bad_one or len(part) == 1:
            refusal = yield from self._send(part)
            if refusal is None:
                self.moved.extend(part)
                return False
            if len(part) == 1:
                self.failed[part[0]] = self._kept(refusal)
                return True
        left, right = part[: len(part) // 2], part[len(part) // 2 :]
        left_held_one = yield from self.settle(left)
        yield from self.settle(right, holds_a_bad_one=not left_held_one)
        return True

    def _send(self, part: list[OpenID]) -> Flow[ApiError | None]:
        """Send one batch; return the platform's word that one of its openids is bad, or None if all are moved."""
        call = operation("groups.move_many", Answer, {"openid_list": part, "to_groupid": self._to})
        try:
            yield from perform(self._account, call, self._before_repeat)
        except (InvalidOpenid, NotAFollower) as refusal:
            return refusal
        except FenzuError as error:
            self.stopped_by = self._kept(error)
        if self.stopped_by is not None:
            self.failed.update(dict.fromkeys(part, self.stopped_by))
            raise _Stopped
        return None

    def _kept(self, error: E) -> E:
        """Make an error fit to be kept: without the frames it came through, and in the client's language."""
        error.language = self._account.language
        return error.with_traceback(None)

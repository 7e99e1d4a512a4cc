"""Moving from the command line: one openid takes the single call, many go fifty a call."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fenzu.cli.batches import Job, carry_out
from fenzu.cli.failures import OF_AN_OPENID
from fenzu.cli.on_account import Session
from fenzu.errors import FenzuError
from fenzu.model import GroupID, OpenID
from fenzu.wire.limits import BATCH_OPENIDS
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import BatchResult


async def move_followers(session: Session, openids: Sequence[str], group_id: GroupID) -> int:
    """Move the openids and tell what happened; returns the exit code."""
    from fenzu import BatchResult  # here, so that the help of a command does not load the client

    groups = session.client.groups

    async def move_one(some: Sequence[str]) -> "BatchResult":
        openid = some[0]
        try:
            await groups.move(openid, to=group_id)
        except FenzuError as error:  # what is not this openid's fault stops the command, as it stops a batch
            stopped_by = None if isinstance(error, OF_AN_OPENID) else error
            return BatchResult([], {openid: error}, [], stopped_by)
        return BatchResult([OpenID(openid)], {}, [])

    async def move_many(some: Sequence[str]) -> "BatchResult":
        result = await groups.move_many(some, to=group_id)
        return BatchResult(result.moved, result.failed, result.not_tried, result.stopped_by)

    job = Job(
        move_one if len(openids) == 1 else move_many,
        BATCH_OPENIDS,
        "moved",
        {"group_id": group_id},
        lambda moved, wanted: Words(
            f"Moved {moved} of {wanted} to group {group_id}.",
            f"已将 {wanted} 个粉丝中的 {moved} 个移到分组 {group_id}。",
        ),
        Words("moving", "移动中"),
        Words("moving a follower twice", "重复移动"),
    )
    return await carry_out(session.streams, openids, job)

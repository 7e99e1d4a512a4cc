"""What `groups.move_many` tells of a move; how it goes about it is told in `_batches`."""

import msgspec

from fenzu.client._batches import BatchResult
from fenzu.errors import FenzuError
from fenzu.model import OpenID


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


def told_as_move(result: BatchResult) -> MoveResult:
    """Say `moved` for `done`."""
    return MoveResult(result.done, result.failed, result.not_tried, result.stopped_by)

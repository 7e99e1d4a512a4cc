"""What is written into a run's journal, entry by entry, and the statements that write it: twice does no harm."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, assert_never

import msgspec

from fenzu.regroup._values import Failure, RunState

ActionKind: TypeAlias = Literal["create", "rename", "delete"]


class Sent(msgspec.Struct, frozen=True):
    """Written before a batch is sent for the first time."""

    number: int
    at: float


class Unsent(msgspec.Struct, frozen=True):
    """Written when a run stops before it has sent a batch that was written as sent, or when all it sent was refused."""

    number: int


class Settled(msgspec.Struct, frozen=True):
    """Written when it is known of each openid of a batch whether it was moved."""

    number: int
    at: float
    moved: int
    failures: tuple[Failure, ...] = ()


class Failed(msgspec.Struct, frozen=True):
    """Written when it is known of some of a batch that they cannot be moved, before the batch is settled."""

    failures: tuple[Failure, ...]


class ActionSent(msgspec.Struct, frozen=True):
    """Written before a group is made, renamed or deleted.

    `subject` is its slot or id, `highest` the highest group id there was before: what a lost create has made is above.
    """

    kind: ActionKind
    subject: int
    at: float
    highest: int = 0


class ActionDone(msgspec.Struct, frozen=True):
    """Written when a group was made (with its id), renamed or deleted."""

    kind: ActionKind
    subject: int
    at: float
    group_id: int


class Called(msgspec.Struct, frozen=True):
    """So many calls more were sent, by fenzu's name of the call."""

    call: str
    n: int = 1


class StateChanged(msgspec.Struct, frozen=True):
    """The run is in another state; `reason` tells why it stopped, as a code or a class's name."""

    state: RunState
    at: float
    reason: str = ""


Entry: TypeAlias = Sent | Unsent | Failed | Settled | ActionSent | ActionDone | Called | StateChanged


class Action(msgspec.Struct, frozen=True):
    """What the journal holds of a group that was to be made, renamed or deleted."""

    kind: ActionKind
    subject: int
    highest: int
    group_id: int | None
    """None until it is done."""


def made_by(actions: Iterable[Action]) -> dict[int, int]:
    """Return the id of each slot whose group is made."""
    return {
        action.subject: action.group_id
        for action in actions
        if action.kind == "create" and action.group_id is not None
    }


def statements_of(run: int, entry: Entry) -> Iterator[tuple[str, list[str | int | float | None]]]:
    match entry:
        case Sent(number, at):
            yield (
                "INSERT INTO regroup_sent (run, number, sent_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [run, number, at],
            )
        case Unsent(number):
            yield (
                "DELETE FROM regroup_sent WHERE run = ? AND number = ? AND settled_at IS NULL",
                [run, number],
            )
        case Settled(number, at, moved, failures):
            yield (
                "UPDATE regroup_sent SET settled_at = ?, moved = ? WHERE run = ? AND number = ?",
                [at, moved, run, number],
            )
            yield from _failed(run, failures)
        case Failed(failures):
            yield from _failed(run, failures)
        case ActionSent(kind, subject, at, highest):
            yield (
                (
                    "INSERT INTO regroup_action (run, kind, subject, sent_at, highest) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT DO NOTHING"
                ),
                [run, kind, subject, at, highest],
            )
        case ActionDone(kind, subject, at, group_id):
            yield (
                "UPDATE regroup_action SET done_at = ?, group_id = ? WHERE run = ? AND kind = ? AND subject = ?",
                [at, group_id, run, kind, subject],
            )
        case Called(call, n):
            yield (
                (
                    "INSERT INTO regroup_calls (run, call, n) VALUES (?, ?, ?) "
                    "ON CONFLICT (run, call) DO UPDATE SET n = regroup_calls.n + excluded.n"
                ),
                [run, call, n],
            )
        case StateChanged(state, at, reason):
            yield (
                "UPDATE regroup_run SET state = ?, changed_at = ?, reason = ? WHERE run = ?",
                [state, at, reason, run],
            )
        case _:
            assert_never(entry)


def _failed(run: int, failures: Iterable[Failure]) -> Iterator[tuple[str, list[str | int | float | None]]]:
    for failure in failures:
        yield (
            (
                "INSERT INTO regroup_failed (run, openid, number, code, message) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING"
            ),
            [run, failure.openid, failure.batch, failure.code, failure.message],
        )

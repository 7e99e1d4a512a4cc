"""What a run tells while it is carried out, in the order in which it happened. As JSON, `event` says which it is."""

from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import FenzuError
from fenzu.regroup._books.entries import ActionKind
from fenzu.regroup._values import RunKind, Tally

Reason: TypeAlias = str
"""Why a run stopped or waits: the platform's code as text, an error's class, or one of the words below."""


class Started(msgspec.Struct, frozen=True, tag_field="event", tag="started", kw_only=True):
    """The first event; the plan still stands, and the run goes on from `tally`."""

    appid: str
    base_url: str
    kind: RunKind
    resumed: bool
    """Whether something of it was done before."""
    tally: Tally
    max_failures: int
    """The run stops when more followers than that could not be moved."""


class GroupReady(msgspec.Struct, frozen=True, tag_field="event", tag="group_ready"):
    """A group was made, renamed or deleted; `slot` is what the plan calls one that was made."""

    kind: ActionKind
    group_id: int
    name: str
    slot: int | None = None


class GroupKept(msgspec.Struct, frozen=True, tag_field="event", tag="group_kept"):
    """A group that was to be deleted is not empty, and stays."""

    group_id: int
    name: str
    count: int


class Progress(msgspec.Struct, frozen=True, tag_field="event", tag="progress", kw_only=True):
    """How far the moves have come, a few times a second and once at the end of them."""

    at: float
    """Unix seconds."""
    done: int
    failed: int
    total: int
    calls: int
    """Sent for the run so far, repeats among them, groups/get and the like not."""
    rate: float
    """Followers moved a second, lately."""
    in_flight: int
    """So many calls may be under way at once just now."""
    calls_left: int | None = None
    """Moving calls left today by the platform's word; None where it does not say."""
    seconds_left: float | None = None
    """Until the end, waits and nights without quota among them; None where nothing can be said."""


class Waiting(msgspec.Struct, frozen=True, tag_field="event", tag="waiting"):
    """Nothing is sent until then (Unix seconds): the minute's calls are used up, or the day's."""

    until: float
    reason: Reason


class Stopped(msgspec.Struct, frozen=True, tag_field="event", tag="stopped", kw_only=True):
    """The last event of a run that can go on later: what was answered is in the journal.

    `error` tells what ended it, where an error did. `renews_at` is when the day's calls renew, in Unix seconds.
    """

    reason: Reason
    tally: Tally
    error: FenzuError | None = None
    renews_at: float | None = None


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    """The last event of a run that is done; who failed stands in the book."""

    tally: Tally


Event: TypeAlias = Started | GroupReady | GroupKept | Progress | Waiting | Stopped | Finished

INTERRUPTED: Literal["interrupted"] = "interrupted"
RESERVE: Literal["reserve"] = "reserve"
FAILURES: Literal["failures"] = "failures"
LOST: Literal["lost"] = "lost"

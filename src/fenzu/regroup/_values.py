"""What a plan is made of, and what its journal holds: frozen values without behaviour but sums.

A group is named by its id; one that the plan has yet to make by a negative *slot*, until its id is known.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

NamedBy: TypeAlias = Literal["name", "id", "either"]
"""What the groups' texts of a wish are; of either kind, one of digits alone is an id, as everywhere in fenzu."""
RunKind: TypeAlias = Literal["apply", "undo"]
RunState: TypeAlias = Literal["planned", "running", "stopped", "done"]


class KnownGroup(msgspec.Struct, frozen=True):
    """A group as it was when the plan was made; the plan is stale once its id or name is another."""

    id: int
    name: str


class Create(msgspec.Struct, frozen=True):
    """A group to be made; `slot` (-1, -2, …) is what batches call it."""

    slot: int
    name: str


class Rename(msgspec.Struct, frozen=True):
    """A group that gets another name, and keeps its followers."""

    group_id: int
    old: str
    new: str
    followers: int | None = None
    """How many are in it, all of them listed: the plan is stale once there are more. None: that is not asked."""


class Delete(msgspec.Struct, frozen=True):
    """A group to be deleted if nobody is in it by then: only the undo of a run that made it asks for this."""

    group_id: int
    name: str


class Batch(msgspec.Struct, frozen=True):
    """One call: 1 to 50 followers into one group. Numbered from 1 in the order in which they are sent.

    `sources` tells for each openid, in the same order, the group that it was in.
    """

    number: int
    target: int
    openids: tuple[str, ...]
    sources: tuple[int, ...]


class Flow(msgspec.Struct, frozen=True):
    """So many followers from one group to another."""

    source: int
    target: int
    followers: int


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan was made for and from, without its moves."""

    appid: str
    base_url: str
    kind: RunKind = "apply"
    made_at: float
    """Unix seconds."""
    wish: str
    """Where the wish came from: a file's name, a rule, another account's mirror."""
    wish_digest: str = ""
    """SHA-256 of the file or the text, in hex."""
    wishes: int
    """Openids that the wish lists, each once; those who do not follow stand among the problems."""
    unchanged: int = 0
    """Those of them who are where they should be."""
    along: int = 0
    """Those of them who get there because their group is renamed."""
    followers: int
    """Who follows the account, by the mirror."""
    revision: int = 0
    """The mirror's revision that the plan was made from; a row changed later has a higher one."""
    mirror: str = ""
    """Which mirror that was (`Mirror.id`): in another one revisions count otherwise."""
    mirrored_at: float | None = None
    """When the oldest fact that it was made from was learnt, in Unix seconds."""
    problems: dict[str, int] = {}
    """How many rows have problems, by kind."""
    undoes: int | None = None
    """The number of the run that this one takes back."""
    digest: str = ""
    """SHA-256 in hex over groups, actions, moves, and all here but `made_at`, `wish`, `wish_digest` and `mirror`."""


class Plan(msgspec.Struct, frozen=True):
    """What would be done: the groups first, then the moves, batch by batch."""

    header: Header
    groups: tuple[KnownGroup, ...]
    """All that the plan names, as they were."""
    creates: tuple[Create, ...]
    renames: tuple[Rename, ...]
    deletes: tuple[Delete, ...]
    """After the moves."""
    batches: tuple[Batch, ...]

    @property
    def moves(self) -> int:
        """How many followers change their group."""
        return sum(len(batch.openids) for batch in self.batches)

    @property
    def calls(self) -> int:
        """How many calls that change something a run without faults makes."""
        return len(self.creates) + len(self.renames) + len(self.deletes) + len(self.batches)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return self.calls == 0

    def flows(self) -> tuple[Flow, ...]:
        """Who moves from where to where, by source, then target."""
        return flows_of(self.batches)


def flows_of(batches: Iterable[Batch]) -> tuple[Flow, ...]:
    """Count who moves from where to where, by source, then target; batches are read one by one."""
    counted = Counter((source, batch.target) for batch in batches for source in batch.sources)
    return tuple(Flow(source, target, n) for (source, target), n in sorted(counted.items()))


class Failure(msgspec.Struct, frozen=True):
    """A follower who could not be moved: the platform's code (None where it gave none) and words."""

    openid: str
    batch: int
    code: int | None
    message: str


class Tally(msgspec.Struct, frozen=True):
    """How far a run has come, by its journal."""

    batches: int
    """Of the plan."""
    settled: int
    """Batches whose answer is known for each openid."""
    followers: int
    """To be moved by the plan."""
    moved: int
    failed: int
    calls: int
    """Sent so far, repeats among them; groups/get and the like are not counted."""

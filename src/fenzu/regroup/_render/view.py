"""What every rendering of a plan shows, gathered once: sums, flows, names; never an openid."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from fenzu.regroup._planning.cost import Cost
from fenzu.regroup._planning.guard import Finding, look
from fenzu.regroup._values import Batch, Create, Delete, Flow, Header, KnownGroup, Rename, flows_of
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words


class Traffic(msgspec.Struct, frozen=True):
    """How many leave a group and how many join it."""

    group_id: int
    """A slot, -1 and below, for a group to be made."""
    name: str
    leave: int
    join: int


class View(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A plan without its openids."""

    header: Header
    groups: tuple[KnownGroup, ...]
    creates: tuple[Create, ...]
    renames: tuple[Rename, ...]
    deletes: tuple[Delete, ...]
    batches: int
    flows: tuple[Flow, ...]
    """By size, the largest first; then by source and target."""
    findings: tuple[Finding, ...]
    cost: Cost | None = None
    """None where nobody asked the platform for its quotas."""
    notes: tuple[Words, ...] = ()
    """What else whoever approves it should know."""

    @property
    def moves(self) -> int:
        """How many followers are moved."""
        return sum(flow.followers for flow in self.flows)

    @property
    def calls(self) -> int:
        """How many calls that change something it takes."""
        return len(self.creates) + len(self.renames) + len(self.deletes) + self.batches

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return self.calls == 0

    def name_before(self, group_id: int) -> str:
        """Return what a group is called now; empty where that is not known."""
        return self._before.get(group_id, "")

    def name_after(self, group_id: int) -> str:
        """Return what a group is called once the plan is carried out, one that it makes too."""
        return self._after.get(group_id, "")

    @cached_property
    def _before(self) -> dict[int, str]:
        return RESERVED_GROUPS | {group.id: group.name for group in self.groups}

    @cached_property
    def _after(self) -> dict[int, str]:
        new = {create.slot: create.name for create in self.creates}
        return self._before | new | {rename.group_id: rename.new for rename in self.renames}

    def traffic(self) -> tuple[Traffic, ...]:
        """Return how many leave and join each group: the groups to be made first, then by id."""
        leave: Counter[int] = Counter()
        join: Counter[int] = Counter()
        for flow in self.flows:
            leave[flow.source] += flow.followers
            join[flow.target] += flow.followers
        ids = sorted({*leave, *join}, key=lambda each: (each >= 0, abs(each)))
        return tuple(Traffic(each, self.name_after(each), leave[each], join[each]) for each in ids)


def view_of(
    header: Header,
    groups: Sequence[KnownGroup],
    creates: Sequence[Create],
    renames: Sequence[Rename],
    deletes: Sequence[Delete],
    batches: Iterable[Batch],
    *,
    cost: Cost | None = None,
    notes: Sequence[Words] = (),
) -> View:
    """Gather what is shown of a plan; batches are read one by one."""
    counted = Counted(batches)
    flows = flows_of(counted)
    return View(
        header=header,
        groups=tuple(groups),
        creates=tuple(creates),
        renames=tuple(renames),
        deletes=tuple(deletes),
        batches=counted.n,
        flows=tuple(sorted(flows, key=lambda flow: -flow.followers)),
        findings=look(header, flows),
        cost=cost,
        notes=tuple(notes),
    )


class Counted:
    """Batches that are counted while they are read."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self.batches, self.n = batches, 0

    def __iter__(self) -> Iterator[Batch]:
        for batch in self.batches:
            self.n += 1
            yield batch

"""What the store's rows look like to the rules, and what a rule may change. Plain values without behaviour."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

import msgspec

TokenKind: TypeAlias = Literal["plain", "stable"]
Member: TypeAlias = tuple[int, int]
"""A follower: the number in follow order, and the group. Bare, because a busy minute makes millions of them."""


class GroupRow(NamedTuple):
    """A group or a tag; `size` is its kept count."""

    id: int
    name: str
    size: int


class Ledger(NamedTuple):
    """What an account keeps about itself: the next numbers to give, its forced refreshes of tokens, its clears."""

    next_group: int
    next_follower: int
    next_seed: int
    forced_day: int
    forced_count: int
    forced_at: int
    clear_month: int = 0
    clear_count: int = 0


class Note(NamedTuple):
    """What hangs on a follower: tags in the order in which they were given (gone ones among them), the remark."""

    tags: tuple[int, ...] = ()
    remark: str = ""


NO_NOTE = Note()


class TokenRow(NamedTuple):
    """A token. It is taken until `dies`: its end, or sooner once it is superseded. `serial` rises within the kind."""

    account: int
    kind: TokenKind
    serial: int
    text: str
    ends: int
    dies: int

    def __repr__(self) -> str:
        return f"TokenRow({self.account}, {self.kind}, {self.serial})"


class LabelRows(Protocol):
    """The tags of an account, and what hangs on the followers in question."""

    @property
    def tags(self) -> Mapping[int, GroupRow]:
        """All tags of the account, the reserved one included."""

    @property
    def notes(self) -> Mapping[str, Note]:
        """Of the openids in question, those on whom something hangs."""

    @property
    def elsewhere(self) -> Collection[str]:
        """Of the openids in question, those who do not follow this account but another one."""


class Rows(Protocol):
    """What a rule may look at: one account as it is after all requests decided before."""

    @property
    def ledger(self) -> Ledger:
        """What the account keeps about itself."""

    @property
    def groups(self) -> Mapping[int, GroupRow]:
        """All groups of the account, the reserved ones included."""

    @property
    def members(self) -> Mapping[str, Member]:
        """Those of the openids in question who follow."""

    @property
    def labels(self) -> LabelRows:
        """Tags and notes; read for requests about them only."""

    def tokens(self, kind: TokenKind) -> Sequence[TokenRow]:
        """Return the tokens of a kind in the order in which they were given."""


class LabelChanges(msgspec.Struct, frozen=True):
    """What a rule changes about tags and notes. A tag that maps to None goes."""

    tags: Mapping[int, GroupRow | None] = {}
    notes: Mapping[str, Note] = {}
    taggings: Mapping[tuple[int, int], bool] = {}
    """Tag and follower's number: whether they belong together from now on."""


class Changes(msgspec.Struct, frozen=True):
    """What a rule changes. A group or token that maps to None goes; a moved follower keeps the number."""

    groups: Mapping[int, GroupRow | None] = {}
    members: Mapping[str, Member] = {}
    tokens: Mapping[tuple[TokenKind, int], TokenRow | None] = {}
    ledger: Ledger | None = None
    vanished: int | None = None
    """A group whose members are in 0 from now on."""
    labels: LabelChanges | None = None
    clears_quota: bool = False


NOTHING = Changes()


class PartFailed(msgspec.Struct, frozen=True):
    """What a request answers that was done for some and not for these."""

    openids: tuple[str, ...]


class Decision(msgspec.Struct, frozen=True):
    """What a rule decided: the value to answer (None for plain ok), and the changes that make it true."""

    value: object = None
    changes: Changes = NOTHING


DONE = Decision()
"""Plain ok, and nothing changes."""

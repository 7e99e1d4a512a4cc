"""One account while a group of requests is decided: the rows read for it, with the changes made so far on top.

A later request of the same group sees what an earlier one changed. Nothing here reads or writes the store.
"""

from collections.abc import Sequence

from fenzu.sandbox.rules.rows import Changes, GroupRow, Ledger, Member, TokenKind, TokenRow
from fenzu.sandbox.store.labels import Labels
from fenzu.wire.limits import UNGROUPED


class Overlay:
    """The rows of one account, and which of them are to be written. Fulfils `Rows`."""

    def __init__(
        self, account: int, ledger: Ledger, groups: dict[int, GroupRow], tokens: Sequence[TokenRow]
    ) -> None:
        self.account = account
        self.ledger = ledger
        self.groups = groups
        self.members: dict[str, Member] = {}
        self.labels = Labels()
        self._tokens: dict[TokenKind, dict[int, TokenRow]] = {"plain": {}, "stable": {}}
        for token in tokens:
            self._tokens[token.kind][token.serial] = token
        self.forget()

    def forget(self) -> None:
        """Begin a new group of requests: what was changed is written."""
        self.members = {}
        self.moved: dict[int, int] = {}
        self.changed_groups: set[int] = set()
        self.changed_tokens: dict[tuple[TokenKind, int], TokenRow | None] = {}
        self.ledger_changed = False
        self.clears_quota = False
        self.labels.forget()

    def tokens(self, kind: TokenKind) -> Sequence[TokenRow]:
        """Return the tokens of a kind in the order in which they were given."""
        return list(self._tokens[kind].values())

    def apply(self, changes: Changes) -> None:
        """Put changes on top."""
        for id_, group in changes.groups.items():
            if group is None:
                self.groups.pop(id_, None)
            else:
                self.groups[id_] = group
            self.changed_groups.add(id_)
        self.members.update(changes.members)
        self.moved.update(changes.members.values())  # pairs of number and group
        if changes.vanished is not None:
            self._bring_home(changes.vanished)
        if changes.labels is not None:
            self.labels.apply(changes.labels)
        if changes.tokens:
            self._apply_tokens(changes)
        if changes.ledger is not None:
            self.ledger = changes.ledger
            self.ledger_changed = True
        if changes.clears_quota:
            self.clears_quota = True

    def _bring_home(self, gone: int) -> None:
        for openid, (number, group) in self.members.items():
            if group == gone:
                self.members[openid] = (number, UNGROUPED)

    def _apply_tokens(self, changes: Changes) -> None:
        self.changed_tokens.update(changes.tokens)
        for (kind, serial), token in changes.tokens.items():
            if token is None:
                self._tokens[kind].pop(serial, None)
            else:  # a new one has the highest serial: the order stays
                self._tokens[kind][serial] = token

    @property
    def is_changed(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(
            self.moved
            or self.changed_groups
            or self.changed_tokens
            or self.ledger_changed
            or self.labels.is_changed
        )

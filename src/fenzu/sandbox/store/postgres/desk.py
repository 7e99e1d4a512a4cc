"""The desk of a store that several sandboxes share: what was looked up for one call, or what control asked for.

It keeps no token and no answer, as another sandbox may have ended the one and changed the other.
"""

from collections.abc import Mapping
from hmac import compare_digest

from fenzu.sandbox.calls.desk import Card, Desk, Session
from fenzu.sandbox.rules.rows import TokenKind, TokenRow


class SharedDesk(Desk):
    """A desk that is laid out anew by whoever looks something up."""

    def __init__(self) -> None:
        super().__init__()
        self._session: Session | None = None

    def place(self, card: Card, token: TokenRow | None) -> None:
        """Lay out an account, with the token that a call carries or the stable one given last."""
        self.enter_account(card)
        if token is not None:
            self._session = Session(card, token.text, token.ends, token.dies)
            card.stable = token if token.kind == "stable" else None

    def take(self, other: Desk) -> None:
        """Have the same accounts as another desk."""
        self.by_appid, self.by_number = other.by_appid, other.by_number
        self.mode = other.mode

    def meet(self, other: Desk) -> None:
        """Know the accounts of another desk as that one does."""
        self.mode = other.mode  # by which cards settle when they are entered
        for appid, card in other.by_appid.items():
            if appid in self.by_appid:
                self.by_number.pop(self.by_appid[appid].number, None)
            self.enter_account(card)

    def session(self, token: str) -> Session | None:
        """Return what the token of the call at hand stands for."""
        session = self._session
        if session is None or not token.isascii() or not compare_digest(session.text, token):
            return None
        return session

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Note new numbers; of accounts that are not known here, nothing."""
        super().renumber({old: new for old, new in numbers.items() if old in self.by_number})

    def enter_token(self, token: TokenRow) -> None:
        """Keep nothing."""

    def drop_token(self, key: tuple[int, TokenKind, int]) -> None:
        """Keep nothing."""

"""What lies ready in memory for a request: accounts, tokens, and answers made before. Decides nothing.

It is touched on the event loop only. The writer's outcomes are entered here after they are on disk and before they
are answered, so whoever got an answer sees it everywhere.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from copy import copy
from hmac import compare_digest
from typing import TypeAlias

from fenzu.sandbox.accounts import Kind
from fenzu.sandbox.calls.tagging import Crowd
from fenzu.sandbox.calls.tally import Tally
from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.rules.quota import Mode, Quota, is_enforced, kind_in, limits_of
from fenzu.sandbox.rules.rows import TokenKind, TokenRow
from fenzu.wire.states import STATES, AccountState, State

PUBLIC_PART = 16
"""So much of a token's text finds it and is no secret; what follows, over 400 random bits, is."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class Card:
    """One account: who it is, what its calls get, and the answers that lie ready for it."""

    __slots__ = (
        "appid",
        "calls",
        "groups_answer",
        "kind",
        "networks",
        "number",
        "own_kind",
        "quota",
        "secret",
        "stable",
        "standing",
        "state",
        "tagging",
        "tally",
        "whitelist",
    )

    def __init__(
        self, number: int, appid: str, secret: str, kind: Kind | None, state: State, whitelist: Sequence[str]
    ) -> None:
        self.number = number
        self.appid = appid
        self.secret = secret
        self.own_kind = kind
        self.change(state, whitelist)
        self.groups_answer: bytes | None = None
        """The answer of groups/get, until a write to the account is entered."""
        self.stable: TokenRow | None = None
        """The stable token given last."""
        self.tagging = Crowd()
        """Who is being tagged right now."""
        self.quota = Quota()
        """What is its own about its quota."""
        self.tally = Tally()
        self.calls = self.tally.calls
        self.kind: Kind = "ordinary"
        self.settle("off")

    def change(self, state: State, whitelist: Sequence[str]) -> None:
        """Put the account into a state, and give it a whitelist."""
        self.state: State = state
        self.standing: AccountState | None = STATES.get(state)
        """None where nothing is out of the ordinary."""
        self.whitelist = list(whitelist)
        self.networks: list[Network] = [ipaddress.ip_network(entry, strict=False) for entry in whitelist]

    def without_answers(self) -> "Card":
        """Return the same account without the answers that lie ready: what it is asked is looked up."""
        card = copy(self)
        card.groups_answer = None
        return card

    def settle(self, mode: Mode) -> None:
        """Let its kind and its limits follow the sandbox's mode of quotas where it has none of its own."""
        self.kind = kind_in(mode, self.own_kind)
        self.tally.limits = limits_of(self.kind, self.quota) if is_enforced(mode, self.quota) else None

    def forget_answers(self) -> None:
        """Note that the account changed: answers that lie ready are made anew."""
        self.groups_answer = None

    def admits(self, ip: str) -> bool:
        """Tell whether the address may fetch tokens; without a whitelist every one may."""
        return not self.networks or self.lists(ip)

    def lists(self, ip: str) -> bool:
        """Tell whether the address stands on the whitelist."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv4Address):
            address = ipaddress.IPv6Address(f"::ffff:{address}")
        forms = (address, address.ipv4_mapped or address)  # the whitelist may name an address by either
        return any(form in network for form in forms for network in self.networks)


class Session:
    """A token as a call needs it."""

    __slots__ = ("card", "dies", "ends", "text")

    def __init__(self, card: Card, text: str, ends: int, dies: int) -> None:
        self.card = card
        self.text = text
        self.ends = ends
        self.dies = dies


class Desk:
    """All accounts and tokens of a sandbox."""

    def __init__(self) -> None:
        self.mode: Mode = "off"
        """What holds for the quotas of accounts that have no setting of their own."""
        self.by_appid: dict[str, Card] = {}
        self.by_number: dict[int, Card] = {}
        self.sessions: dict[str, Session] = {}
        """By the public part of the token's text."""
        self._texts: dict[tuple[int, TokenKind, int], str] = {}

    def enter_account(self, card: Card) -> None:
        """Add an account."""
        card.settle(self.mode)
        self.by_appid[card.appid] = card
        self.by_number[card.number] = card

    def card(self, appid: str) -> Card:
        """Return an account, or raise UnknownAccount."""
        card = self.by_appid.get(appid)
        if card is None:
            raise UnknownAccount(appid)
        return card

    def secret_of(self, appid: str) -> str:
        """Return an account's secret, so that it can be left out of what is told; empty if there is none."""
        card = self.by_appid.get(appid)
        return "" if card is None else card.secret

    def clear(self) -> None:
        """Forget all accounts and tokens."""
        self.by_appid.clear()
        self.by_number.clear()
        self.sessions.clear()
        self._texts.clear()

    def drop_account(self, card: Card) -> None:
        """Forget an account and its tokens; one that has the appid by now stays."""
        if self.by_appid.get(card.appid) is card:
            del self.by_appid[card.appid]
        self.by_number.pop(card.number, None)
        for key in [key for key in self._texts if key[0] == card.number]:
            self.drop_token(key)

    def session(self, token: str) -> Session | None:
        """Return what a token's text stands for. How long that takes tells nothing of how much of it was right."""
        session = self.sessions.get(token[:PUBLIC_PART])
        if session is None or not token.isascii() or not compare_digest(session.text, token):
            return None
        return session

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Note the new numbers of accounts that were emptied; their tokens go with them."""
        for old, new in numbers.items():
            card = self.by_number.pop(old)
            card.number = new
            card.forget_answers()
            if card.stable is not None:
                card.stable = card.stable._replace(account=new)
            self.by_number[new] = card
        self._texts = {
            (numbers.get(account, account), kind, serial): text
            for (account, kind, serial), text in self._texts.items()
        }

    def enter_token(self, token: TokenRow) -> None:
        """Add a token, or shorten the life of a known one."""
        card = self.by_number.get(token.account)
        if card is None:
            return
        self.sessions[token.text[:PUBLIC_PART]] = Session(card, token.text, token.ends, token.dies)
        self._texts[token.account, token.kind, token.serial] = token.text
        if token.kind == "stable" and (card.stable is None or card.stable.serial <= token.serial):
            card.stable = token

    def drop_token(self, key: tuple[int, TokenKind, int]) -> None:
        """Forget a token."""
        text = self._texts.pop(key, None)
        if text is not None:
            self.sessions.pop(text[:PUBLIC_PART], None)

    def clear_quota(self, account: int) -> None:
        """Begin an account's quotas anew."""
        card = self.by_number.get(account)
        if card is not None:
            card.tally.begin()

    def set_mode(self, mode: Mode) -> None:
        """Let another mode of quotas hold."""
        self.mode = mode
        for card in self.by_number.values():
            card.settle(mode)

    def touch(self, account: int) -> None:
        """Note that an account changed: answers that lie ready are made anew."""
        card = self.by_number.get(account)
        if card is not None:
            card.forget_answers()

    def begin_day(self) -> None:
        """Begin the quotas of a new day."""
        for card in self.by_number.values():
            card.tally.begin()

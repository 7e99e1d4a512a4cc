"""What lies ready in memory for a request: accounts, tokens, and answers made before. Decides nothing.

It is touched on the event loop only. The writer's outcomes are entered here after they are on disk and before they
are answered, so whoever got an answer sees it everywhere.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from hmac import compare_digest
from typing import TypeAlias

from fenzu.sandbox.accounts import Kind
from fenzu.sandbox.crowd import Crowd
from fenzu.sandbox.rows import TokenKind, TokenRow
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
        "secret",
        "stable",
        "standing",
        "state",
        "tagging",
        "told",
        "whitelist",
    )

    def __init__(
        self, number: int, appid: str, secret: str, kind: Kind, state: State, whitelist: Sequence[str]
    ) -> None:
        self.number = number
        self.appid = appid
        self.secret = secret
        self.kind = kind
        self.change(state, whitelist)
        self.groups_answer: bytes | None = None
        """The answer of groups/get, until a write to the account is entered."""
        self.stable: TokenRow | None = None
        """The stable token given last."""
        self.calls: defaultdict[str, int] = defaultdict(int)
        """Calls by name since the sandbox was started; only those that passed token, method and account."""
        self.told: dict[str, int] = {}
        """What the calls were at midnight, or when they were last cleared."""
        self.tagging = Crowd()
        """Who is being tagged right now."""

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

    def used(self, call: str) -> int:
        """Return how many calls of a day's quota are used."""
        return self.calls.get(call, 0) - self.told.get(call, 0)

    def begin_quota(self) -> None:
        """Begin a new quota: a day has passed, or it was cleared."""
        self.told = dict(self.calls)

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
        self.by_appid: dict[str, Card] = {}
        self.by_number: dict[int, Card] = {}
        self.sessions: dict[str, Session] = {}
        """By the public part of the token's text."""
        self._texts: dict[tuple[int, TokenKind, int], str] = {}

    def enter_account(self, card: Card) -> None:
        """Add an account."""
        self.by_appid[card.appid] = card
        self.by_number[card.number] = card

    def secret_of(self, appid: str) -> str:
        """Return an account's secret, so that it can be left out of what is told; empty if there is none."""
        card = self.by_appid.get(appid)
        return "" if card is None else card.secret

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
            card.begin_quota()

    def touch(self, account: int) -> None:
        """Note that an account changed: answers that lie ready are made anew."""
        card = self.by_number.get(account)
        if card is not None:
            card.forget_answers()

    def begin_day(self) -> None:
        """Begin the quotas of a new day."""
        for card in self.by_number.values():
            card.begin_quota()

"""One account as the flows see it: where to send, as whom, within what time."""

import random
import time
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

from fenzu.client._check import check_appid, check_base_url, check_seconds
from fenzu.client._codec import TokenAnswer
from fenzu.client._events import AnyEvent, Listener
from fenzu.client._flow import Flow
from fenzu.client._keeper import LEASE, TokenKeeper
from fenzu.client._secret import Secret
from fenzu.client._source import SourcedToken
from fenzu.client.transport import Request
from fenzu.errors import ApiError, PartlyDone, UsageError
from fenzu.pace import Pace
from fenzu.tokens import MemoryStore, StoredToken, TokenKey, TokenKind, TokenSource, TokenStore
from fenzu.wire.words import Language, Words

SHORTEST_SECRET = 8
"""What is shorter is no secret but a test's, and striking it would spoil the text. The platform's have 32 and more."""


class Clock(Protocol):
    """Unix time for what the platform dates, monotonic time for deadlines; the module `time` is one."""

    def time(self) -> float: ...

    def monotonic(self) -> float: ...


FetchToken = Callable[["Account", bool, bool], Flow[TokenAnswer]]


class Account:
    """What the flows of one client share; it performs nothing."""

    appid: str = ""
    base_url: str = ""

    def __init__(
        self,
        appid: str,
        secret: Secret | None,
        fetch_token: FetchToken,
        *,
        base_url: str,
        token: Secret | TokenSource | None = None,
        token_store: TokenStore | None = None,
        token_kind: TokenKind = "stable",
        read_only_token: bool = False,
        timeout: float = 10.0,
        deadline: float = 60.0,
        language: Language = "en",
        on_event: Listener | None = None,
        pace: Pace | None = None,
        clock: Clock = time,
        chance: random.Random | None = None,
    ) -> None:
        self.appid = check_appid(appid)
        self.base_url = check_base_url(base_url)
        if secret is not None:
            secret.check("secret")
        self.secret = secret
        if language not in ("en", "zh"):
            raise _no_such_language()
        self.language: Language = language
        self.on_event = on_event
        self.pace = pace
        self.timeout: float = check_seconds("timeout", timeout)
        self.deadline: float = check_seconds("deadline", deadline)
        self.clock = clock
        self.chance: random.Random = chance or random.Random()
        if self.secret is None and token is None and not read_only_token:
            raise _no_secret()
        if token_kind not in ("stable", "plain"):
            raise _no_such_kind()
        self.token_kind: TokenKind = token_kind
        self.tokens: TokenKeeper | SourcedToken
        if token is not None:
            self.tokens = SourcedToken(token)
        else:
            self.tokens = TokenKeeper(
                TokenKey(self.base_url, self.appid, token_kind),
                token_store if token_store is not None else MemoryStore(),
                lambda force, patient: fetch_token(self, force, patient),
                clock.time,
                read_only=read_only_token,
                lease=max(LEASE, 1.5 * self.deadline),
            )

    def __repr__(self) -> str:
        return f"Account({self.appid!r}, {self.base_url!r})"

    def request(
        self,
        method: str,
        path: str,
        query: str,
        body: bytes | None,
        *,
        token: StoredToken | None,
        seconds_left: float,
    ) -> Request:
        """Build a request for this account, with the token in its query."""
        if token is not None:
            carried = "access_token=" + quote(token.value, safe="")
            query = f"{carried}&{query}" if query else carried
        url = f"{self.base_url}{path}?{query}" if query else self.base_url + path
        return Request(method, url, body, min(self.timeout, seconds_left))

    def tell(self, event: AnyEvent) -> None:
        """Hand an event to the listener, if there is one; what goes wrong there does not reach the call."""
        if self.on_event is None:
            return
        try:
            self.on_event(event)
        except Exception:
            # Whatever it is: the call may have been carried out, and its end has to reach the caller.
            import logging  # where nothing goes wrong, nobody pays for it

            logging.getLogger("fenzu").exception("the listener failed at %r", event)

    def without_secrets(self, error: ApiError, token: StoredToken | None) -> ApiError:
        """Return the error with the token and the secret struck from the platform's text, should it repeat them."""
        text = error.message
        for secret in (token.value if token else "", self.secret.reveal() if self.secret else ""):
            text = text.replace(secret, "…") if len(secret) >= SHORTEST_SECRET else text
        if text == error.message:
            return error
        struck = type(error)(error.code, text, error.endpoint, error.rid)
        if isinstance(error, PartlyDone) and isinstance(struck, PartlyDone):
            struck.openids = error.openids
        return struck


def _no_such_language() -> UsageError:
    return UsageError(
        Words("language is neither of the two that errors speak", "language 不是两种语言之一"),
        Words('give "en" or "zh"', '请给出 "en" 或 "zh"'),
    )


def _no_such_kind() -> UsageError:
    return UsageError(
        Words("token_kind is neither of the two kinds", "token_kind 不是两种之一"),
        Words('give "stable" or "plain"', '请给出 "stable" 或 "plain"'),
    )


def _no_secret() -> UsageError:
    return UsageError(
        Words("neither a secret nor a token was given", "既没有给 secret，也没有给 token"),
        Words("give the account's secret, or token=", "请给出公众号的 secret，或 token="),
    )

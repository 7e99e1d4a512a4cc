"""The rules about access tokens: who gets which, and how long it is taken. No database, no clock of its own.

Times are whole Unix seconds. A token's life is fixed when it is given; superseding it only brings the moment nearer at
which it is refused. One that reaches its end is remembered, because it answers 42001 and not 40001.
"""

import re
from base64 import urlsafe_b64encode

from fenzu.sandbox.clock import day_of
from fenzu.sandbox.rules.requests import EndToken, FetchToken
from fenzu.sandbox.rules.rows import Changes, Decision, Ledger, Rows, TokenKind, TokenRow
from fenzu.wire.limits import (
    FORCED_REFRESH_PAUSE,
    FORCED_REFRESHES_A_DAY,
    SECRET_PATTERN,
    TOKEN_CHARACTERS,
    TOKEN_GRACE,
    TOKEN_LIFE,
)

_TEXT = re.compile(SECRET_PATTERN)
TEXT_BYTES = 64
REMEMBERED = 2_000
"""Tokens of one account and kind that are kept, dead ones included: a day's quota of /token. Living ones stay."""


def make_text(chance: bytes) -> str:
    """Make a token's text of 64 random bytes, in the look of the platform's: a number, `_`, URL-safe characters."""
    return f"{10 + chance[0] % 90}_{urlsafe_b64encode(chance).decode().rstrip('=')}"


def may_be_token(text: str) -> bool:
    """Tell whether a token can look like this: visible ASCII, and no longer than clients are asked to have room for."""
    return len(text) <= TOKEN_CHARACTERS and _TEXT.fullmatch(text) is not None


def code_of(ends: int, dies: int, now: float) -> int:
    """Return what a call with the token gets: 0, 40001 once it is superseded, 42001 past its life."""
    if now < dies:
        return 0
    return 42001 if dies >= ends else 40001


def decide_token(request: FetchToken | EndToken, rows: Rows) -> Decision:
    """Decide about a token."""
    return fetch(request, rows) if isinstance(request, FetchToken) else end(request, rows)


def fetch(request: FetchToken, rows: Rows) -> Decision:
    """Answer a token call: `/token` gives a new one each time, `/stable_token` the same until its last 5 minutes."""
    tokens, now = rows.tokens(request.kind), request.now
    last = tokens[-1] if tokens else None
    if request.kind == "plain" or last is None or not is_living(last, now):
        return _give(request, rows, TOKEN_GRACE)
    if request.force and may_force(rows.ledger, now):
        return _give(request, rows, 0, _count_forced(rows.ledger, now))
    if is_due(last.ends, now):
        return _give(request, rows, TOKEN_GRACE)
    return Decision(answer(last, now))


def end(request: EndToken, rows: Rows) -> Decision:
    """End a token before its time; the next token call gives a new one."""
    kinds: tuple[TokenKind, ...] = ("plain", "stable")
    ended: dict[tuple[TokenKind, int], TokenRow | None] = {}
    for token in (token for kind in kinds for token in rows.tokens(kind) if token.text == request.text):
        ends = min(token.ends, request.now) if request.code == 42001 else token.ends
        ended[token.kind, token.serial] = token._replace(ends=ends, dies=min(token.dies, request.now))
    return Decision(changes=Changes(tokens=ended))


def is_living(token: TokenRow, now: int) -> bool:
    """Tell whether the token may be given again. One from the future is not: the clock has been set back since."""
    return token.ends - TOKEN_LIFE <= now < token.dies


def is_due(ends: int, now: float) -> bool:
    """Tell whether a stable token is in its last 5 minutes, in which a call gives a new one."""
    return ends - now <= TOKEN_GRACE


def answer(token: TokenRow, now: int) -> dict[str, object]:
    """Return what a token call answers."""
    return {"access_token": token.text, "expires_in": token.ends - now}


def may_force(ledger: Ledger, now: int) -> bool:
    """Tell whether a forced refresh is granted: 20 a day in Beijing, 30 seconds apart."""
    count = ledger.forced_count if ledger.forced_day == day_of(now) else 0
    return count < FORCED_REFRESHES_A_DAY and not 0 <= now - ledger.forced_at < FORCED_REFRESH_PAUSE


def _count_forced(ledger: Ledger, now: int) -> Ledger:
    day = day_of(now)
    count = ledger.forced_count if ledger.forced_day == day else 0
    return ledger._replace(forced_day=day, forced_count=count + 1, forced_at=now)


def _give(request: FetchToken, rows: Rows, grace: int, ledger: Ledger | None = None) -> Decision:
    """Give a new token; those before it live for `grace` seconds more at most."""
    tokens = rows.tokens(request.kind)
    serial = tokens[-1].serial + 1 if tokens else 1
    ends = request.now + TOKEN_LIFE
    token = TokenRow(request.account, request.kind, serial, request.fresh, ends, ends)
    changed: dict[tuple[TokenKind, int], TokenRow | None] = {(request.kind, serial): token}
    until = request.now + grace
    changed.update(((old.kind, old.serial), old._replace(dies=until)) for old in tokens if old.dies > until)
    for index, old in enumerate(tokens):
        if not _may_go(old, request.now, len(tokens) - index):
            break
        changed[request.kind, old.serial] = None
    return Decision(answer(token, request.now), Changes(tokens=changed, ledger=ledger))


def _may_go(token: TokenRow, now: int, kept: int) -> bool:
    """Tell whether nobody would notice that the token is gone (40001 either way), or too many dead ones are kept."""
    code = code_of(token.ends, token.dies, now)
    return code == 40001 or (code != 0 and kept >= REMEMBERED)

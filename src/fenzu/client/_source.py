"""A token that somebody else keeps: given by hand, or asked for where it is kept. Nothing is fetched from the platform.

A source is asked when a token is first needed, and once more when the platform has refused what it gave.
"""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any

from fenzu.client._flow import Alone, Ask, Flow
from fenzu.client._secret import Secret
from fenzu.errors import UsageError
from fenzu.tokens import StoredToken, TokenSource
from fenzu.wire.words import Words

ALWAYS = float("inf")


class SourcedToken:
    """Hands out the token of a source, or a text that never changes; the same three questions as `TokenKeeper`."""

    def __init__(self, source: TokenSource | Secret) -> None:
        self._source: TokenSource | None = None
        self._held: StoredToken | None = None
        if isinstance(source, Secret):
            self._held = _lasting(source)
        else:
            self._source = source

    @property
    def times(self) -> None:
        """Nothing: only who keeps the token knows when it ends."""
        return

    def current(self) -> Flow[StoredToken]:
        """Return the token in hand, asking the source if there is none."""
        if self._held is not None:
            return self._held
        token: StoredToken = yield Alone(self._renew(None))
        return token

    def replace(self, refused: StoredToken) -> Flow[bool]:
        """Ask for another token than the one that the platform refused; False if the source has no other."""
        if self._source is None:
            return False
        token: StoredToken = yield Alone(self._renew(refused))
        return token.value != refused.value

    def force(self) -> Flow[StoredToken]:
        """Ask the source anew. What the platform thinks of the old token is the owner's affair."""
        if self._source is None:
            return (yield from self.current())
        token: StoredToken = yield Alone(self._renew(self._held))
        return token

    def _renew(self, unwanted: StoredToken | None) -> Flow[StoredToken]:
        if self._held is None or self._held is unwanted:
            answer: object = yield Ask(self._ask)
            if not isinstance(answer, Secret):
                if isinstance(answer, _Coming):
                    answer.close()  # code that waits cannot await it
                raise _no_text()
            self._held = _lasting(answer)
        return self._held

    def _ask(self) -> object:
        """Ask the source; what it gave is hidden at once, so that no traceback that shows locals shows it."""
        assert self._source is not None
        return _hide(self._source())


class _Coming:
    """What a source gives later: awaited, it gives a hidden text."""

    def __init__(self, awaitable: Awaitable[object]) -> None:
        self._awaitable = awaitable

    def __await__(self) -> Generator[Any, Any, object]:
        return _hide((yield from self._awaitable.__await__()))

    def close(self) -> None:
        if isinstance(self._awaitable, Coroutine):
            self._awaitable.close()


def _hide(answer: object) -> object:
    if isinstance(answer, Awaitable):
        return _Coming(answer)
    return Secret(answer) if isinstance(answer, str) else None


def _lasting(secret: Secret) -> StoredToken:
    secret.check("token")
    return StoredToken(secret.reveal(), 0.0, ALWAYS, ALWAYS)


def _no_text() -> UsageError:
    return UsageError(
        Words("the token source gave no text", "token 来源没有给出文本"),
        Words(
            "let it return the access token as str; one that is awaited is for AsyncClient",
            "让它返回 str 形式的 access token；需要 await 的来源用于 AsyncClient",
        ),
    )

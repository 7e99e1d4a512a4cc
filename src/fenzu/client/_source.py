"""A token that somebody else keeps: given by hand, or asked for where it is kept. Nothing is fetched from the platform.

A source is asked when a token is first needed, and once more when the platform has refused what it gave.
"""

import inspect

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
            assert self._source is not None
            text: object = yield Ask(self._source)
            secret = Secret(text if isinstance(text, str) else "")
            is_text = isinstance(text, str)
            if inspect.iscoroutine(text):
                text.close()  # nobody will await it
            del text  # so that no traceback that shows locals shows it
            if not is_text:
                raise _no_text()
            self._held = _lasting(secret)
        return self._held


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

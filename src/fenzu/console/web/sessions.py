"""The one-time links that were given out, and the browsers that came in by one. Knows no request."""

import hmac
import secrets
from collections.abc import Iterable


class Sessions:
    """Keys that each let one browser in, and what those browsers show from then on."""

    def __init__(self, port: int) -> None:
        self.cookie = f"fenzu_console_{port}"
        """Cookies do not tell ports apart, so the name does."""
        self._links: set[str] = set()
        self._sessions: set[str] = set()

    def new_link(self) -> str:
        """Return a key that lets one browser in."""
        key = secrets.token_urlsafe(32)
        self._links.add(key)
        return key

    def enter(self, key: str) -> str | None:
        """Return a new session for a link's key, which is worth nothing afterwards; None for any other key."""
        found = _find(self._links, key)
        if found is None:
            return None
        self._links.discard(found)
        session = secrets.token_urlsafe(32)
        self._sessions.add(session)
        return session

    def knows(self, session: str) -> bool:
        """Whether a browser that shows this cookie has come in by a link."""
        return _find(self._sessions, session) is not None


def _find(known: Iterable[str], shown: str) -> str | None:
    """Return the one that is the same, in a time that does not tell how much of it was right."""
    found = None
    for one in known:
        if hmac.compare_digest(one.encode(), shown.encode(errors="replace")):
            found = one
    return found

"""Which requests of the log somebody looks for. Judges; remembers and tells nothing."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import quote

import msgspec

from fenzu.errors import UsageError
from fenzu.sandbox.log.recorded import Recorded
from fenzu.sandbox.log.telling import LoggedRequest, errcode_of
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.words import Words


class Search(msgspec.Struct, frozen=True):
    """What a request has to be like; what is None does not matter.

    `call` is a name (`groups.move`) or the end of a path (`groups/members/update`); `*` stands for anything. `text`
    is looked for in path, query, body and answer, as they are told, whether capital or small, also where a client
    wrote it in escapes.
    """

    appid: str | None = None
    call: str | None = None
    errcode: int | None = None
    text: str | None = None

    def paths(self) -> frozenset[str] | None:
        """Return the paths of the calls that are meant, None for any; refuses a name that no call has."""
        if self.call is None:
            return None
        found = frozenset(
            row.path
            for row in ENDPOINTS.values()
            if any(
                fnmatchcase(name, self.call) for name in (row.name, row.path, row.path[len("/cgi-bin/") :])
            )
        )
        if not found:
            raise UsageError(
                Words(f"no call is named {self.call[:80]}", f"没有名为 {self.call[:80]} 的接口"),
                Words(
                    "give a name such as groups.move, or groups.*",
                    "请使用 groups.move 这样的名称，或 groups.*",
                ),
            )
        return found


class Filter:
    """A search made ready to be asked of each request."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._paths = search.paths()
        self._written = [text.lower() for text in _spellings(search.text or "")]

    def may_match(self, row: Recorded) -> bool:
        """Tell whether a request is worth telling; looks at no more than bytes."""
        search = self._search
        if search.appid is not None and row.appid != search.appid:
            return False
        if self._paths is not None and row.path not in self._paths:
            return False
        if search.errcode is not None and errcode_of(row.answer) != search.errcode:
            return False
        if not search.text:
            return True
        parts = (row.path.encode("utf-8", "replace"), row.query, row.body, row.answer)
        return self._is_in(b"\n".join(parts).lower())

    def matches(self, told: LoggedRequest) -> bool:
        """Tell whether it is one also without its secrets: nobody finds out by searching what is masked."""
        if not self._search.text:
            return True
        parts = (told.path, told.query, told.body, told.answer)
        return self._is_in("\n".join(parts).encode("utf-8", "replace").lower())

    def _is_in(self, content: bytes) -> bool:
        return any(text in content for text in self._written)


def _spellings(text: str) -> Iterator[bytes]:
    """Yield a text as clients write it: raw, in JSON's escapes, in those of a query."""
    yield text.encode("utf-8", "replace")
    yield json.dumps(text)[1:-1].encode()
    yield quote(text.encode("utf-8", "replace")).encode()

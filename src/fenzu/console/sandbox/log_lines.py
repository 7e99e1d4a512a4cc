"""A sandbox's log of requests as the page shows it: what is looked for, a line for each request, and one in full."""

import json
from collections.abc import Mapping
from typing import Literal, TypedDict

import msgspec

from fenzu.console.sandbox.fault_words import struck
from fenzu.console.times import beijing
from fenzu.control import LoggedRequest
from fenzu.errors import UsageError
from fenzu.regroup._render.escape import printable
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.words import Language, Words

ROWS_SHOWN = 100
"""So many of the newest a page begins with."""
REQUESTS_SEARCHED = 1000
"""Among so many of the newest it is looked for those that change something."""
COMMON = "/cgi-bin/"
"""Where the paths of all calls begin."""
MOST_ROWS = 1000
"""So many a page keeps; the oldest go."""


class Wanted(TypedDict):
    """Which requests, as the control port is asked for them."""

    appid: str | None
    call: str | None
    errcode: int | None
    text: str | None


class Filter(msgspec.Struct, frozen=True):
    """What is looked for, as it stands in the page's address."""

    whose: Literal["own", "all"] = "own"
    call: str = ""
    errcode: str = ""
    text: str = ""
    changes: bool = False
    """Only what changes something: the console's own reading would hide it."""

    def takes(self, request: LoggedRequest) -> bool:
        """Whether a request is looked for, as far as the control port is not asked."""
        endpoint = ENDPOINTS.get(request.call or "")
        if not self.changes:
            return True
        return endpoint is not None and endpoint.takes_token and not endpoint.reads

    def wanted(self, appid: str) -> Wanted:
        """Return it as the control port wants it; raises `UsageError` for a code that is no number."""
        return Wanted(
            appid=appid if self.whose == "own" else None,
            call=self.call or None,
            errcode=_number(self.errcode),
            text=self.text or None,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves requests of the account out."""
        return bool(self.call or self.errcode or self.text or self.changes)


class Entry(msgspec.Struct, frozen=True):
    """A request as one line, in one language."""

    id: int
    time: str
    whose: str
    call: str
    path: str
    """Where the platform has that call."""
    errcode: int
    meaning: str
    took: str
    fault: str


def filter_of(query: Mapping[str, str]) -> Filter:
    """Read what is looked for from an address."""
    whose: Literal["own", "all"] = "all" if query.get("whose") == "all" else "own"
    call, errcode, text = (query.get(name, "").strip() for name in ("call", "errcode", "text"))
    return Filter(whose, call, errcode, text, bool(query.get("changes")))


def entry_of(request: LoggedRequest, language: Language) -> Entry:
    """Return a request as a line."""
    fault = struck(request.fault)
    return Entry(
        request.id,
        beijing(request.time)[11:] + f"{request.time % 1:.3f}"[1:],
        printable(request.appid or ""),
        printable(request.call or f"{request.method} {request.path}"),
        printable(request.path.removeprefix(COMMON)) if request.call else "",
        request.errcode,
        request.explained.meaning.say(language) if request.explained else "",
        f"{request.duration_ms:.1f} ms",
        fault.say(language) if fault else "",
    )


def readable(text: str) -> list[str]:
    """Return the lines of a body: JSON with a line for each value and its letters as letters, anything else as it is.

    What cannot be printed is a sign.
    """
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        pass
    return [printable(line) for line in text.split("\n")]


def _number(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageError(
            Words("a code is a number, such as 40003", "错误码是数字，例如 40003"),
            Words("leave it empty to see all; 0 means what went well", "留空查看全部；0 表示成功的请求"),
        ) from None

"""A request of the log as it is told: masked, its code explained, with a line that repeats it. Remembers nothing."""

import re

import msgspec

from fenzu.sandbox.log.curl import can_be_repeated, curl
from fenzu.sandbox.log.masking import mask
from fenzu.sandbox.log.recorded import PART_BYTES, Recorded
from fenzu.wire.endpoints import BY_PATH
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.words import Words

_ERRCODE = re.compile(rb'\{"errcode":(-?\d+)')


class Explained(msgspec.Struct, frozen=True):
    """What a code means, and what to do next, in both languages."""

    meaning: Words
    advice: Words


class LoggedRequest(msgspec.Struct, frozen=True):
    """A request, and what was answered; secrets and tokens are `xxxx`.

    `call` is fenzu's name of the call (`groups.move`), null for a path that is none; `appid` is null where the request
    does not tell whose it is. `time` is when it was answered, by the sandbox's clock, in Unix seconds; `errcode` is 0
    where the answer carries none. `cut` names what is longer than is shown here: query, body, answer. `curl` is a
    line for a shell that sends the request again; null where it is not whole.
    """

    id: int
    time: float
    appid: str | None
    call: str | None
    method: str
    path: str
    query: str
    body: str
    answer: str
    errcode: int
    explained: Explained | None
    duration_ms: float
    fault: str | None
    client_ip: str
    cut: list[str]
    curl: str | None


def tell(number: int, row: Recorded, own_secret: str, base_url: str) -> LoggedRequest:
    """Return what is told of a request."""
    endpoint, code = BY_PATH.get(row.path), errcode_of(row.answer)
    texts = {"query": row.query, "body": row.body, "answer": row.answer}
    cut = [name for name, content in texts.items() if len(content) > PART_BYTES]
    shown = {name: _show(content, own_secret) for name, content in texts.items()}
    return LoggedRequest(
        id=number,
        time=round(row.time, 6),
        appid=row.appid,
        call=None if endpoint is None else endpoint.name,
        method=row.method,
        path=mask(row.path.encode("utf-8", "surrogateescape"), own_secret),
        query=shown["query"],
        body=shown["body"],
        answer=shown["answer"],
        errcode=code,
        explained=explain(code),
        duration_ms=round(row.seconds * 1000, 3),
        fault=row.fault,
        client_ip=row.client_ip,
        cut=cut,
        curl=curl(base_url, row, own_secret) if can_be_repeated(row) else None,
    )


def errcode_of(answer: bytes) -> int:
    """Return an answer's errcode; data comes without one, and counts as 0."""
    found = _ERRCODE.match(answer)
    return int(found[1]) if found else 0


def explain(code: int) -> Explained | None:
    """Return what is known of a code; there is nothing to explain about 0."""
    row = ERRCODES.get(code)
    return None if row is None or code == 0 else Explained(row.meaning, row.advice)


def _show(content: bytes, own_secret: str) -> str:
    if len(content) <= PART_BYTES:
        return mask(content, own_secret)
    return mask(content[:PART_BYTES], own_secret).rstrip("\N{REPLACEMENT CHARACTER}")  # half a character

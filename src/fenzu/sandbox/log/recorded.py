"""A request as it is kept in the log: references to what was there when it was answered, nothing made of it yet."""

from typing import NamedTuple

PART_BYTES = 8 * 1024
"""What is kept of a query, a body or an answer: a hundred openids fit in. One byte more tells that it was cut."""


class Recorded(NamedTuple):
    """When it was answered, how long that took, for whom, what came and what went."""

    time: float
    seconds: float
    appid: str | None
    method: str
    path: str
    query: bytes
    body: bytes
    answer: bytes
    client_ip: str
    fault: str | None
    size: int

    def __repr__(self) -> str:
        return f"Recorded({self.method} {self.path})"

"""What a file says of an account: who it is, its groups and tags, its followers in their order; and what is wrong.

Followers come in pieces, so that ten million of them never stand in memory. Knows no store.
"""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, NamedTuple, Protocol

import msgspec

from fenzu.errors import UsageError, mask
from fenzu.sandbox.accounts import LARGEST_ID, Kind, is_openid
from fenzu.wire.limits import REMARK_BYTES, TAGS_PER_FOLLOWER
from fenzu.wire.states import State
from fenzu.wire.words import Words

AT_ONCE = 10_000
"""Followers in a piece."""
TOLD = 10
"""Lines that are told when something is wrong with them."""


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The first line of an export: what kind of file it is, and the account. `repr` leaves the secret out."""

    fenzu: str
    """`account`."""
    version: int
    appid: str
    secret: str | None = None
    kind: Kind | None = None
    state: State = "active"
    whitelist: list[str] = []
    next_group: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID + 1)] = 100
    seed: str | None = None
    """What made-up openids begin with."""
    made_up: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)] = 0
    """How many times some were made up: the next ones are others."""

    def __repr__(self) -> str:
        return f"Head({self.appid})"


class Arrival(NamedTuple):
    """A follower, and the line of the file that says so."""

    line: int
    openid: str
    group: int
    tags: tuple[int, ...]
    remark: str
    since: int | None
    """None: now."""


class Source(Protocol):
    """A file as it is read."""

    @property
    def head(self) -> Head | None:
        """What it says of the account; a table says nothing."""

    @property
    def groups(self) -> Mapping[int, str]:
        """All groups by id, once the arrivals have been read."""

    @property
    def tags(self) -> Mapping[int, str]:
        """All tags by id, once the arrivals have been read."""

    def arrivals(self) -> Iterator[list[Arrival]]:
        """Yield the followers in pieces, from the beginning each time. Raises UsageError with the wrong lines."""
        ...


class Content:
    """A file, or what was sent in place of one."""

    def __init__(self, source: bytes | Path) -> None:
        self._source = source

    def open(self) -> IO[bytes]:
        """Begin to read it from its beginning; raises UsageError with the reason if that cannot be."""
        if isinstance(self._source, bytes):
            return io.BytesIO(self._source)
        try:
            return self._source.open("rb")
        except OSError as error:
            raise UsageError(
                Words(
                    f"cannot read {self._source}: {error.strerror}",
                    f"无法读取 {self._source}：{error.strerror}",
                )
            ) from None


class Problems:
    """Lines that are wrong. Beyond a few there is no point in going on."""

    def __init__(self) -> None:
        self._found: list[tuple[int, Words]] = []

    def add(self, line: int, en: str, zh: str) -> None:
        """Note what is wrong with a line; raises them all once there are many."""
        self._found.append((line, Words(en, zh)))
        if len(self._found) == TOLD:
            self.tell(more=True)

    def tell(self, *, more: bool = False) -> None:
        """Raise them all in one UsageError, if there are any."""
        if self._found:
            en = "; ".join(f"line {line}: {words.en}" for line, words in self._found)
            zh = "；".join(f"第 {line} 行：{words.zh}" for line, words in self._found)
            raise UsageError(
                Words(en + ("; …" if more else ""), zh + ("；…" if more else "")),
                Words("mend these lines; nothing was loaded", "请修正这些行；未载入任何内容"),
            )

    def judge(self, arrival: Arrival) -> bool:
        """Tell whether a follower can be, and note why not."""
        if not is_openid(arrival.openid):
            self.add(
                arrival.line, f"{mask(arrival.openid)} is no openid", f"{mask(arrival.openid)} 不是 openid"
            )
        elif len(arrival.remark.encode("utf-8", "replace")) >= REMARK_BYTES:
            self.add(
                arrival.line, f"a remark has under {REMARK_BYTES} bytes", f"备注须不足 {REMARK_BYTES} 字节"
            )
        elif len(set(arrival.tags)) != len(arrival.tags) or len(arrival.tags) > TAGS_PER_FOLLOWER:
            self.add(
                arrival.line,
                f"a follower carries at most {TAGS_PER_FOLLOWER} tags, each once",
                f"一个粉丝至多 {TAGS_PER_FOLLOWER} 个标签，且不能重复",
            )
        else:
            return True
        return False

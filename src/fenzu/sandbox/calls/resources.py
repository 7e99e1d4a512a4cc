"""What handlers reach for: the accounts at hand, the reader, the writer, the rids, the counting, time and chance."""

import asyncio

from fenzu.sandbox.accounts import Clock, RandomBytes
from fenzu.sandbox.calls.counting import Counting
from fenzu.sandbox.calls.desk import Desk
from fenzu.sandbox.log.rids import Rids
from fenzu.sandbox.rules.requests import Request
from fenzu.sandbox.store.reader import Reader
from fenzu.sandbox.store.writer import Writer
from fenzu.wire.rulebooks import Rulebook


class Resources:
    """The things that all handlers share."""

    __slots__ = ("book", "chance", "clock", "counting", "desk", "reader", "rids", "writer")

    def __init__(
        self,
        *,
        book: Rulebook,
        clock: Clock,
        counting: Counting,
        chance: RandomBytes,
        desk: Desk,
        reader: Reader,
        writer: Writer,
        rids: Rids,
    ) -> None:
        self.book = book
        self.clock = clock
        self.counting = counting
        self.chance = chance
        self.desk = desk
        self.reader = reader
        self.writer = writer
        self.rids = rids

    def reading_from(self, reader: Reader) -> "Resources":
        """Return the same things with another reader."""
        return Resources(
            book=self.book,
            clock=self.clock,
            counting=self.counting,
            chance=self.chance,
            desk=self.desk,
            reader=reader,
            writer=self.writer,
            rids=self.rids,
        )

    def submit(self, request: Request) -> "asyncio.Future[bytes]":
        """Hand a request to the writer; the answer comes when it is on disk."""
        return self.writer.submit(request)

"""What handlers reach for: the accounts at hand, the reader, the writer, the rids, the counting, time and chance."""

import asyncio

from fenzu.errors import ApiError
from fenzu.sandbox.accounts import Clock, RandomBytes
from fenzu.sandbox.calls.counting import Counting
from fenzu.sandbox.calls.desk import Desk
from fenzu.sandbox.log.rids import Rids
from fenzu.sandbox.refusal import refusal
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

    def refusal(self, code: int) -> ApiError:
        """Return the error for `code`, with the rulebook's text of a token that is none."""
        return refusal(code, self.book.invalid_credential if code == 40001 else None)

    def submit(self, request: Request) -> "asyncio.Future[bytes]":
        """Hand a request to the writer; the answer comes when it is on disk."""
        return self.writer.submit(request)

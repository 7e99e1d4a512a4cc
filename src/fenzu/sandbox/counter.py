"""What handlers reach for: the accounts at hand, the reader, the writer, the one writer of answers, time and chance."""

import asyncio
from collections.abc import Coroutine

from fenzu.errors import ApiError
from fenzu.sandbox.accounts import Clock, RandomBytes
from fenzu.sandbox.answers import Answers
from fenzu.sandbox.desk import Desk
from fenzu.sandbox.reader import Reader
from fenzu.sandbox.requests import Request
from fenzu.sandbox.writer import WriteFailed, Writer
from fenzu.wire.rulebooks import Rulebook


class Counter:
    """The things that all handlers share."""

    __slots__ = ("answers", "book", "chance", "clock", "desk", "reader", "writer")

    def __init__(
        self, *, book: Rulebook, clock: Clock, chance: RandomBytes, desk: Desk, reader: Reader, writer: Writer
    ) -> None:
        self.book = book
        self.clock = clock
        self.chance = chance
        self.desk = desk
        self.reader = reader
        self.writer = writer
        self.answers = Answers(book, clock, chance)

    def submit(self, request: Request) -> Coroutine[object, object, bytes]:
        """Hand a request to the writer, now; what comes back becomes the answer when it is on disk."""
        return self._settle(self.writer.submit(request))

    async def _settle(self, outcome: "asyncio.Future[object]") -> bytes:
        try:
            return self.answers.value(await outcome)
        except ApiError as error:
            return self.answers.error(error)
        except WriteFailed:
            return self.answers.busy()

"""`fenzu` with an engine whose journal holds a batch for moved as soon as it is sent: what tests of kills must find."""

from collections.abc import Sequence

from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Entry, Sent, Settled

write = Book.write


def write_hastily(self: Book, entries: Sequence[Entry]) -> None:
    """Write what was asked for, and that all of it has gone well."""
    begun = {entry.number for entry in entries if isinstance(entry, Sent)}
    sizes = {batch.number: len(batch.openids) for batch in self.batches() if batch.number in begun}
    write(self, [*entries, *(Settled(number, 0.0, size) for number, size in sizes.items())])


if __name__ == "__main__":
    from fenzu.cli.main import main

    Book.write = write_hastily  # type: ignore[method-assign]  # that is the fault
    main()

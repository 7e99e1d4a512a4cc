"""Which kind of file it is that an account comes from."""

from fenzu.sandbox.transfer.arrival import Content, Source
from fenzu.sandbox.transfer.lines import LinesSource
from fenzu.sandbox.transfer.table import TableSource


def read_source(content: Content) -> Source:
    """Return what reads the file: JSON Lines begin with `{`, all else is a table. Raises UsageError for neither."""
    with content.open() as file:
        begins = file.read(1)
    return LinesSource(content) if begins == b"{" else TableSource(content)

"""Text as both databases hold it."""


def storable(text: str) -> str:
    """Return a text of somebody else's so that it can be written: PostgreSQL has no place for a NUL."""
    return text.replace("\0", "\ufffd")

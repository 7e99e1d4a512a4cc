"""How a moment that the platform tells is shown: in UTC. Knows nothing of what happened then."""

from datetime import UTC, datetime


def moment(seconds: int) -> str:
    """Return the moment so many seconds after 1970 began; the number itself where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(seconds)

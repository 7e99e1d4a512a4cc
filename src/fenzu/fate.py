"""What an error says about the call that met it, for work of many calls: repeat it, wait, leave one out, or end.

Decided from the error alone, in one place for whatever asks the platform with patience.
"""

from enum import Enum

from fenzu.errors import (
    ApiError,
    CredentialError,
    DailyQuotaExceeded,
    FenzuError,
    InvalidOpenid,
    MinuteQuotaExceeded,
    NotAFollower,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.wire.errcodes import Retry

TOKEN = "token."
"""How the calls that fetch a token begin."""


class Fate(Enum):
    """What an error says about the call that met it."""

    BAD_OPENID = "bad openid"
    """Refused for the sake of single openids."""
    AGAIN = "again"
    """Busy, or no usable answer: it may have been carried out, and may be repeated after a pause."""
    NEXT_MINUTE = "next minute"
    NEXT_DAY = "next day"
    NO_GROUP = "no group"
    END = "end"
    """Whoever sends it again will be refused again."""


def fate_of(error: FenzuError) -> Fate:
    """Tell what to do about an error."""
    match error:
        case InvalidOpenid() | NotAFollower() | UsageError():
            return Fate.BAD_OPENID
        case UnknownGroup():
            return Fate.NO_GROUP
        case MinuteQuotaExceeded():
            return Fate.NEXT_MINUTE
        case DailyQuotaExceeded():
            return Fate.NEXT_DAY
        case ApiError() | TransportError() if error.retry is Retry.YES or _ended_token(error):
            return Fate.AGAIN
        case _:
            return Fate.END


def reason_of(error: FenzuError) -> str:
    """Return how journals and events call an error: its code, or its class."""
    return str(error.code) if isinstance(error, ApiError) else type(error).__name__


def _ended_token(error: FenzuError) -> bool:
    """Whether another system beside us fetches tokens and ends ours. What a token call refuses is a wrong secret."""
    return (
        isinstance(error, CredentialError)
        and error.retry is Retry.ONCE
        and not error.endpoint.startswith(TOKEN)
    )

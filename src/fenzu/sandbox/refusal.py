"""The platform's refusals as the classes of `fenzu.errors`, raised inside and turned into JSON by `answers`."""

from fenzu.errors import ApiError, class_of
from fenzu.wire.errcodes import ERRCODES


def refusal(code: int, message: str | None = None) -> ApiError:
    """Return the error for `code`, with the platform's text unless another is given."""
    return class_of(code)(code, ERRCODES[code].message if message is None else message)

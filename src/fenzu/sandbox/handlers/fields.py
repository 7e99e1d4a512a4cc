"""The fields that calls of several kinds judge alike: openids. Knows no call."""

from fenzu.sandbox.accounts import is_openid, may_be_openids
from fenzu.sandbox.refusal import refusal
from fenzu.wire.limits import LISTED_OPENIDS


def read_openid(value: object) -> str:
    """Return what looks like an openid, or refuse it: 40003."""
    if not is_openid(value):
        raise refusal(40003)
    assert isinstance(value, str)
    return value


def read_openids(value: object, most: int) -> tuple[str, ...]:
    """Return the openids of a batch, each once; the size is judged before any of them."""
    if isinstance(value, list) and len(value) > LISTED_OPENIDS:
        raise refusal(45019)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise refusal(40032)
    if not may_be_openids(value):
        raise refusal(40003)
    return tuple(dict.fromkeys(value))

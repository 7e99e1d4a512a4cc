"""Polars, or words that say how to install it (extra `bulk`): only who makes a plan needs it."""

from fenzu.errors import UsageError
from fenzu.wire.extras import install
from fenzu.wire.words import Words

try:
    import polars as pl
except ImportError:
    raise UsageError(
        Words("making a plan needs the library polars", "生成计划需要 polars 库"), install("bulk")
    ) from None

__all__ = ["pl"]

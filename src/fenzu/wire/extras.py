"""How to install what fenzu can do without: the extras of its package, in words. fenzu is no package of an index yet."""

from typing import Literal, TypeAlias

from fenzu.wire.words import Words

Extra: TypeAlias = Literal["bulk", "console", "otel", "pace", "postgres", "queue", "redis", "tls"]


def install(extra: Extra) -> Words:
    """Return what to do where the libraries of an extra are missing."""
    return Words(
        f"in a clone of fenzu: pip install '.[{extra}]'", f"在 fenzu 的克隆目录中：pip install '.[{extra}]'"
    )

"""What is told of an error that nobody has foreseen."""

from fenzu.errors import FenzuError
from fenzu.wire.words import Words

MISTAKE = Words("fenzu has met a mistake of its own", "fenzu 内部出错")
LOOK = Words("the terminal tells where", "详情见终端")


def mistake() -> FenzuError:
    """What is told of an error that is fenzu's own; nothing of it leaves the terminal."""
    return FenzuError(MISTAKE, LOOK)

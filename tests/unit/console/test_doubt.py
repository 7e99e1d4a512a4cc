"""Whether a mirror may be taken for true."""

from fenzu.console.doubt import Doubt
from fenzu.wire.words import Words

RESET = Words("emptied", "已清空")


def test_a_sync_settles_the_doubt_of_before() -> None:
    """A sync that began after the doubt ends it."""
    doubt = Doubt()
    doubt.cast(RESET)
    doubt.settle(doubt.times)
    assert doubt.words is None


def test_a_sync_that_began_before_settles_nothing() -> None:
    """A sync that was at work when the sandbox was put back has read what is not there any more."""
    doubt = Doubt()
    times = doubt.times
    doubt.cast(RESET)
    doubt.settle(times)
    assert doubt.words == RESET

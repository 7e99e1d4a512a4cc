"""That the platform does not do what it is asked just now, in words: what is at work tries again. Decides nothing."""

import msgspec

from fenzu.client._events import Answered
from fenzu.wire.errcodes import ERRCODES, Retry
from fenzu.wire.words import Words


class Refused(msgspec.Struct, frozen=True):
    """The platform has refused a call that will be tried again, or has not answered it."""

    errcode: int | None
    """None where no answer came."""
    is_over: bool = False
    """Whether it has done since what it was asked."""


DOES = Refused(0, is_over=True)
"""The platform does what it is asked."""


def refused_by(answered: Answered, before: Refused) -> Refused:
    """Return what is known after an answer; an error that trying again does not mend says nothing of the next call."""
    code = answered.errcode
    if code == 0:
        return before if before.is_over else DOES
    row = None if code is None else ERRCODES.get(code)
    if code is None or (row is not None and row.retry in {Retry.YES, Retry.NEXT_MINUTE}):
        return Refused(code)
    return before


def refused_words(refused: Refused | None) -> Words:
    """Say why nothing goes on, until something does."""
    if refused is None or refused.is_over:
        return Words("", "")
    row = None if refused.errcode is None else ERRCODES.get(refused.errcode)
    if row is None:
        return Words("No answer comes from the platform. It is asked again.", "平台没有应答，正在重试。")
    return Words(
        f"The platform refuses just now: {row.meaning.en} ({refused.errcode}). It is asked again.",
        f"平台暂时拒绝：{row.meaning.zh}（{refused.errcode}），正在重试。",
    )

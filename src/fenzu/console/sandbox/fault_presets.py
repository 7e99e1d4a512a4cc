"""Faults that belong together, under a name: what a program should get through. They are data; nothing is sent."""

from collections.abc import Callable

import msgspec

from fenzu.control import Fault
from fenzu.wire.words import Words

FIVE_MINUTES = 300


class Preset(msgspec.Struct, frozen=True):
    """Some rules, what they are called, and what they are good for; `faults` makes them from the sandbox's time."""

    name: str
    words: Words
    about: Words
    faults: Callable[[float], tuple[Fault, ...]]


def _bad_day(_: float) -> tuple[Fault, ...]:
    return (
        Fault.delay("*", (20, 400), chance=0.1),
        Fault.expired_token("*", nth=40),
        Fault.busy("*", chance=0.03),
        Fault.lost_answer("*", chance=0.01),
        Fault.reset("*", chance=0.01),
        Fault.truncated("*", chance=0.01),
        Fault.text_plain("*", chance=0.05),
    )


def _busy(now: float) -> tuple[Fault, ...]:
    return (Fault.busy("*", until=now + FIVE_MINUTES),)


def _slow(_: float) -> tuple[Fault, ...]:
    return (Fault.delay("*", (500, 2000)),)


def _lost(_: float) -> tuple[Fault, ...]:
    return (Fault.lost_answer("groups.*", chance=0.2),)


PRESETS: tuple[Preset, ...] = (
    Preset(
        "bad-day",
        Words("A bad day", "糟糕的一天"),
        Words("some of everything; a good client gets through", "各种故障都来一点；好的客户端应当应付得了"),
        _bad_day,
    ),
    Preset(
        "busy",
        Words("Busy for five minutes", "系统繁忙五分钟"),
        Words("every call answers -1 for a while", "这段时间内所有调用都返回 -1"),
        _busy,
    ),
    Preset(
        "slow",
        Words("Slow", "响应缓慢"),
        Words("every answer takes half a second to two", "每个应答都要等半秒到两秒"),
        _slow,
    ),
    Preset(
        "lost",
        Words("Lost answers", "应答丢失"),
        Words(
            "one call on groups in five is done, and nobody says so", "五分之一的分组调用已执行，但收不到应答"
        ),
        _lost,
    ),
)

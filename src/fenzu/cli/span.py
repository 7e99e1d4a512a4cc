"""A span of time: as a person writes it (90s, 30m, 12h, 7d), and as one reads it, the same everywhere."""

import re

from fenzu.errors import UsageError
from fenzu.wire.words import Words

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_CHINESE = {"s": "秒", "m": "分", "h": "小时", "d": "天"}
_SPAN = re.compile(r"(\d{1,9})([smhd])")


def seconds_of(text: str) -> float:
    """Return the seconds that a text means."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise UsageError(
            Words("this is no span of time", "时间长度写法有误"),
            Words("write 90s, 30m, 12h or 7d", "请写成 90s、30m、12h 或 7d"),
        )
    return float(int(found[1]) * _UNITS[found[2]])


def span(seconds: float) -> Words:
    """Write a span in its two largest units: 2d 3h, 5m 10s."""
    left, parts = max(int(seconds), 0), list[tuple[int, str]]()
    for unit in ("d", "h", "m", "s"):
        n, left = divmod(left, _UNITS[unit])
        if n or (unit == "s" and not parts):
            parts.append((n, unit))
    shown = parts[:2]
    return Words(
        " ".join(f"{n}{unit}" for n, unit in shown), " ".join(f"{n} {_CHINESE[unit]}" for n, unit in shown)
    )

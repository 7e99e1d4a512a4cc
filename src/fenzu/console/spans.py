"""How long something takes or has been, in words that a person would use."""

from fenzu.wire.words import Words

MINUTE, HOUR, DAY = 60, 3600, 86400


def span(seconds: float) -> Words:
    """Return a length of time by its two largest units."""
    whole = int(abs(seconds))
    if whole < MINUTE:
        return Words(f"{whole} s", f"{whole} 秒")
    if whole < HOUR:
        minutes = whole // MINUTE
        return Words(f"{minutes} min", f"{minutes} 分钟")
    if whole < DAY:
        hours, minutes = whole // HOUR, whole % HOUR // MINUTE
        return _two(Words(f"{hours} h", f"{hours} 小时"), minutes, Words("min", "分钟"))
    days, hours = whole // DAY, whole % DAY // HOUR
    return _two(Words(f"{days} d", f"{days} 天"), hours, Words("h", "小时"))


def _two(first: Words, number: int, unit: Words) -> Words:
    if not number:
        return first
    return Words(f"{first.en} {number} {unit.en}", f"{first.zh} {number} {unit.zh}")

"""Moments and lengths of time as a person reads them."""

import datetime as dt

from fenzu.wire.words import Words

MINUTE, HOUR, DAY = 60, 3600, 86400


def day(at: float) -> str:
    """Return a date of this machine's."""
    return _local(at).strftime("%Y-%m-%d")


def moment(at: float) -> str:
    """Return a date and time of this machine's, with its time zone; as it is, where no calendar has it."""
    try:
        local = _local(at)
    except (ValueError, OverflowError, OSError):  # a sandbox's clock goes anywhere
        return str(at)
    return f"{local:%Y-%m-%d %H:%M:%S} {zone(local)}"


def clock_time(at: float) -> str:
    """Return a time of this machine's, with its time zone."""
    local = _local(at)
    return f"{local:%H:%M:%S} {zone(local)}"


def zone(local: dt.datetime) -> str:
    """Return how far a time is from that of Greenwich: `UTC+8`."""
    minutes = int((local.utcoffset() or dt.timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def beijing(moment: float | dt.datetime) -> str:
    """Return a moment of the sandbox's clock as a date in Beijing; as it is, where no calendar has it."""
    try:
        if not isinstance(moment, dt.datetime):
            moment = dt.datetime.fromtimestamp(moment, dt.UTC)
        return moment.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):  # a rule may have been set by another program
        return str(moment)


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


def _local(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC).astimezone()

"""Fault rules, and what one did to a request, in words for the page. Knows no sandbox."""

from fenzu.console.times import beijing
from fenzu.control import Fault
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.faults import EFFECTS
from fenzu.wire.words import Words

ALL = Words("all calls", "全部调用")
ALWAYS = Words("every time", "每次")
BUSY = -1


def whom(call: str) -> Words:
    """Say which calls a rule is about."""
    return ALL if call == "*" else Words(call, call)


def what(fault: Fault) -> Words:
    """Say what becomes of a call."""
    parts: list[Words] = []
    if fault.delay_ms is not None:
        low, high = (fault.delay_ms,) * 2 if isinstance(fault.delay_ms, int) else fault.delay_ms
        parts.append(_late(f"{low}" if low == high else f"{low}–{high}"))
    if fault.effect is not None:
        parts.append(EFFECTS[fault.effect])
    if fault.errcode is not None:
        parts.append(answers(fault.errcode))
    return _listed(parts)


def when(fault: Fault) -> Words:
    """Say which of these calls are struck."""
    parts: list[Words] = []
    if fault.chance is not None:
        percent = f"{100 * fault.chance:.3g}"
        parts.append(Words(f"{percent} % of them", f"概率 {percent}%"))
    if fault.every is not None:
        parts.append(Words(f"one in {fault.every}", f"每 {fault.every} 次一次"))
    if fault.nth is not None:
        numbers = ", ".join(map(str, (fault.nth,) if isinstance(fault.nth, int) else fault.nth))
        parts.append(Words(f"number {numbers}", f"第 {numbers} 次"))
    if fault.times is not None:
        parts.append(Words(f"{fault.times} times at most", f"最多 {fault.times} 次"))
    for moment, english, chinese in ((fault.since, "from {}", "{} 起"), (fault.until, "until {}", "至 {}")):
        if moment is not None:
            told = beijing(moment)
            parts.append(Words(english.format(told), chinese.format(told)))
    return _listed(parts) if parts else ALWAYS


def struck(told: str | None) -> Words | None:
    """Translate what the log says that a fault did: `delay 100 ms, errcode -1`, `lost_answer`."""
    if not told:
        return None
    return _listed([_translated(part) for part in told.split(", ")])


def answers(errcode: int) -> Words:
    """Say with which code a call is answered."""
    if errcode == BUSY:
        return Words("the platform is busy (-1)", "系统繁忙（-1）")
    row = ERRCODES.get(errcode)
    if row is None:
        return Words(f"answers {errcode}", f"返回 {errcode}")
    return Words(f"answers {errcode}: {row.meaning.en}", f"返回 {errcode}：{row.meaning.zh}")


def _translated(part: str) -> Words:
    kind, _, rest = part.partition(" ")
    if kind == "delay":
        return _late(rest.removesuffix(" ms"))
    if kind == "errcode":
        return Words(part, f"错误码 {rest}")
    return EFFECTS.get(part, Words(part, part))


def _late(span: str) -> Words:
    return Words(f"{span} ms late", f"延迟 {span} 毫秒")


def _listed(parts: list[Words]) -> Words:
    return Words(", ".join(part.en for part in parts), "，".join(part.zh for part in parts))

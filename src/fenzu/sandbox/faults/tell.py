"""Fault rules in words, a line each, for whoever starts a sandbox that fails on purpose."""

from fenzu.sandbox.faults.asked import FaultRule, FaultRules
from fenzu.wire.faults import EFFECTS
from fenzu.wire.words import Language, Words

TITLE = Words(
    "Hostile, seed {seed}: calls go wrong on purpose, the same way again for the same seed and calls.",
    "故障模式，种子 {seed}：调用会按规则出错，种子和调用相同则故障相同。",
)
CONTROL = Words(
    "GET {url}/faults tells what has struck, DELETE ends it.",
    "GET {url}/faults 查看命中次数，DELETE 可结束。",
)
ALL = Words("all calls", "全部调用")


def tell_all(rules: FaultRules, language: Language, control_url: str) -> str:
    """Return the lines: what it is, each rule, and how it ends."""
    lines = [TITLE.say(language).format(seed=rules.seed)]
    lines += [f"  {tell(rule).say(language)}" for rule in rules.rules]
    return "\n".join([*lines, CONTROL.say(language).format(url=control_url), ""])


def tell(rule: FaultRule) -> Words:
    """Return one rule in words: which calls, what becomes of them, how often."""
    call = ALL if rule.call == "*" else Words(rule.call, rule.call)
    parts = [*_what(rule), *_when(rule)]
    return Words(
        f"{call.en}: {', '.join(part.en for part in parts)}",
        f"{call.zh}：{'，'.join(part.zh for part in parts)}",
    )


def _what(rule: FaultRule) -> list[Words]:
    parts = []
    if rule.delay_ms is not None:
        low, high = (rule.delay_ms,) * 2 if isinstance(rule.delay_ms, int) else rule.delay_ms
        span = f"{low}" if low == high else f"{low}–{high}"
        parts.append(Words(f"{span} ms late", f"延迟 {span} 毫秒"))
    if rule.effect is not None:
        parts.append(EFFECTS[rule.effect])
    elif rule.errcode is not None:
        parts.append(Words("not done", "未执行"))
    if rule.errcode is not None:
        parts.append(Words(f"errcode {rule.errcode}", f"错误码 {rule.errcode}"))
    return parts


def _when(rule: FaultRule) -> list[Words]:
    parts = []
    if rule.chance is not None:
        percent = f"{100 * rule.chance:.3g}"
        parts.append(Words(f"{percent} % of the calls", f"概率 {percent}%"))
    if rule.every is not None:
        parts.append(Words(f"one call in {rule.every}", f"每 {rule.every} 次调用一次"))
    if rule.nth is not None:
        numbers = [rule.nth] if isinstance(rule.nth, int) else rule.nth
        told = ", ".join(map(str, numbers))
        parts.append(Words(f"calls number {told}", f"第 {told} 次调用"))
    if rule.times is not None:
        parts.append(Words(f"{rule.times} times at most", f"最多 {rule.times} 次"))
    return parts

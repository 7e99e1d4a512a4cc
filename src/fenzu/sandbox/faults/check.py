"""From a fault rule as it was asked for to one that can be judged by; what makes no sense is refused by its field."""

from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from math import inf
from typing import NamedTuple

from fenzu.errors import UsageError
from fenzu.sandbox.clock import LATEST
from fenzu.sandbox.faults.asked import Effect, FaultRule, FaultRules, Moment
from fenzu.wire.endpoints import ENDPOINTS, Endpoint
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.words import Words

MOST_RULES = 100
MOST_NTH = 1_000
LONGEST_DELAY_MS = 600_000
LONGEST_CALL = 100
LONGEST_MESSAGE = 1_000
CALLS_BELOW = "/cgi-bin/"

VISIBLE: frozenset[Effect] = frozenset({"truncate", "text_plain"})
"""Effects that let a code through to the client, or some of it."""
TOKEN_ENDS = (42001, 40001)
"""What a token that ends early may answer; the first unless another is given."""


class Rule(NamedTuple):
    """A rule whose every part makes sense."""

    asked: FaultRule
    calls: frozenset[str]
    """The names of the calls that it matches."""
    delay: tuple[float, float]
    """Seconds, from and to."""
    nth: frozenset[int]
    begins: float
    ends: float

    @property
    def errcode(self) -> int | None:
        """The code that is answered, if one is."""
        if self.asked.effect == "expire_token" and self.asked.errcode is None:
            return TOKEN_ENDS[0]
        return self.asked.errcode

    @property
    def has_outcome(self) -> bool:
        """Whether it does more than delay: of several such rules one strikes."""
        return self.asked.effect is not None or self.asked.errcode is not None

    @property
    def draws(self) -> bool:
        """Whether chance has a say."""
        return self.asked.chance is not None or self.delay[0] != self.delay[1]

    def is_turn(self, met: int) -> bool:
        """Whether it may strike the `met`-th call that it meets."""
        if self.nth:
            return met in self.nth
        return self.asked.every is None or met % self.asked.every == 0


def check_all(asked: FaultRules) -> tuple[Rule, ...]:
    """Return the rules, or raise UsageError for the first that makes no sense."""
    if len(asked.rules) > MOST_RULES:
        raise _refuse("rules", f"at most {MOST_RULES} rules", f"最多 {MOST_RULES} 条规则")
    return tuple(check(rule, f"rules[{index}]") for index, rule in enumerate(asked.rules))


def check(rule: FaultRule, where: str) -> Rule:
    """Return the rule, or raise UsageError that names the field below `where`."""
    _check_what(rule, where)
    _check_when(rule, where)
    begins = _read_moment(rule.from_, -inf, f"{where}.from")
    ends = _read_moment(rule.until, inf, f"{where}.until")
    if begins >= ends:
        raise _refuse(f"{where}.until", "it has to be later than `from`", "须晚于 from")
    return Rule(
        rule,
        _match(rule, where),
        _read_delay(rule.delay_ms, f"{where}.delay_ms"),
        _read_nth(rule.nth, f"{where}.nth"),
        begins,
        ends,
    )


def _check_what(rule: FaultRule, where: str) -> None:
    if rule.errcode is None and rule.delay_ms is None and rule.effect is None:
        raise _refuse(where, "give errcode, delay_ms or effect", "请给出 errcode、delay_ms 或 effect")
    if rule.errcode is not None and (rule.errcode == 0 or rule.errcode not in ERRCODES):
        raise _refuse(
            f"{where}.errcode",
            f"{rule.errcode} is no code that the platform is known to answer; `fenzu errors` lists them",
            f"{rule.errcode} 不是已知的错误码，用 fenzu errors 查看",
        )
    if rule.message is not None and rule.errcode is None and rule.effect != "expire_token":
        raise _refuse(f"{where}.message", "it belongs to an errcode", "须与 errcode 一起使用")
    if rule.message is not None and len(rule.message) > LONGEST_MESSAGE:
        raise _refuse(
            f"{where}.message",
            f"at most {LONGEST_MESSAGE:,} characters",
            f"最多 {LONGEST_MESSAGE:,} 个字符",
        )
    _check_pair(rule, where)


def _check_pair(rule: FaultRule, where: str) -> None:
    """Refuse a code where the effect would hide it, and one that no token that ends answers."""
    if rule.errcode is None or rule.effect is None or rule.effect in VISIBLE:
        return
    if rule.effect != "expire_token":
        raise _refuse(
            f"{where}.effect",
            f"with {rule.effect} nobody sees an errcode; leave one of the two out",
            f"{rule.effect} 时看不到 errcode，二者只能留一个",
        )
    if rule.errcode not in TOKEN_ENDS:
        raise _refuse(
            f"{where}.errcode",
            "a token that ends answers 42001 or 40001",
            "token 失效只能应答 42001 或 40001",
        )


def _check_when(rule: FaultRule, where: str) -> None:
    if rule.chance is not None and not 0 <= rule.chance <= 1:
        raise _refuse(f"{where}.chance", "it is a number from 0 to 1", "须为 0 到 1 的数")
    if rule.nth is not None and rule.every is not None:
        raise _refuse(f"{where}.every", "give either nth or every", "nth 和 every 只能给一个")
    for name, value in (("every", rule.every), ("times", rule.times)):
        if value is not None and value < 1:
            raise _refuse(f"{where}.{name}", "it is a number from 1 on", "须为不小于 1 的整数")


def _match(rule: FaultRule, where: str) -> frozenset[str]:
    """Return the calls that the pattern means and that the effect can be about."""
    fits = len(rule.call) <= LONGEST_CALL
    meant = [endpoint for endpoint in ENDPOINTS.values() if fits and _is_meant(endpoint, rule.call)]
    if not meant:
        raise _refuse(
            f"{where}.call",
            "no call is like that; give a path below /cgi-bin/ or a name, * stands for anything: groups/*",
            "没有这样的调用；请给出 /cgi-bin/ 之后的路径或名称，* 代表任意字符，例如 groups/*",
        )
    suited = frozenset(endpoint.name for endpoint in meant if _suits(endpoint, rule.effect))
    if not suited:
        raise _refuse(
            f"{where}.effect",
            f"{rule.effect} is about {'reads' if rule.effect == 'stale' else 'calls with a token'}",
            f"{rule.effect} 只适用于{'读取类' if rule.effect == 'stale' else '带 token 的'}调用",
        )
    return suited


def _is_meant(endpoint: Endpoint, pattern: str) -> bool:
    return fnmatchcase(endpoint.name, pattern) or fnmatchcase(
        endpoint.path.removeprefix(CALLS_BELOW), pattern
    )


def _suits(endpoint: Endpoint, effect: Effect | None) -> bool:
    if effect == "stale":
        return endpoint.reads and endpoint.takes_token
    return endpoint.takes_token or effect != "expire_token"


def _read_moment(moment: Moment | None, default: float, where: str) -> float:
    if moment is None:
        return default
    if not isinstance(moment, datetime):
        return _check_seconds(moment, where)
    if moment.tzinfo is None:
        raise _refuse(
            where,
            "a date needs its offset: 2026-01-31T09:00:00+08:00",
            "日期须带时区，例如 2026-01-31T09:00:00+08:00",
        )
    return _check_seconds(moment.timestamp(), where)


def _check_seconds(moment: float, where: str) -> float:
    """Refuse a moment that the clock never shows: it has no date that could be told."""
    if not 0 <= moment <= LATEST:
        raise _refuse(
            where,
            "Unix seconds from 1970 to the year 9999, or a date with its offset",
            "须为 1970 年到 9999 年之间的 Unix 秒数，或带时区的日期",
        )
    return moment


def _read_delay(asked: int | tuple[int, int] | None, where: str) -> tuple[float, float]:
    if asked is None:
        return 0.0, 0.0
    low, high = (asked, asked) if isinstance(asked, int) else asked
    if not 0 <= low <= high <= LONGEST_DELAY_MS or high == 0:
        raise _refuse(
            where,
            f"milliseconds from 1 to {LONGEST_DELAY_MS:,}, or two of them, the smaller one first",
            f"须为 1 到 {LONGEST_DELAY_MS:,} 毫秒，或由小到大的两个值",
        )
    return low / 1000, high / 1000


def _read_nth(asked: int | list[int] | None, where: str) -> frozenset[int]:
    if asked is None:
        return frozenset()
    wanted: Iterable[int] = [asked] if isinstance(asked, int) else asked
    nth = frozenset(wanted)
    if not 1 <= len(nth) <= MOST_NTH or min(nth) < 1:
        raise _refuse(
            where,
            f"numbers from 1 on, {MOST_NTH:,} of them at most",
            f"须为不小于 1 的整数，最多 {MOST_NTH:,} 个",
        )
    return nth


def _refuse(where: str, en: str, zh: str) -> UsageError:
    return UsageError(Words(f"{where}: {en}", f"{where}：{zh}"))

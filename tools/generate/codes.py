"""docs/reference/codes.md: why a call answers a code, from `fenzu.wire.causes`, and how to order it."""

import json
from collections.abc import Sequence

from fenzu.wire import ENDPOINTS, ERRCODES, Words
from fenzu.wire.causes import (
    ALL,
    BY_ORDER_ONLY,
    CAUSES,
    GETS,
    POSTS,
    STORED,
    TOKEN_CALLS,
    WITH_TOKEN,
    Cause,
)
from fenzu.wire.limits import DAILY
from fenzu.wire.states import STATES, AccountState, Check
from tools.generate.markdown import both, code, page, table

INTRODUCTION = """
Each code that these calls can answer, with what brings it about in the sandbox: at which calls, how well that is known
(the [marks](fidelity.md#marks)), and the fault that brings it without a cause. Every row is brought about on each
change, at each of its calls and under each of its rulebooks, by `tests/unit/sandbox/test_codes.py`; so is every order.
What the codes mean and what to do stands on the [errors page](errors.md).

每个错误码在沙箱里的真实起因、涉及的接口、依据，以及不靠起因直接下令的办法；中文在英文之下。
"""

ORDER = """
A code can also be ordered, at any call and whatever the request: put its rule into the `rules` of
`PUT /accounts/{appid}/faults`, as it stands below or with `chance`, `nth`, `until` and the like. `call` is a call's
name or path, or a pattern: `*`, `tags.*`, `groups/members/*`. All conditions, and what else can go wrong, stand in
[Test a bad day of the platform](../howto/test-faults.md).
"""

CHECKS = {
    Check.HTTPS: Words("every call by plain HTTP", "所有明文 HTTP 的调用"),
    Check.EVERYTHING: Words("every call", "所有接口"),
    Check.ACCOUNT: Words("every call with a token", "所有带 token 的接口"),
    Check.ESCAPES: Words("calls whose body holds `\\uXXXX`", "包体含 `\\uXXXX` 的调用"),
    Check.CREDENTIALS: Words("the token calls", "获取 token 的接口"),
    Check.ADDRESS: Words(
        "the token calls, from an address that is not on the whitelist", "不在白名单的 IP 获取 token"
    ),
}

GROUPS: tuple[tuple[Words, Sequence[str]], ...] = (
    (Words("every call", "所有接口"), ALL),
    (Words("every call with a token", "所有带 token 的接口"), WITH_TOKEN),
    (Words("both token calls", "两个获取 token 的接口"), TOKEN_CALLS),
    (Words("every POST call", "所有 POST 接口"), POSTS),
    (Words("every GET call", "所有 GET 接口"), GETS),
    (Words("every call that is counted", "所有计次数的接口"), tuple(DAILY)),
    (Words("every call that uses the store", "所有读写存储的接口"), STORED),
)
FEW = 4
"""So many exceptions are named rather than the calls themselves."""


def codes_page() -> str:
    """Return the page: states, causes, and what can only be ordered."""
    return page(
        "Codes and their causes",
        "`src/fenzu/wire/causes.py` and `states.py`",
        INTRODUCTION,
        "## By order",
        ORDER,
        "## By cause",
        _causes(),
        "## States of an account",
        STATE_WORDS,
        _states(),
        "## By order only",
        _ordered(),
    )


STATE_WORDS = """
An account is `active` until it is put into a state, when it is made (`"state": "frozen"`) or while it runs
(`PATCH /accounts/{appid}`, `control.accounts.change(appid, state="frozen")`). Tokens that it has stay as they are.
"""


def _causes() -> str:
    return table(["code", "text", "cause", "calls", "marks", "by order"], (_row(cause) for cause in CAUSES))


def _row(cause: Cause) -> list[str]:
    rules = f" (rulebook {cause.rules})" if cause.rules else ""
    zh = f"（规则 {cause.rules}）" if cause.rules else ""
    return [
        str(cause.code),
        code(ERRCODES[cause.code].message),
        both(Words(cause.what.en + rules, cause.what.zh + zh)),
        both(name_calls(cause.calls)),
        " ".join(cause.marks),
        _order(cause),
    ]


def _order(cause: Cause) -> str:
    """Return the rule that brings the code: at the one call that it is for, else at any."""
    call = cause.calls[0] if len(cause.calls) == 1 else "*"
    return code(json.dumps({"call": call, "errcode": cause.code}, separators=(",", ":")))


def name_calls(calls: Sequence[str]) -> Words:
    """Return words for a set of calls: a group, a group but for a few, or their names."""
    names = ", ".join(calls)
    if len(calls) <= FEW:
        return Words(names, names)
    for words, members in sorted(GROUPS, key=lambda group: len(group[1]) != len(calls)):
        missing = [name for name in members if name not in calls]
        if set(calls) <= set(members) and len(missing) <= FEW < len(calls):
            but = ", ".join(missing)
            return Words(
                f"{words.en} but {but}" if but else words.en, f"{words.zh}，除 {but}" if but else words.zh
            )
    return Words(names, names)


def _states() -> str:
    rows = (
        [code(state.name), both(state.how), _answers(state), both(CHECKS[state.check]), state.mark]
        for state in STATES.values()
    )
    return table(["state", "what", "code", "who is refused", "marks"], rows)


def _answers(state: AccountState) -> str:
    others = ", ".join(f"{name} {number}" for name, number in state.others)
    return f"{state.code} ({others})" if others else str(state.code)


def _ordered() -> str:
    def where(number: int) -> str:
        return ", ".join(name for name, row in ENDPOINTS.items() if number in row.codes)

    rows = (
        [str(number), code(ERRCODES[number].message), both(why), where(number)]
        for number, why in BY_ORDER_ONLY.items()
    )
    return table(["code", "text", "why it has no cause here", "calls"], rows)

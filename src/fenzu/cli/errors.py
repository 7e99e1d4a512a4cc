"""`fenzu errors`: what the platform's codes mean, and what to do about them; in both languages, without an account."""

from collections.abc import Sequence

import msgspec

from fenzu.cli.command import argument, command
from fenzu.cli.io import Column, Streams
from fenzu.cli.on_account import JSON, streams_of
from fenzu.errors import UsageError, class_of
from fenzu.wire.causes import CAUSES
from fenzu.wire.errcodes import ERRCODES, ErrCode
from fenzu.wire.words import Language, Words

CODE = Column(Words("code", "错误码"), right=True, style="cyan")
MESSAGE = Column(Words("message", "平台原文"))
SANDBOX = Words("Causes in the sandbox:", "沙箱中的起因：")
CAUSE = Words("  - {what}: {calls}", "  - {what}：{calls}")
FAULT = Words("a fault, at any call: {rule}", "在任意接口设故障：{rule}")
FEW = 4
"""So many calls are named; more are counted."""


@command(
    None,
    "errors",
    words=Words("explain the platform's error codes", "解释平台错误码"),
    details=Words("Without a code: all of them.", "不给错误码则列出全部。"),
    examples=("fenzu errors 45009", "fenzu errors -1", "fenzu errors | grep openid"),
    context_settings={"ignore_unknown_options": True},  # -1 is a code
)
@argument("code", required=False, words=Words("the errcode of an answer", "应答中的 errcode"))
@JSON
def errors(code: str | None, as_json: bool) -> None:
    """Explain one code, or list all."""
    streams = streams_of(as_json=as_json)
    rows = list(ERRCODES.values()) if code is None else [find(code)]
    if as_json:
        values = [in_our_names(row) for row in rows]
        streams.json(values if code is None else values[0])
    elif code is not None and streams.drawn:
        explain(streams, rows[0])
    elif streams.drawn:
        title = Words("meaning", "含义")
        streams.rows(
            (CODE, MESSAGE, Column(title)),
            [(str(r.code), r.message, r.meaning.say(streams.language)) for r in rows],
        )
    else:
        streams.rows((), [cells(row) for row in rows])


def find(code: str) -> ErrCode:
    """Return the row of a code, or raise an error for one that is not known."""
    try:
        row = ERRCODES.get(int(code))
    except ValueError:
        raise UsageError(
            Words("a code is a number", "错误码是数字"), Words("give it as 40003", "请写成 40003")
        ) from None
    if row is None:
        raise UsageError(
            Words(f"fenzu does not know the code {int(code)}", f"fenzu 不认识错误码 {int(code)}"),
            Words(
                "look it up in the platform's pages; `fenzu errors` lists those it knows",
                "到平台文档中查；`fenzu errors` 列出已知的",
            ),
        )
    return row


def cells(row: ErrCode) -> tuple[str, ...]:
    """Return a code's row for a pipe: both languages."""
    words = (row.meaning.en, row.meaning.zh, row.advice.en, row.advice.zh)
    return str(row.code), row.message, row.family.value, row.retry.value, *words


def in_our_names(row: ErrCode) -> dict[str, object]:
    """Return a code's row for JSON."""
    return {
        "code": row.code,
        "message": row.message,
        "family": row.family,
        "class": class_of(row.code).__name__ if row.code else None,
        "retry": row.retry,
        "meaning": row.meaning,
        "advice": row.advice,
        "causes": [
            {"what": cause.what, "calls": cause.calls, "rules": cause.rules, "evidence": cause.marks}
            for cause in CAUSES
            if cause.code == row.code
        ],
    }


def explain(streams: Streams, row: ErrCode) -> None:
    """Explain one code to a person, in both languages, the reader's own first."""
    streams.raw(f"{row.code}  {row.message}")
    own: Language = streams.language
    other: Language = "en" if own == "zh" else "zh"
    for language in (own, other):
        streams.raw(f"  {row.meaning.say(language)}")
        streams.raw(f"  → {row.advice.say(language)}")
    name = class_of(row.code).__name__ if row.code else "-"
    streams.raw(f"  Python: fenzu.errors.{name} · retry: {row.retry.value}")
    if row.code:
        _tell_causes(streams, row.code)


def _tell_causes(streams: Streams, code: int) -> None:
    """Tell how the sandbox can be brought to answer the code."""
    own = streams.language
    streams.raw(f"  {SANDBOX.say(own)}")
    for cause in CAUSES:
        if cause.code == code:
            rules = f" (--rules {cause.rules})" if cause.rules else ""
            calls = _name_calls(cause.calls).say(own)
            streams.raw(CAUSE.say(own).format(what=cause.what.say(own) + rules, calls=calls))
    rule = msgspec.json.encode({"call": "*", "errcode": code}).decode()
    streams.raw(f"  - {FAULT.say(own).format(rule=rule)}")


def _name_calls(calls: Sequence[str]) -> Words:
    if len(calls) <= FEW:
        return Words(", ".join(calls), "、".join(calls))
    return Words(f"{len(calls)} calls", f"{len(calls)} 个接口")

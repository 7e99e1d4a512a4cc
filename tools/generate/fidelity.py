"""docs/reference/fidelity.md: the evidence, from `fenzu.wire`; what is answered today, from the sandbox."""

from collections.abc import Sequence

from fenzu.sandbox.handlers import HANDLERS
from fenzu.wire import ENDPOINTS, ERRCODES, Mark
from fenzu.wire.arrangements import ARRANGEMENTS
from fenzu.wire.behaviours import TOPICS, Behaviour, Topic
from fenzu.wire.causes import ALL, CAUSES
from fenzu.wire.evidence import MEANING
from fenzu.wire.limits import DAILY
from fenzu.wire.rulebooks import POINTS
from tools.generate.codes import name_calls
from tools.generate.markdown import both, code, page, table

INTRODUCTION = """
What is known of the platform, and how well; so that nobody takes a guess for a fact. The sandbox behaves so where the
column *sandbox* says yes: by rulebook `2013`, or with `--rules 2021` by the other column of *Two rulebooks*. Every yes,
and every point of the rulebooks, is looked at on each change by `tests/docs/test_fidelity.py`.

每条行为都注明依据；中文在英文之下。*sandbox* 一栏：yes 为沙箱已经做到，not yet 为尚未做到。
"""


ANSWERED = {cause.code for cause in CAUSES}
"""The codes that something in the sandbox brings about."""


def fidelity_page() -> str:
    """Return the page: marks, rulebooks, behaviours, calls, quotas, codes."""
    return page(
        "Fidelity",
        "`src/fenzu/wire/` and the sandbox's handlers",
        INTRODUCTION,
        _marks(),
        _calls(),
        _rulebooks(),
        *(_topic(topic) for topic in (*TOPICS, *ARRANGEMENTS)),
        _quotas(),
        _codes(),
    )


def _marks() -> str:
    return "## Marks\n\n" + table(["mark", "evidence"], ([_join((m,)), both(w)] for m, w in MEANING.items()))


def _rulebooks() -> str:
    rows = (
        [both(p.what), both(p.in_2013), _join(p.marks_2013), both(p.in_2021), _join(p.marks_2021)]
        for p in POINTS
    )
    return "## Two rulebooks\n\n" + table(["point", "2013", "marks", "2021", "marks"], rows)


def _topic(topic: Topic) -> str:
    rows = (
        [both(row.what), both(name_calls(row.calls or ALL)), both(row.how), _join(row.marks), state(row)]
        for row in topic.rows
    )
    return f"## {topic.title.en} · {topic.title.zh}\n\n" + table(
        ["what", "calls", "how", "marks", "sandbox"], rows
    )


def _calls() -> str:
    rows = (
        [
            f"[{e.name}](endpoints.md#{e.name.replace('.', '')})",
            code(e.path),
            _join(e.marks),
            str(e.since),
            _word(e.name),
        ]
        for e in ENDPOINTS.values()
    )
    return f"## Calls\n\n{CALLS}\n\n" + table(["call", "path", "marks", "since", "sandbox"], rows)


CALLS = "A call that is not built yet answers like an unknown path. No rulebook changes which calls exist."


def _quotas() -> str:
    rows = (
        [name, f"{q.ordinary:,}", _join((q.mark,)), f"{q.test:,}", _join((q.test_mark,))]
        for name, q in DAILY.items()
    )
    counted = (
        "The sandbox counts them, and `openapi/quota/get` tells them; enforced quotas refuse the next one."
    )
    heads = ["call", "account", "mark", "test account", "mark"]
    return f"## Calls a day\n\n{counted}\n\n" + table(heads, rows)


SHOWN = """
The sandbox answers each of them for a real cause, and any of them by order: [Codes and their causes](codes.md) tells
both. Their texts and meanings stand on the [errors page](errors.md).
"""


def _codes() -> str:
    seen = [str(row.code) for row in ERRCODES.values() if row.seen]
    unseen = [str(row.code) for row in ERRCODES.values() if row.code and not row.seen]
    return (
        "## Codes\n\n"
        f"Seen in a real answer that somebody posted, text included (W): {', '.join(seen)}.\n\n"
        f"Known from the platform's pages only (D): {', '.join(unseen)}.\n\n"
        f"{SHOWN}"
    )


def state(row: Behaviour) -> str:
    """Return whether the sandbox does so today: if it knows one of the calls, and one of the codes, that show it."""
    is_called = not row.calls or any(call in HANDLERS for call in row.calls)
    is_answered = not row.codes or any(code in ANSWERED for code in row.codes)
    return "yes" if is_called and is_answered else "not yet"


def _word(call: str) -> str:
    return "yes" if call in HANDLERS else "not yet"


def _join(marks: Sequence[Mark]) -> str:
    return " ".join(marks)

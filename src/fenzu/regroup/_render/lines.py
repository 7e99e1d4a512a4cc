"""A plan as lines of cells for programs: the first cell tells what a line is, numbers are digits alone."""

from collections.abc import Iterator

from fenzu.regroup._render.view import View
from fenzu.wire.words import Language


def lines(view: View, language: Language) -> Iterator[tuple[str, ...]]:
    """Yield the lines; only what is said to a person is in the reader's language."""
    yield from _sums(view)
    yield from _groups(view)
    for flow in view.flows:
        source, target = view.name_before(flow.source), view.name_after(flow.target)
        yield "move", str(flow.source), source, str(flow.target), target, str(flow.followers)
    for each in view.cost.of if view.cost else ():
        yield "cost", each.call, str(each.calls), str(each.today), str(each.a_day)
    for kind, n in view.header.problems.items():
        yield "odd", kind, str(n)
    for finding in view.findings:
        yield "finding", finding.kind, str(finding.followers), finding.words.say(language)
    for note in view.notes:
        yield "note", note.say(language)


def _sums(view: View) -> Iterator[tuple[str, str]]:
    header, cost = view.header, view.cost
    yield "followers", str(header.followers)
    yield "wishes", str(header.wishes)
    yield "unchanged", str(header.unchanged)
    yield "along", str(header.along)
    yield "moves", str(view.moves)
    yield "calls", str(view.calls)
    if cost is not None:
        yield "today", str(cost.today)
        yield "days", str(cost.days)
        yield "ends_on", cost.ends_on.isoformat()
    yield "digest", header.digest


def _groups(view: View) -> Iterator[tuple[str, ...]]:
    for traffic in view.traffic():
        if traffic.group_id < 0:
            yield "create", str(traffic.group_id), traffic.name, str(traffic.join)
    for rename in view.renames:
        yield "rename", str(rename.group_id), rename.old, rename.new
    for delete in view.deletes:
        yield "delete", str(delete.group_id), delete.name

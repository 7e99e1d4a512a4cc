"""A plan as one JSON value, in names that stay: for programs and for whoever compares two plans."""

import msgspec

from fenzu.regroup._render.view import View
from fenzu.wire.words import Language


def as_value(view: View, language: Language) -> dict[str, object]:
    """Return the value; only what is said to a person is in the reader's language."""
    header = msgspec.to_builtins(view.header)
    return {
        **header,
        "moves": view.moves,
        "calls": view.calls,
        "batches": view.batches,
        "creates": [
            {"slot": traffic.group_id, "name": traffic.name, "followers": traffic.join}
            for traffic in view.traffic()
            if traffic.group_id < 0
        ],
        "renames": msgspec.to_builtins(view.renames),
        "deletes": msgspec.to_builtins(view.deletes),
        "flows": [
            {
                "source": flow.source,
                "source_name": view.name_before(flow.source),
                "target": flow.target,
                "target_name": view.name_after(flow.target),
                "followers": flow.followers,
            }
            for flow in view.flows
        ],
        "cost": _cost(view),
        "findings": [
            {
                "kind": finding.kind,
                "followers": finding.followers,
                "message": finding.words.say(language),
            }
            for finding in view.findings
        ],
        "notes": [note.say(language) for note in view.notes],
    }


def _cost(view: View) -> dict[str, object] | None:
    cost = view.cost
    if cost is None:
        return None
    return {
        "calls": cost.calls,
        "today": cost.today,
        "days": cost.days,
        "ends_on": cost.ends_on.isoformat(),
        "of": msgspec.to_builtins(cost.of),
    }

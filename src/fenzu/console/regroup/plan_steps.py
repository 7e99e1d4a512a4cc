"""What is told while a plan is made: its steps in words, and where to go on. Knows no page."""

import msgspec

from fenzu.console.account.jobs import Board
from fenzu.wire.words import Language, Words

BEGINNING, COMPARING, SAVING = (
    Words("Beginning", "正在开始"),
    Words("Comparing with who is in which group", "正在与现有分组比较"),
    Words("Writing the plan", "正在写出计划"),
)


class Step(msgspec.Struct, frozen=True):
    """What is done just now."""

    title: Words


class PlannedAt(msgspec.Struct, frozen=True):
    """The last event: where to go on, to the plan or to what keeps it from being made."""

    address: str


def tell(board: Board, language: Language) -> dict[str, object]:
    """Say what is done just now."""
    step, planned = board.heard(Step), board.heard(PlannedAt)
    told: dict[str, object] = {"title": (BEGINNING if step is None else step.title).say(language)}
    if planned is not None:
        told["go"] = planned.address
    return told

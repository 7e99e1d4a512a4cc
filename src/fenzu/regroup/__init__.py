"""The bulk engine: from who belongs where to a reviewed plan, applied within quota, resumable, undoable.

These functions wait; those of `fenzu.regroup.aio` have the same names and parameters and are awaited. Names are loaded
when they are first used.
"""

TYPE_CHECKING = False  # as in `fenzu`: importing it would cost more than all the rest
if TYPE_CHECKING:
    from fenzu.regroup import aio
    from fenzu.regroup._blocking import apply, finish, open_run, plan, report, save, undo, verify
    from fenzu.regroup._books.opening import OpenRun
    from fenzu.regroup._planned import Planned
    from fenzu.regroup._planning.cost import CallCost, Cost
    from fenzu.regroup._running.events import (
        Event,
        Finished,
        GroupKept,
        GroupReady,
        Progress,
        Started,
        Stopped,
        Waiting,
    )
    from fenzu.regroup._running.ports import Settings
    from fenzu.regroup._settling.report import FailureKind, Report
    from fenzu.regroup._settling.returning import LeftAlone
    from fenzu.regroup._settling.undo import GroupLeft, Undo, UndoEvent
    from fenzu.regroup._settling.verify import Elsewhere, GroupDiffers, Verification
    from fenzu.regroup._values import (
        Batch,
        Create,
        Delete,
        Failure,
        Flow,
        Header,
        KnownGroup,
        Plan,
        Rename,
        Tally,
    )
    from fenzu.regroup._wishes import Problem, Problems

_HOMES = {
    "Batch": "_values",
    "CallCost": "_planning.cost",
    "Cost": "_planning.cost",
    "Create": "_values",
    "Delete": "_values",
    "Elsewhere": "_settling.verify",
    "Event": "_running.events",
    "Failure": "_values",
    "FailureKind": "_settling.report",
    "Finished": "_running.events",
    "Flow": "_values",
    "GroupDiffers": "_settling.verify",
    "GroupKept": "_running.events",
    "GroupLeft": "_settling.undo",
    "GroupReady": "_running.events",
    "Header": "_values",
    "KnownGroup": "_values",
    "LeftAlone": "_settling.returning",
    "OpenRun": "_books.opening",
    "Plan": "_values",
    "Planned": "_planned",
    "Problem": "_wishes",
    "Problems": "_wishes",
    "Progress": "_running.events",
    "Rename": "_values",
    "Report": "_settling.report",
    "Settings": "_running.ports",
    "Started": "_running.events",
    "Stopped": "_running.events",
    "Tally": "_values",
    "Undo": "_settling.undo",
    "UndoEvent": "_settling.undo",
    "Verification": "_settling.verify",
    "Waiting": "_running.events",
    "aio": "aio",
    "apply": "_blocking",
    "finish": "_blocking",
    "open_run": "_blocking",
    "plan": "_blocking",
    "report": "_blocking",
    "save": "_blocking",
    "undo": "_blocking",
    "verify": "_blocking",
}

__all__ = [
    "Batch",
    "CallCost",
    "Cost",
    "Create",
    "Delete",
    "Elsewhere",
    "Event",
    "Failure",
    "FailureKind",
    "Finished",
    "Flow",
    "GroupDiffers",
    "GroupKept",
    "GroupLeft",
    "GroupReady",
    "Header",
    "KnownGroup",
    "LeftAlone",
    "OpenRun",
    "Plan",
    "Planned",
    "Problem",
    "Problems",
    "Progress",
    "Rename",
    "Report",
    "Settings",
    "Started",
    "Stopped",
    "Tally",
    "Undo",
    "UndoEvent",
    "Verification",
    "Waiting",
    "aio",
    "apply",
    "finish",
    "open_run",
    "plan",
    "report",
    "save",
    "undo",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'fenzu.regroup' has no attribute {name!r}")
    from importlib import import_module

    home = import_module(f"fenzu.regroup.{_HOMES[name]}")
    value: object = home if name == "aio" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

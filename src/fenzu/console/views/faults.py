"""The faults that hold in a sandbox: looking at them, adding, removing, and those that belong together."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.desk import Desk
from fenzu.console.sandbox.control_port import ask_control
from fenzu.console.sandbox.fault_form import FaultWish, fault_of, key_of, plain, without
from fenzu.console.sandbox.fault_presets import PRESETS
from fenzu.console.sandbox.fault_words import what, when, whom
from fenzu.console.views.sandbox import sandbox_page
from fenzu.console.web.answers import done, nothing_here, read
from fenzu.console.web.page import writable_desk_of
from fenzu.control import Control, Fault, FaultReport
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.faults import EFFECTS
from fenzu.wire.words import Words

CALLS = ("*", "groups/*", "groups.move*", "token.*", *ENDPOINTS)
ADDED = Words("From now on it goes wrong.", "故障已生效。")
REMOVED = Words("The rule is gone.", "规则已移除。")
CLEARED = Words("Nothing goes wrong on purpose any more.", "故障已全部清除。")


class Rule(NamedTuple):
    """A rule in words, and what it has done."""

    key: str
    whom: Words
    what: Words
    when: Words
    met: int
    struck: int


class PresetName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the presets."""

    name: str


async def faults(request: Request) -> Response:
    """The rules that hold, and a form for another one."""

    def gather(control: Control, appid: str) -> Mapping[str, object]:
        return {"own": _in_words(control.faults.get(appid)), "of_all": _in_words(control.faults.get())}

    return await sandbox_page(request, "faults.html", gather, calls=CALLS, presets=PRESETS, effects=EFFECTS)


async def add(request: Request) -> Response:
    """Let another rule hold for the account, after those there are."""
    desk = writable_desk_of(request)
    wish = await read(request, FaultWish)

    def added(control: Control, report: FaultReport) -> Iterable[Fault]:
        return [*map(plain, report.rules), fault_of(wish, control.clock.read().now)]

    return await _change(request, desk, added, ADDED)


async def use_preset(request: Request) -> Response:
    """Let the rules of a preset hold for the account, in place of those there are."""
    desk = writable_desk_of(request)
    named = await read(request, PresetName)
    preset = next((preset for preset in PRESETS if preset.name == named.name), None)
    if preset is None:
        raise nothing_here()
    return await _change(request, desk, lambda control, _: preset.faults(control.clock.read().now), ADDED)


async def remove(request: Request) -> Response:
    """Take one rule away."""

    def rest(_: Control, report: FaultReport) -> Iterable[Fault]:
        rules = without(report.rules, request.path_params["key"])
        if rules is None:
            raise nothing_here()
        return rules

    return await _change(request, writable_desk_of(request), rest, REMOVED)


async def clear(request: Request) -> Response:
    """Take all rules of the account away."""
    return await _change(request, writable_desk_of(request), lambda _, __: (), CLEARED)


async def clear_of_all(request: Request) -> Response:
    """Take away all rules that hold for all accounts."""
    desk = writable_desk_of(request)
    await ask_control(desk, lambda control: control.faults.clear())
    return done(request, CLEARED)


async def _change(
    request: Request, desk: Desk, change: Callable[[Control, FaultReport], Iterable[Fault]], told: Words
) -> Response:
    """Let other rules hold for the account, made from those there are; their seed stays."""

    def work(control: Control) -> None:
        report = control.faults.get(desk.account.appid)
        control.faults.set(change(control, report), desk.account.appid, seed=report.seed)

    await ask_control(desk, work)
    return done(request, told)


def _in_words(report: FaultReport) -> list[Rule]:
    return [
        Rule(key_of(rule), whom(rule.call), what(rule), when(rule), rule.met, rule.struck)
        for rule in report.rules
    ]


ROUTES: tuple[BaseRoute, ...] = (
    Route("/sandbox/faults", faults),
    Route("/sandbox/faults", add, methods=["POST"]),
    Route("/sandbox/faults", clear, methods=["DELETE"]),
    Route("/sandbox/faults/preset", use_preset, methods=["POST"]),
    Route("/sandbox/faults/of-all", clear_of_all, methods=["DELETE"]),
    Route("/sandbox/faults/{key}", remove, methods=["DELETE"]),
)

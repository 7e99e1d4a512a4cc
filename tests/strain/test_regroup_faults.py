"""A plan carried out by the command against a sandbox in which everything goes wrong, and against Ctrl-C."""

import signal
from pathlib import Path

import pytest

from fenzu.control import Control, Fault
from fenzu.testing import SandboxProcess
from tests.strain.regrouping import APPID, PlanFile, Program, await_calls, changes, check, finish, prepare

STOPPED, INTERRUPTED = 5, 130
STARTS = 10
ANY, CHANGE = "*", "groups/*"


def storm(share: float) -> list[Fault]:
    """Everything that the sandbox can do to a call, but for a minute's quota, which would take minutes."""
    return [
        Fault.delay(ANY, (0, 60)),
        Fault.busy(ANY, chance=share),
        Fault.lost_answer(ANY, chance=share),
        Fault.reset(ANY, chance=share),
        Fault.truncated(CHANGE, chance=share),
        Fault.empty("groups/members/*", chance=share),
        Fault.text_plain(ANY, chance=share),
        Fault.expired_token(CHANGE, 40001, chance=share / 4),
        Fault.expired_token(CHANGE, 42001, chance=share / 4),
    ]


@pytest.mark.timeout(600)
def test_a_storm(tmp_path: Path, full: bool) -> None:
    """In a storm of lost, busy and broken answers each group is made once and everybody is moved."""
    with SandboxProcess() as sandbox, Control(sandbox.ready.control_url) as control:
        plan, environment = prepare(sandbox.ready, tmp_path, 20_000 if full else 3_000)
        control.faults.set(storm(0.03), APPID, seed=1)
        codes = carry_on(plan, environment)
        assert codes[-1] == 0, codes
        assert set(codes[:-1]) <= {STOPPED}
        control.faults.clear(APPID)
        check(sandbox.ready, plan)
        repeated = plan.counts()[2] - plan.plan.calls
        assert 0 < repeated < plan.plan.calls
        assert changes(sandbox.ready, APPID) <= 2 * plan.counts()[2]


def test_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C ends it with 130 and a journal that knows what was answered; it goes on from there."""
    with SandboxProcess() as sandbox:
        plan, environment = prepare(sandbox.ready, tmp_path, 10_000)
        with Control(sandbox.ready.control_url) as control:
            control.faults.set([Fault.delay(CHANGE, (20, 120))], APPID)
        program = Program(plan, environment, "--in-flight", "4")
        await_calls(sandbox.ready, APPID, program, 12)
        program.signal(signal.SIGINT)
        assert program.wait() == INTERRUPTED
        assert plan.state() == "stopped"
        in_doubt = plan.in_doubt()
        finish(plan, environment)
        check(sandbox.ready, plan)
        assert changes(sandbox.ready, APPID) <= plan.plan.calls + in_doubt


def carry_on(plan: PlanFile, environment: dict[str, str]) -> list[int]:
    """Start the program until it is through, and return its exit codes."""
    codes: list[int] = []
    while len(codes) < STARTS and (not codes or codes[-1] == STOPPED):
        codes.append(Program(plan, environment).wait(200))
    return codes

"""Killed again and again in the middle of a plan, the engine goes on, loses nobody and makes no group twice."""

import random
import time
from pathlib import Path

import pytest

from fenzu.control import Control, Fault
from fenzu.testing import Ready, SandboxProcess
from tests.strain.regrouping import APPID, PlanFile, Program, await_calls, changes, check, finish, prepare

IN_FLIGHT = 8
SLOW = Fault("groups/*", delay_ms=(20, 120))
"""So that a kill finds calls under way, and few of them done between one kill and the next."""


@pytest.mark.timeout(600)
def test_kills_of_the_engine(tmp_path: Path, full: bool) -> None:
    """Killed five times (FULL=1: fifty), the run ends as planned; only what was in doubt at a kill is sent again."""
    kills = 50 if full else 5
    with SandboxProcess() as sandbox:
        plan, environment = prepare(sandbox.ready, tmp_path, 2_000 + 1_500 * kills)
        slow_down(sandbox.ready)
        cut = kill_in_the_middle(sandbox.ready, plan, environment, kills)
        assert cut.kills == kills, "the plan was carried out before all kills"
        finish(plan, environment)
        check(sandbox.ready, plan)
        assert changes(sandbox.ready, APPID) <= plan.plan.calls + cut.in_doubt


@pytest.mark.timeout(600)
def test_kills_of_the_sandbox_too(tmp_path: Path, full: bool) -> None:
    """With engine and sandbox killed in turn, the sandbox twice (FULL=1: five times), the run ends as planned."""
    chance, rounds = random.Random(5), 5 if full else 2
    sandbox = SandboxProcess("--store", str(tmp_path / "store"))
    ready = sandbox.start()
    try:
        plan, environment = prepare(ready, tmp_path, 1_500 + 1_500 * rounds)
        slow_down(ready)
        ports = [url.rpartition(":")[2] for url in (ready.base_url, ready.control_url)]
        calls = in_doubt = 0
        for number in range(rounds):
            program = Program(plan, environment, "--in-flight", str(IN_FLIGHT))
            await_calls(ready, APPID, program, changes(ready, APPID))
            time.sleep(chance.uniform(0, 0.3))
            calls += changes(ready, APPID)
            sandbox.kill()
            if number % 2:
                time.sleep(chance.uniform(0, 0.3))
                program.kill()
                in_doubt += plan.in_doubt()
            sandbox = SandboxProcess(
                "--store", str(tmp_path / "store"), "--port", ports[0], "--control-port", ports[1]
            )
            ready = sandbox.start()
            slow_down(ready)
            if not number % 2:
                await_calls(ready, APPID, program, 0)
                program.kill()
                in_doubt += plan.in_doubt()
        assert plan.state() != "done", "the plan was carried out before all kills"
        finish(plan, environment)
        check(ready, plan)
        # What a killed sandbox has carried out may be asked of it twice before the engine's own end.
        assert calls + changes(ready, APPID) <= plan.counts()[2] + 2 * in_doubt
    finally:
        sandbox.stop()


def test_an_engine_that_settles_too_early_is_found_out(tmp_path: Path) -> None:
    """An engine whose journal holds a batch for moved before the answer loses followers to the same kills."""
    with SandboxProcess() as sandbox:
        plan, environment = prepare(sandbox.ready, tmp_path, 10_000)
        slow_down(sandbox.ready)
        kill_in_the_middle(sandbox.ready, plan, environment, 2, module="tests.strain.hasty_regroup", after=12)
        finish(plan, environment)
        with pytest.raises(AssertionError, match="is in"):
            check(sandbox.ready, plan)


class Cut:
    """What the kills have cost."""

    kills = 0
    in_doubt = 0


def kill_in_the_middle(
    ready: Ready,
    plan: PlanFile,
    environment: dict[str, str],
    kills: int,
    module: str = "fenzu",
    after: int = 0,
) -> Cut:
    """Start the program again and again, and kill it a moment after so many calls."""
    chance, cut = random.Random(kills), Cut()
    for _ in range(kills):
        before = changes(ready, APPID) + after
        program = Program(plan, environment, "--in-flight", str(IN_FLIGHT), module=module)
        await_calls(ready, APPID, program, before)
        time.sleep(chance.uniform(0, 0.25))
        has_ended = program.has_ended
        program.kill()
        if has_ended:
            break
        cut.kills += 1
        cut.in_doubt += plan.in_doubt()
    return cut


def slow_down(ready: Ready) -> None:
    """Let every call take a while."""
    with Control(ready.control_url) as control:
        control.faults.set([SLOW], APPID)

"""A job that takes two days, and one of a million followers, against a real sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.control import Control
from fenzu.testing import SandboxProcess
from tests.strain.regrouping import APPID, SECRET, PlanFile, Program, changes, prepare

STOPPED = 5
MOVE = "groups.move_many"


@pytest.fixture
def server() -> Iterator[SandboxProcess]:
    """A sandbox of its own, whose clock may be turned."""
    with SandboxProcess() as process:
        yield process


def check_counts(server: SandboxProcess, plan: PlanFile) -> None:
    """Everybody is in the plan's groups, as many in each as it says."""
    wanted: dict[str, int] = {}
    names = {create.slot: create.name for create in plan.plan.creates}
    for batch in plan.plan.batches:
        name = names[batch.target]
        wanted[name] = wanted.get(name, 0) + len(batch.openids)
    with Client(APPID, SECRET, base_url=server.ready.base_url) as account:
        counts = {group.name: group.count for group in account.groups.list() if group.id >= 100}
    assert counts == wanted


@pytest.mark.parametrize("in_flight", [1, 16])
def test_a_job_of_two_days(server: SandboxProcess, tmp_path: Path, in_flight: int) -> None:
    """It stops at the day's last call with exit code 5 and sends nothing after; the day after it does the rest."""
    plan, environment = prepare(server.ready, tmp_path, 2_000)
    with Control(server.ready.control_url) as control:
        control.quota.set(APPID, enforced=True, limits={MOVE: 25})
        assert Program(plan, environment, "--in-flight", str(in_flight)).wait() == STOPPED
        assert plan.state() == "stopped"
        asked = control.requests.list(appid=APPID, call=MOVE, limit=1000)
        codes = [request.errcode for request in asked]
        assert codes.count(0) == 25
        assert 1 <= codes.count(45009) <= in_flight  # what was under way when the first was refused
        assert in_flight > 1 or codes == [0] * 25 + [45009]
        # Nothing of the run's is left to do today: it asks once and stops again.
        assert Program(plan, environment, "--in-flight", "1").wait() == STOPPED
        assert control.requests.list(appid=APPID, call=MOVE, after=asked[-1].id)[0].errcode == 45009
        control.clock.advance_to_midnight()
        assert Program(plan, environment, "--in-flight", str(in_flight)).wait() == 0
        assert control.quota.get(APPID).used[MOVE] == len(plan.plan.batches) - 25
    check_counts(server, plan)


@pytest.mark.timeout(600)
def test_calls_of_a_great_move(server: SandboxProcess, tmp_path: Path, full: bool) -> None:
    """Thirty thousand followers (FULL=1: a million) are moved with exactly a call for every fifty of a group."""
    plan, environment = prepare(server.ready, tmp_path, 1_000_000 if full else 30_000)
    assert Program(plan, environment).wait(500) == 0
    assert changes(server.ready, APPID) == plan.plan.calls
    check_counts(server, plan)
    assert plan.counts() == (plan.plan.moves, 0, plan.plan.calls)

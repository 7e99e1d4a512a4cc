"""What 64 writers see of the same followers can be explained by one order of all calls, follower by follower."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from fenzu.testing import SandboxProcess
from tests.conformance.referee import open_account
from tests.strain.hasty import HastyProcess
from tests.strain.history import COHORT, GROUP_SPECS, History, write_history
from tests.strain.linear import first_wrong

CLIENTS = 64
OPENIDS = [f"oH{number:026d}" for number in range(40 * COHORT)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_history_of_many_writers_is_linearizable(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, full: bool
) -> None:
    """64 writers for 3 seconds (FULL=1: 60): moves, batches, looks; some answers are lost; counts always add up.

    On PostgreSQL two sandboxes serve the same account, half of the writers each.
    """
    stores = [str(tmp_path / "store")]
    if kind == "postgres":
        new_postgres: Callable[[], str] = request.getfixturevalue("new_postgres")
        stores = [new_postgres()] * 2
    seed, history = secrets.randbelow(1 << 32) if full else 64, History(OPENIDS)
    await record([SandboxProcess("--store", store) for store in stores], history, 60 if full else 3, seed)
    print(f"{kind}: seed {seed}, {history.calls} calls, {history.lost} answers lost")
    assert history.calls > (5_000 if full else 200)
    assert history.lost > 0 or not full
    for openid, operations in history.operations.items():
        wrong = first_wrong(operations, 0)
        assert wrong is None, f"seed {seed}, {openid}: nothing explains {wrong}"
    assert_a_change_is_found(history)


@pytest.mark.timeout(120)
async def test_an_answer_before_the_commit_is_found_out(tmp_path: Path) -> None:
    """The history of a sandbox that answers before others can read the change is explained by no order."""
    history = History(OPENIDS)
    await record([HastyProcess("--store", str(tmp_path / "store"))], history, 2, 64)
    assert any(first_wrong(operations, 0) for operations in history.operations.values())


async def record(sandboxes: Sequence[SandboxProcess], history: History, seconds: float, seed: int) -> None:
    """Start the sandboxes and let the writers write, all to one account."""
    with contextlib.ExitStack() as stack:
        ready = [stack.enter_context(sandbox).ready for sandbox in sandboxes]
        spec: dict[str, object] = {"followers": OPENIDS, "groups": GROUP_SPECS}
        account = await asyncio.to_thread(open_account, ready[0].base_url, ready[0].control_url, spec)
        query = f"access_token={await asyncio.to_thread(account.token)}"
        await write_history([one.base_url for one in ready], query, history, CLIENTS, seconds, seed)


def assert_a_change_is_found(history: History) -> None:
    """Change one look in the middle of a follower's history to a group that nobody moved him to: it is found."""
    for openid in OPENIDS[:6]:
        operations = list(history.operations[openid])
        looks = [number for number, one in enumerate(operations) if one.kind == "read"]
        middle = looks[len(looks) // 2]
        operations[middle] = msgspec.structs.replace(operations[middle], value=1)
        assert first_wrong(operations, 0) == operations[middle]

"""Plans for a sandbox's account, and programs that carry them out and may be killed: what the tests of kills share."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from fenzu import Client
from fenzu.control import Control
from fenzu.database import open_database
from fenzu.errors import FenzuError
from fenzu.regroup._books.book import Book, create
from fenzu.regroup._values import Batch, Create, Header, KnownGroup, Plan
from fenzu.testing import Ready
from fenzu.wire.environment import variables
from fenzu.wire.limits import RESERVED_GROUPS

APPID, SECRET = "wxc0ffee0000000001", "5ecre7" * 6
AT_ONCE = 200_000
GROUPS = [Create(-number, f"made {number}") for number in range(1, 6)]


def spread(openids: Sequence[str], appid: str, base_url: str) -> Plan:
    """Return a plan that makes five groups and spreads the followers over them, in runs of followers."""
    share = -(-len(openids) // len(GROUPS))
    batches: list[Batch] = []
    for number, group in enumerate(GROUPS):
        members = openids[number * share : (number + 1) * share]
        for start in range(0, len(members), 50):
            some = tuple(members[start : start + 50])
            batches.append(Batch(len(batches) + 1, group.slot, some, (0,) * len(some)))
    header = Header(
        appid=appid,
        base_url=base_url,
        made_at=time.time(),
        wish="a test",
        wishes=len(openids),
        followers=len(openids),
    )
    known = tuple(KnownGroup(id_, name) for id_, name in RESERVED_GROUPS.items())
    return Plan(header, known, tuple(GROUPS), (), (), tuple(batches))


class PlanFile:
    """A plan in a file, and the journal of its run."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.plan = plan
        with closing(open_database(str(path), travels=True)) as database:
            self.run = create(database, plan).run

    def state(self) -> str:
        """How the run stands."""
        with closing(open_database(str(self.path))) as database:
            return Book(database, self.run).state().state

    def in_doubt(self) -> int:
        """Return how many calls were begun of which the journal does not know how they ended."""
        with closing(open_database(str(self.path))) as database:
            [(batches,)] = database.rows("SELECT COUNT(*) FROM regroup_sent WHERE settled_at IS NULL")
            [(actions,)] = database.rows("SELECT COUNT(*) FROM regroup_action WHERE done_at IS NULL")
        return int(str(batches)) + int(str(actions))

    def counts(self) -> tuple[int, int, int]:
        """Return the moved, the failed, and the calls, as the journal has them."""
        with closing(open_database(str(self.path))) as database:
            tally = Book(database, self.run).tally()
        return tally.moved, tally.failed, tally.calls


class Program:
    """`fenzu regroup apply` in a process of its own; `module` replaces fenzu by a program that is to be found out."""

    def __init__(
        self, plan: PlanFile, environment: Mapping[str, str], *options: str, module: str = "fenzu"
    ) -> None:
        command = [
            sys.executable,
            "-m",
            module,
            "regroup",
            "apply",
            str(plan.path),
            "--yes",
            "--force",
            *options,
        ]
        self._log = plan.path.with_suffix(".log").open("ab+")
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **environment, "XDG_DATA_HOME": str(plan.path.parent)},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process.poll() is not None

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def wait(self, timeout: float = 60.0) -> int:
        """Wait for its end and return its exit code."""
        code = self._process.wait(timeout)
        self._log.close()
        return code


def changes(ready: Ready, appid: str) -> int:
    """Return how many calls that change something the account has made since the sandbox was started."""
    with Control(ready.control_url) as control:
        calls = control.accounts.get(appid).calls
    return sum(
        calls.get(name, 0) for name in ("groups.create", "groups.move_many", "groups.rename", "groups.delete")
    )


def await_calls(ready: Ready, appid: str, program: Program, more_than: int, patience: float = 20.0) -> None:
    """Wait until the account has made more calls, or the program has ended."""
    until = time.monotonic() + patience
    while not program.has_ended and time.monotonic() < until:
        try:
            if changes(ready, appid) > more_than:
                return
        except FenzuError:
            return  # the sandbox is away
        time.sleep(0.005)


def prepare(ready: Ready, folder: Path, followers: int) -> tuple[PlanFile, dict[str, str]]:
    """Make an account with so many followers, a plan that moves them all, and the variables of a program."""
    with Control(ready.control_url) as control:
        control.accounts.create(appid=APPID, secret=SECRET)
        for at in range(0, followers, AT_ONCE):
            control.followers.add(APPID, count=min(AT_ONCE, followers - at))
    with Client(APPID, SECRET, base_url=ready.base_url) as account:
        openids = list(account.followers.list())
    environment = variables(
        base_url=ready.base_url, appid=APPID, secret=SECRET, control_url=ready.control_url
    )
    return PlanFile(folder / "plan.fenzu", spread(openids, APPID, ready.base_url)), environment


def finish(plan: PlanFile, environment: Mapping[str, str]) -> None:
    """Carry the rest of the plan out, undisturbed."""
    assert Program(plan, environment).wait() == 0
    assert plan.state() == "done"


def check(ready: Ready, plan: PlanFile) -> None:
    """Compare the account with the plan: each group once, everybody where the plan wants them, and the counts."""
    with Client(APPID, SECRET, base_url=ready.base_url) as account:
        groups = [group for group in account.groups.list() if group.id >= 100]
        assert Counter(group.name for group in groups) == Counter(group.name for group in GROUPS)
        ids = {group.slot: next(found.id for found in groups if found.name == group.name) for group in GROUPS}
        wanted = {openid: ids[batch.target] for batch in plan.plan.batches for openid in batch.openids}
        for follower in account.followers.get_many(list(wanted)):
            should = wanted[follower.openid]
            assert follower.group_id == should, (
                f"{follower.openid} is in {follower.group_id}, not in {should}"
            )
    assert plan.counts()[:2] == (len(wanted), 0)

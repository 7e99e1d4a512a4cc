"""Mirror and engine as a user may use them: accepted by both checkers, with the types asserted here."""

from contextlib import closing
from pathlib import Path
from typing import assert_type

import pandas as pd
import polars as pl

from fenzu import AsyncClient, Client, regroup
from fenzu.mirror import Event as SyncEvent
from fenzu.mirror import Mirror, sync
from fenzu.regroup import aio
from fenzu.regroup.wishes import Rule, Wishes, read_like, read_rules, read_wishes

OPENIDS = ["oDF3iYx0ro3_7jD4HFRDfrjdCM58", "od8XIjsmk6QdVTETa9jLtGWA6KBc"]


def regroup_in_bulk(account: Client, frame: pl.DataFrame, other: pd.DataFrame) -> None:
    """A wish in any form; a plan, what is told while it is carried out, and what has become of it, all typed."""
    with Mirror.open("shop.db", "http://127.0.0.1:8060", "wx5eed5eed5eed5eed") as mirror:
        for step in sync(account, mirror):
            assert_type(step, SyncEvent)
        regroup.plan(account, mirror, frame, openid_column="who", group_column="where")
        regroup.plan(account, mirror, other)
        regroup.plan(account, mirror, {OPENIDS[0]: "VIP", OPENIDS[1]: "104"}, create=True)
        regroup.plan(account, mirror, [(OPENIDS[0], "VIP"), (OPENIDS[1], 104)], on_conflict="last")
        wishes = read_wishes("crm.xlsx", sheet="2", format="xlsx")
        assert_type(wishes, Wishes)
        regroup.plan(account, mirror, wishes)
        regroup.plan(account, mirror, read_rules([Rule("remark is empty", "0")], mirror))
        regroup.plan(account, mirror, read_like(mirror, mirror, "ours"))
        planned = regroup.plan(account, mirror, Path("crm.csv"), strict=False)
        assert_type(planned.plan, regroup.Plan)
        for problem in planned.problems:
            assert_type(problem, regroup.Problem)
        calls: int = planned.cost.calls + planned.plan.moves
        print(calls)
        with regroup.save(planned.plan, "crm.plan") as run:
            assert_type(run, regroup.OpenRun)
            settings = regroup.Settings(in_flight=16, reserve=1000)
            for event in regroup.apply(run, account, mirror=mirror, settings=settings):
                match event:
                    case regroup.Progress(done=done, total=total):
                        assert_type(done, int)
                        assert_type(total, int)
                    case regroup.Stopped(reason=reason, renews_at=renews_at):
                        assert_type(reason, str)
                        assert_type(renews_at, float | None)
                    case _:
                        pass
            assert_type(regroup.finish(run, account), regroup.Report)
            found = regroup.verify(
                run, account, sample=1000, told=lambda done, total: print(f"{done} of {total}")
            )
            assert_type(found, regroup.Verification)
            for one in found.elsewhere:
                assert_type(one.found, int)
    with closing(regroup.undo(regroup.open_run("crm.plan"), account)) as undoing:
        first = next(undoing)
        if isinstance(first, regroup.Undo):
            assert_type(first.left, tuple[regroup.LeftAlone, ...])


async def regroup_asynchronously(account: AsyncClient, mirror: Mirror) -> None:
    """The same names and parameters; either client will do."""
    planned = await aio.plan(account, mirror, "crm.xlsx", create=True)
    with await aio.save(planned.plan, "postgresql://db.example/fenzu", replace=True) as run:
        async for event in aio.apply(run, account, mirror=mirror, force=True):
            assert_type(event, regroup.Event)
        assert_type(await aio.verify(run, account), regroup.Verification)
        async for step in aio.undo(run, account):
            assert_type(step, regroup.Undo | regroup.Event)
        assert_type(await aio.report(run), regroup.Report)

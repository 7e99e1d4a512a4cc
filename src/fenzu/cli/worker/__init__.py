"""`fenzu worker`: carries out runs of many accounts from the queue of a PostgreSQL database, on any number of hosts."""

import asyncio
import os
from typing import TYPE_CHECKING

import click

from fenzu.cli import main
from fenzu.cli.command import command, option
from fenzu.cli.mirror_place import VARIABLE
from fenzu.cli.on_account import current_run
from fenzu.database import is_postgres
from fenzu.errors import UsageError
from fenzu.regroup._running.lease import BEATS, SECONDS
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.cli.worker.accounts import Wanteds


@command(
    None,
    "worker",
    words=Words("carry out queued runs of many accounts", "执行队列中多个账号的任务"),
    details=Words(
        "Takes runs that `fenzu regroup apply --queue` has put into a PostgreSQL database, of the accounts that are "
        "kept here, one run an account at a time, until it is stopped (SIGTERM, Ctrl-C): what is under way goes back "
        "into the queue at once. Start as many as you like, on as many hosts; what one had that died is taken over.\n"
        "Writes a line of JSON an event to stderr.",
        "从 PostgreSQL 数据库中取出由 `fenzu regroup apply --queue` 放入的任务并执行，只取此处保存了的账号，"
        "每个账号同一时间只执行一个任务，直到被停止（SIGTERM、Ctrl-C）：未完成的任务立即放回队列。"
        "可以在任意多台主机上启动任意多个；某个 worker 死掉后，其他 worker 会接手。\n"
        "在 stderr 上每个事件输出一行 JSON。",
    ),
    examples=(
        "fenzu worker --database postgresql://fenzu@db.example/fenzu",
        "fenzu worker --accounts shop,club --pace 1000 --global-pace 5000",
    ),
)
@option(
    "--database",
    metavar="ADDRESS",
    words=Words(
        "the database, postgresql://… ($FENZU_MIRROR)", "数据库地址 postgresql://…（默认 $FENZU_MIRROR）"
    ),
)
@option(
    "--accounts",
    metavar="NAMES",
    words=Words(
        "kept accounts, a comma between (all that may write, and the environment's)",
        "已保存的账号，以逗号分隔（默认：所有可写账号及环境变量中的账号）",
    ),
)
@option(
    "--concurrency",
    "at_once",
    type=click.IntRange(min=1),
    default=4,
    metavar="N",
    words=Words("so many runs at once (4)", "同时执行的任务数（默认 4）"),
)
@option(
    "--pace",
    type=click.IntRange(min=1),
    metavar="N",
    words=Words(
        "at most N calls a minute for one account, over all workers",
        "每个账号每分钟最多 N 次调用（所有 worker 合计）",
    ),
)
@option(
    "--global-pace",
    type=click.IntRange(min=1),
    metavar="N",
    words=Words(
        "at most N calls a minute for all accounts, over all workers",
        "所有账号每分钟最多 N 次调用（所有 worker 合计）",
    ),
)
@option(
    "--lease",
    type=click.FloatRange(min=1),
    default=SECONDS,
    metavar="SECONDS",
    words=Words(
        f"what a worker has that died is taken over after so long ({SECONDS:g})",
        f"worker 死掉后，多少秒由其他 worker 接手（默认 {SECONDS:g}）",
    ),
)
def worker(
    database: str | None,
    accounts: str | None,
    at_once: int,
    pace: int | None,
    global_pace: int | None,
    lease: float,
) -> int:
    """Work until somebody stops it."""
    from fenzu.cli.worker.accounts import accounts_named

    place = database or os.environ.get(VARIABLE) or ""
    check(place)
    return asyncio.run(_work(place, accounts_named(accounts), at_once, (pace, global_pace), lease))


def check(place: str) -> None:
    """Refuse what is no PostgreSQL database."""
    if not is_postgres(place):
        raise UsageError(
            Words("a worker needs a PostgreSQL database", "worker 需要 PostgreSQL 数据库"),
            Words(
                "name it with --database postgresql://…, or in $FENZU_MIRROR",
                "用 --database postgresql://… 或环境变量 $FENZU_MIRROR 指定",
            ),
        )


async def _work(
    place: str, wanted: "Wanteds", at_once: int, paces: tuple[int | None, int | None], seconds: float
) -> int:
    """Open what all runs share, work, and close it again."""
    from contextlib import ExitStack, closing

    from fenzu.cli.worker.accounts import Accounts
    from fenzu.cli.worker.log import Log
    from fenzu.database import open_database
    from fenzu.pace.postgres import PostgresPace
    from fenzu.regroup._queueing.job import Jobs
    from fenzu.regroup._queueing.queue import Queue
    from fenzu.regroup._queueing.worker import Timing
    from fenzu.regroup._running.lease import Leases
    from fenzu.sandbox.run.stopping import make_stop
    from fenzu.tokens import PostgresStore

    run = current_run()
    log = Log(run.language)
    with ExitStack() as stack:
        queue = Queue(place)
        own, together = paces
        pace = None
        if own is not None or together is not None:
            pace = stack.enter_context(closing(PostgresPace(place, calls=own, together=together)))
        tokens = stack.enter_context(closing(PostgresStore(place)))
        runs = stack.enter_context(closing(open_database(place)))
        # A connection of its own: a heartbeat waits for nobody.
        leases = stack.enter_context(
            closing(Leases(stack.enter_context(closing(open_database(place))), seconds=seconds))
        )
        leases.start()
        jobs = Jobs(runs, leases, Accounts(wanted, run, tokens, pace).open, log.tell)
        stopping = make_stop(with_stdin=False)
        log.write("working", database=queue.where, accounts=len(wanted), concurrency=at_once)
        timing = Timing(beat=seconds / BEATS, stalled=seconds)
        await queue.work(jobs.carry, wanted, at_once=at_once, timing=timing, stopping=stopping)
        log.write("ended")
    return main.DONE

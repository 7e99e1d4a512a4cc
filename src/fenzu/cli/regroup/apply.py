"""`fenzu regroup apply` and `fenzu regroup resume`: a plan carried out, and gone on with where it stopped."""

from contextlib import closing
from typing import Unpack

from fenzu.cli.command import command, option
from fenzu.cli.on_account import YES, Session, on_account
from fenzu.cli.regroup.carrying import Asked, Wanted, carry, carrying
from fenzu.cli.regroup.place import PLAN, RUN
from fenzu.cli.regroup.queueing import queue_up
from fenzu.errors import UsageError
from fenzu.wire.words import Words

ENDS = Words(
    "Exit codes: 0 done, 5 stopped and can go on (resume), 6 some followers failed, 7 refused by a guard, 8 stale, "
    "130 interrupted.",
    "退出码：0 完成，5 中途停止、可继续（resume），6 有粉丝失败，7 被保护规则拒绝，8 计划已过时，130 被中断。",
)


@command(
    None,
    "apply",
    words=Words("carry a plan out", "执行计划"),
    details=Words(
        "First the groups, then the moves, fifty followers a call and many calls at once. Shows the account and asks "
        "first; without a terminal it needs --yes. Stops when the day's calls are used up and says when to go on. "
        "Nothing is lost by Ctrl-C or a crash: the plan keeps a journal, and `fenzu regroup resume` goes on; so does "
        "applying a plan that has stopped. A plan is refused that is stale, or that moves more than 30 % of the "
        f"followers or anybody into the blacklist or out of it, unless it is forced.\n{ENDS.en}",
        "先处理分组，再移动粉丝：每次调用五十人，多个调用并行。执行前显示账号并询问；没有终端时须加 --yes。"
        "当日额度用完就停止，并说明何时继续。Ctrl-C 或崩溃不会丢失进度：计划文件中有日志，"
        "用 `fenzu regroup resume` 继续，对已停止的计划再次 apply 也是继续。过时的计划会被拒绝；"
        "移动超过 30% 的粉丝，或把任何人移入、移出黑名单，须加 --force。\n"
        f"{ENDS.zh}",
    ),
    examples=(
        "fenzu regroup apply crm.plan",
        "fenzu regroup apply crm.plan --yes --reserve 10000 --wait-for-quota",
        "fenzu regroup apply crm.plan --yes --queue --mirror postgresql://fenzu@db.example/fenzu",
    ),
)
@PLAN
@YES
@option(
    "--force",
    is_flag=True,
    words=Words("carry out what a guard refuses", "执行被保护规则拒绝的计划"),
)
@option(
    "--queue",
    "is_queued",
    is_flag=True,
    words=Words(
        "leave it to a worker: put it into the PostgreSQL database (--mirror), and end",
        "交给 worker 执行：放入 PostgreSQL 数据库（--mirror）后即结束",
    ),
)
@carrying
@RUN
@on_account(writes=True)
async def apply(
    session: Session,
    plan: str,
    yes: bool,
    force: bool,
    is_queued: bool,
    number: int | None,
    **wanted: Unpack[Wanted],
) -> int:
    """Carry the plan out, from where it is."""
    from fenzu.regroup._books.opening import check_not_undone, open_run
    from fenzu.regroup._planning.guard import judge, look
    from fenzu.regroup._values import flows_of

    with closing(open_run(plan, number)) as run:
        if is_queued:
            check_not_undone(book := run.planned)
        else:
            book = run.for_apply()
        begun = book.state().state
        if begun == "planned" and not force:
            judge(look(book.header, flows_of(book.batches())))
        asked = Asked(Words("Carry it out?", "是否执行？"), yes)
        if is_queued:
            return await queue_up(session, plan, book, asked, wanted)
        return await carry(session, run, book, None if begun == "done" else asked, **wanted)


@command(
    None,
    "resume",
    words=Words("go on with a plan that stopped", "继续执行已停止的计划"),
    details=Words(
        f"Also after a crash, on another machine, and with an undo that stopped.\n{ENDS.en}",
        f"崩溃之后、换一台机器、或撤销中途停止时同样适用。\n{ENDS.zh}",
    ),
    examples=("fenzu regroup resume crm.plan", "fenzu regroup resume crm.plan --yes --max-failures 2000"),
)
@PLAN
@YES
@carrying
@RUN
@on_account(writes=True)
async def resume(session: Session, plan: str, yes: bool, number: int | None, **wanted: Unpack[Wanted]) -> int:
    """Go on with what was begun last."""
    from fenzu.regroup._books.opening import open_run

    with closing(open_run(plan, number)) as run:
        book = run.latest
        begun = book.state().state
        if begun == "planned" and book.header.kind == "apply":
            raise _not_begun(plan)
        asked = Asked(Words("Go on?", "是否继续？"), yes)
        return await carry(session, run, book, None if begun == "done" else asked, **wanted)


def _not_begun(plan: str) -> UsageError:
    return UsageError(
        Words(f"{plan} was not begun", f"{plan} 尚未开始执行"),
        Words(f"apply it: fenzu regroup apply {plan}", f"请先执行：fenzu regroup apply {plan}"),
    )

"""`fenzu regroup status`: how far plans have come, by their journals alone."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.cli.command import argument, command
from fenzu.cli.io import Column
from fenzu.cli.moments import moment
from fenzu.cli.on_account import JSON, streams_of
from fenzu.cli.regroup.standing import tell
from fenzu.regroup._render.labels import KINDS, label, state_label
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.database import Database
    from fenzu.regroup._settling.standing import Standing

PATTERN = "*.plan"
FEW = 3
"""So many runs of one place are told one below the other on a terminal."""
COLUMNS = (
    Column(Words("plan", "计划"), whole=True),
    Column(Words("run", "编号"), right=True),
    Column(Words("kind", "类型")),
    Column(Words("account", "账号")),
    Column(Words("state", "状态")),
    Column(Words("reason", "原因")),
    Column(Words("moved", "已移动"), right=True),
    Column(Words("failed", "失败"), right=True),
    Column(Words("of", "共"), right=True),
    Column(Words("calls", "调用"), right=True),
    Column(Words("since", "自")),
)
DRAWN = tuple(COLUMNS[n] for n in (0, 1, 2, 3, 4, 6, 7, 8))
"""What has room on a terminal."""


@command(
    None,
    "status",
    words=Words("tell how far plans have come", "查看计划的进度"),
    details=Words(
        "Of a plan, a PostgreSQL database of plans, or all *.plan files of this folder. States: planned, queued (for "
        "a worker), running, broken (its process ended unexpectedly; resume it), stopped, done. "
        "Asks the platform nothing.",
        "可指定一个计划文件、一个存有计划的 PostgreSQL 数据库，或列出当前目录的所有 *.plan 文件。"
        "状态：planned 未开始，queued 等待 worker，running 执行中，broken 进程异常结束（可 resume），stopped 已停止，"
        "done 完成。"
        "不调用平台接口。",
    ),
    examples=("fenzu regroup status", "fenzu regroup status crm.plan --json"),
)
@argument(
    "plan",
    required=False,
    words=Words("the plan: a file, or postgresql://…", "计划：文件，或 postgresql://…"),
)
@JSON
def status(plan: str | None, as_json: bool) -> None:
    """Tell of each run."""
    streams = streams_of(as_json=as_json)
    places = [plan] if plan else sorted(str(path) for path in Path().glob(PATTERN))
    found = [standing for place in places for standing in standings(place)]
    if streams.as_json:
        streams.json([standing._asdict() for standing in found])
    elif streams.drawn and plan and len(found) <= FEW:
        for standing in found:
            tell(standing, streams)
    elif streams.drawn:
        streams.rows(DRAWN, [_short(standing, streams.language) for standing in found])
    else:
        streams.rows(COLUMNS, [_cells(standing) for standing in found])


def standings(where: str) -> "Iterator[Standing]":
    """Yield how the runs in a file or a database stand, the oldest first."""
    from fenzu.database import is_postgres, open_database
    from fenzu.regroup._books import book as _book
    from fenzu.regroup._books.opening import open_run
    from fenzu.regroup._settling.standing import standing_of

    if not is_postgres(where):
        open_run(where, read_only=True).close()  # it has to be there, and a plan
    with closing(open_database(where, read_only=True)) as database:
        held, queued = _held(where, database), _queued(database)
        for run in _book.runs(database):
            is_held = held is None or (run.base_url, run.appid) in held
            standing = standing_of(_book.Book(database, run.number), run, is_held=is_held)
            if run.number in queued and standing.state not in {"running", "done"}:
                standing = standing._replace(state="queued", queued_until=queued[run.number])
            yield standing


def _held(where: str, database: "Database") -> set[tuple[str, str]] | None:
    """Return which accounts are held; None where the whole file is."""
    from fenzu.database.locks import is_held
    from fenzu.regroup._running.lease import holders

    if database.kind == "postgres":
        return set(holders(database))
    return None if is_held(where) else set()


def _queued(database: "Database") -> dict[int, float | None]:
    """Return which runs wait for a worker, and until when."""
    from fenzu.regroup._queueing.tables import waiting

    return waiting(database) if database.kind == "postgres" else {}


def _cells(standing: "Standing") -> tuple[str, ...]:
    return (
        standing.plan,
        str(standing.run),
        standing.kind,
        f"{standing.appid} {standing.base_url}",
        standing.state,
        standing.reason,
        str(standing.moved),
        str(standing.failed),
        str(standing.followers),
        str(standing.calls),
        moment(int(standing.changed_at)),
    )


def _short(standing: "Standing", language: Language) -> tuple[str, ...]:
    return (
        standing.plan,
        str(standing.run),
        label(KINDS, standing.kind).say(language),
        standing.appid,
        state_label(standing.state, standing.reason).say(language),
        f"{standing.moved:,}",
        f"{standing.failed:,}",
        f"{standing.followers:,}",
    )

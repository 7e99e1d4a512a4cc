"""`fenzu regroup report`: what has become of a plan, in sums for people and programs, or follower by follower."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

import click
import msgspec

from fenzu.cli.command import command, option
from fenzu.cli.io import Column, Streams
from fenzu.cli.moments import moment
from fenzu.cli.on_account import JSON, streams_of
from fenzu.cli.regroup.place import PLAN, RUN
from fenzu.cli.whole_file import check_output, whole_file
from fenzu.errors import UsageError
from fenzu.regroup._render.labels import KINDS, label, state_label
from fenzu.spreadsheet import write_csv, write_csv_file
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.regroup._settling.report import Report


@command(
    None,
    "report",
    words=Words("tell what has become of a plan", "报告计划的执行结果"),
    details=Words(
        "Sums as a table or as JSON: moved, already there, failed by code with what to do, groups made, calls by "
        "kind, time. As CSV, a row for each follower of the plan, with where from, where to, and what has become "
        "of them; cells that a spreadsheet would run as a formula are shown as text. Asks the platform nothing. Of a "
        "plan that was undone, it is the undo's report.",
        "以表格或 JSON 给出汇总：已移动、本来就在、按错误码列出的失败及处理办法、新建的分组、各接口调用次数、用时。"
        "CSV 则为计划中每个粉丝一行：从哪里、到哪里、结果如何；电子表格会当作公式执行的单元格显示为文本。"
        "不调用平台接口。已撤销的计划给出撤销的报告。",
    ),
    examples=(
        "fenzu regroup report crm.plan",
        "fenzu regroup report crm.plan --format csv --failed --output failed.csv",
    ),
)
@PLAN
@option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    words=Words("how it is written (table)", "输出格式（默认 table）"),
)
@option(
    "--failed",
    "only_failed",
    is_flag=True,
    words=Words("in the CSV, only who could not be moved", "CSV 中只列没有移成的粉丝"),
)
@option(
    "--output",
    metavar="FILE",
    words=Words(
        "write the CSV into this file, marked as UTF-8 for spreadsheets",
        "把 CSV 写入此文件，并标明 UTF-8 编码",
    ),
)
@RUN
@JSON
def report(
    plan: str,
    form: Literal["table", "json", "csv"],
    only_failed: bool,
    output: str | None,
    number: int | None,
    as_json: bool,
) -> None:
    """Open the plan and tell."""
    from fenzu.regroup._books.opening import open_run
    from fenzu.regroup._settling.report import report_of
    from fenzu.regroup._settling.rows import csv_rows

    if (only_failed or output is not None) and form != "csv":
        raise UsageError(
            Words("--failed and --output are for the CSV", "--failed 和 --output 只用于 CSV"),
            Words("add --format csv", "请加 --format csv"),
        )
    streams = streams_of(as_json=as_json or form == "json")
    with open_run(plan, number, read_only=True) as run:
        book = run.latest
        if form == "csv":
            _write(csv_rows(book, streams.language, only_failed=only_failed), output, streams)
        elif streams.as_json:
            streams.json(as_one_value(report_of(book), streams.language))
        else:
            show(report_of(book), streams)


def _write(rows: Iterable[Iterable[object]], output: str | None, streams: Streams) -> None:
    from fenzu.regroup._settling.rows import CSV_TITLES

    if output is None:
        write_csv(streams.out, CSV_TITLES, rows)
        return
    check_output(output)
    with whole_file(output) as out:
        write_csv_file(out, CSV_TITLES, rows)


def as_one_value(told: "Report", language: Language) -> dict[str, object]:
    """Return the report for JSON; advice is in the reader's language."""
    value: dict[str, object] = msgspec.to_builtins(told)
    value["failures"] = [
        {
            "code": kind.code,
            "message": kind.message,
            "followers": kind.followers,
            "advice": kind.advice.say(language),
        }
        for kind in told.failures
    ]
    return value | {"seconds": told.seconds}


class Line(NamedTuple):
    """A line of the table: its name in a pipe, its title on a terminal, its value in both."""

    name: str
    title: Words
    value: str
    shown: Words
    """The value as a person reads it."""


def show(told: "Report", streams: Streams) -> None:
    """Write the report as a table; what to do about failures is said beside it."""
    columns, language = (Column(Words("what", "项目")), Column(Words("", ""))), streams.language
    rows = [
        (line.title.say(language), line.shown.say(language)) if streams.drawn else (line.name, line.value)
        for line in lines(told)
    ]
    streams.rows(columns, rows)
    for kind in told.failures:
        advice = kind.advice
        streams.say(
            Words(
                f"{kind.followers:,} × {kind.code or ''} {kind.message}. Next: {advice.en}",
                f"{kind.followers:,} × {kind.code or ''} {kind.message}。下一步：{advice.zh}",
            )
        )


def lines(told: "Report") -> Iterator[Line]:
    """Yield the report line by line."""
    yield _same("plan", Words("plan", "计划"), f"{told.wish} {told.digest[:12]}".strip())
    yield Line("kind", Words("kind", "类型"), told.kind, label(KINDS, told.kind))
    yield _same("account", Words("account", "账号"), f"{told.appid} {told.base_url}")
    state = state_label(told.state, told.reason)
    yield Line("state", Words("state", "状态"), f"{told.state} {told.reason}".strip(), state)
    yield _count("followers", Words("to be moved", "计划移动"), told.followers)
    yield _count("moved", Words("moved", "已移动"), told.moved)
    yield _count("already_there", Words("already there", "本来就在"), told.already_there)
    yield _count("failed", Words("failed", "失败"), told.failed)
    yield _count("waiting", Words("waiting", "等待中"), told.waiting)
    for kind in told.failures:
        code = "-" if kind.code is None else str(kind.code)
        yield _count(f"failed.{code}", Words(f"failed, {code}", f"失败 {code}"), kind.followers)
    for group in told.made:
        yield _same("made", Words("group made", "新建分组"), f"{group.id} {group.name}")
    for rename in told.renamed:
        renamed = f"{rename.group_id} {rename.old} → {rename.new}"
        yield _same("renamed", Words("group renamed", "改名分组"), renamed)
    for delete in told.deleted:
        yield _same("deleted", Words("group deleted", "删除分组"), f"{delete.group_id} {delete.name}")
    for call, n in told.calls.items():
        yield _count(f"calls.{call}", Words(f"calls, {call}", f"调用 {call}"), n)
    if told.began_at is not None and told.ended_at is not None:
        yield _same("began_at", Words("began", "开始"), moment(int(told.began_at)))
        yield _same("ended_at", Words("ended", "结束"), moment(int(told.ended_at)))
        yield _same("seconds", Words("seconds", "用时（秒）"), f"{told.seconds:.1f}")


def _same(name: str, title: Words, value: str) -> Line:
    return Line(name, title, value, Words(value, value))


def _count(name: str, title: Words, n: int) -> Line:
    """A person reads thousands apart, a program wants the digits alone."""
    return Line(name, title, str(n), Words(f"{n:,}", f"{n:,}"))

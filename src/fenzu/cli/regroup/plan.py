"""`fenzu regroup plan`: from a table of who belongs where to a plan that can be read, approved and applied."""

from typing import TYPE_CHECKING, Literal, Unpack

import click

from fenzu.cli import main
from fenzu.cli.command import argument, command, option
from fenzu.cli.mirror_place import MIRROR, open_mirror
from fenzu.cli.on_account import Session, on_account
from fenzu.cli.person import interruptible
from fenzu.cli.regroup.place import place_words
from fenzu.cli.regroup.problems import check_report, write_report
from fenzu.cli.regroup.rendering import FORMAT, OUTPUT, SHOWN, Form, show
from fenzu.cli.regroup.source import LIKE, TO, WHERE, SourceOptions, read_source
from fenzu.cli.whole_file import check_output
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.cli.io import Streams
    from fenzu.regroup._books.saving import Written
    from fenzu.regroup._planned import Planned
    from fenzu.regroup._wishes import Problems


class Options(SourceOptions):
    """What the options say."""

    out: str | None
    replace: bool
    create: bool
    rename_where_cheaper: bool
    on_conflict: Literal["refuse", "first", "last"]
    first: tuple[str, ...]
    report: str | None
    reserve: str
    form: Form
    output: str | None
    detailed_exitcode: bool
    mirror: str | None


@command(
    None,
    "plan",
    words=Words("make a plan from a table of who belongs where", "根据名单制定计划"),
    details=Words(
        "Reads the file (or rules, or another account's mirror), compares it with the mirror (fenzu mirror sync), asks "
        "the platform for its groups and quotas, "
        "and shows what would be done. Changes nothing; with --out the plan is written, to be shown again, approved "
        "and applied. Who is where they should be is left out, and nobody is touched whom the file does not list. Rows "
        "with problems are told by their number (--report); whoever does not follow is left out, a group that is not "
        "clear or missing (without --create) and contradictory rows end it with 2.\n"
        "Exit codes: 0 the plan is made, 2 the file cannot be used; with --detailed-exitcode 3 where anything would be "
        "done.\n" + SHOWN.en,
        "读取名单（或按规则、另一个账号的镜像），与镜像（fenzu mirror sync）比较，向平台查询分组和额度，"
        "并显示将要做什么。不做任何改动；"
        "加 --out 则写出计划文件，可再次查看、审批、执行。已在应在分组的人不会列入，名单之外的人不会被触动。"
        "有问题的行按行号报告（--report）；不是粉丝的略过；分组不明确、不存在（未加 --create）或互相矛盾的行以退出码 2 "
        "结束。\n退出码：0 计划已制定，2 名单无法使用；加 --detailed-exitcode 时有改动则为 3。\n" + SHOWN.zh,
    ),
    examples=(
        "fenzu regroup plan crm.csv",
        """fenzu regroup plan --where 'remark like "VIP%"' --to VIP --out vip.plan""",
        "fenzu regroup plan crm.xlsx --create --out crm.plan --report problems.csv",
        "fenzu regroup plan crm.csv --format html --output crm.html",
    ),
)
@argument(
    "file",
    required=False,
    words=Words(
        "CSV, TSV, JSON Lines, Parquet or XLSX with columns openid and group (- for standard input)",
        "CSV、TSV、JSON Lines、Parquet 或 XLSX，含 openid 和 group 两列（- 表示标准输入）",
    ),
)
@WHERE
@TO
@LIKE
@option(
    "--out",
    metavar="PLAN",
    words=Words("write the plan: a file, or postgresql://…", "写出计划：文件，或 postgresql://…"),
)
@option(
    "--replace",
    is_flag=True,
    words=Words("replace a plan file that nobody has begun to apply", "覆盖尚未开始执行的计划文件"),
)
@option("--create", is_flag=True, words=Words("make groups that are missing", "新建不存在的分组"))
@option(
    "--rename-where-cheaper",
    is_flag=True,
    words=Words(
        "with --create, rename a group instead of moving its followers, where all of them are listed",
        "配合 --create：分组成员全部在名单中且更省调用时，改分组名而不移动粉丝",
    ),
)
@option(
    "--openid-column",
    metavar="NAME",
    words=Words("the openids' column, by title or number", "openid 所在列，用标题或序号"),
)
@option(
    "--group-column",
    metavar="NAME",
    words=Words("the groups' column, by title or number", "分组所在列，用标题或序号"),
)
@option(
    "--input-format",
    type=click.Choice(["csv", "tsv", "jsonl", "parquet", "xlsx"]),
    words=Words("the file's format (found by looking)", "文件格式（默认自动识别）"),
)
@option(
    "--encoding",
    metavar="NAME",
    words=Words("the text's encoding (found by looking)", "文本编码（默认自动识别）"),
)
@option(
    "--delimiter",
    metavar="CHARACTER",
    words=Words("what separates the fields of a CSV (found by looking)", "CSV 的分隔符（默认自动识别）"),
)
@option(
    "--sheet",
    metavar="NAME",
    words=Words("the sheet of an XLSX file (the first)", "XLSX 的工作表（默认第一个）"),
)
@option(
    "--on-conflict",
    type=click.Choice(["refuse", "first", "last"]),
    default="refuse",
    words=Words(
        "which row counts where the same openid is wanted in different groups (refuse)",
        "同一 openid 要进不同分组时以哪一行为准（默认 refuse：拒绝）",
    ),
)
@option(
    "--first",
    multiple=True,
    metavar="GROUP",
    words=Words(
        "fill this group before the others (may be given several times, in order)",
        "优先移入此分组（可多次给出，按先后顺序）",
    ),
)
@option(
    "--report",
    metavar="FILE",
    words=Words(
        "write the rows with problems and their numbers into this file (.csv, .xlsx or .json)",
        "把有问题的行连同行号写入此文件（.csv、.xlsx 或 .json）",
    ),
)
@option(
    "--reserve",
    default="0",
    metavar="CALLS",
    words=Words(
        "leave so many of each day's moving calls to the account's other systems, or a share: 20% (0)",
        "每天为其他系统留出多少次移动接口调用，或比例，如 20%（默认 0）",
    ),
)
@FORMAT
@OUTPUT
@option(
    "--detailed-exitcode",
    is_flag=True,
    words=Words("end with 3 where anything would be done", "有改动时退出码为 3"),
)
@MIRROR
@on_account()
async def plan(session: Session, file: str | None, **options: Unpack[Options]) -> int:
    """Read, compare, show; write the plan where that is asked for."""
    from fenzu.regroup._asking.present import Asking
    from fenzu.regroup._books.saving import check_may_write, write_plan
    from fenzu.regroup._planned import Wanted, plan_wishes
    from fenzu.regroup._planning.cost import read_reserve

    streams, directory = session.streams, session.client.directory
    reserve = read_reserve(options["reserve"])
    check_places(file, options)
    if options["out"] is not None:
        check_may_write(options["out"], replace=options["replace"])
    wanted = Wanted(
        create=options["create"],
        rename_where_cheaper=options["rename_where_cheaper"],
        on_conflict=options["on_conflict"],
        reserve=reserve,
        first=options["first"],
    )
    with open_mirror(options["mirror"], directory.base_url, directory.appid, read_only=True) as mirror:
        with interruptible():  # a list may come from a keyboard, or take long to read
            wishes = read_source(file, options, mirror, streams)
        planned = await plan_wishes(wishes, Asking(directory), mirror, wanted)
    if options["report"] is not None:
        write_report(options["report"], planned.problems, streams.language)
        tell_report(planned.problems, options["report"], streams)
    planned.check()
    place = options["out"]
    # Written first: who shows it in a pager, and leaves that early, has the plan all the same.
    written = None if place is None else write_plan(planned.plan, place, replace=options["replace"])
    show(planned.view(), streams, options["form"], options["output"])
    if options["output"] is not None or not streams.drawn:
        tell_notes(planned, streams)
    if written is None:
        tell_next(planned, streams)
    else:
        tell_written(written, streams)
    return main.CHANGES if options["detailed_exitcode"] and not planned.plan.is_empty else main.DONE


def check_places(file: str | None, options: Options) -> None:
    """Raise `UsageError` where one thing would be written over another, before anything is read."""
    report, output = options["report"], options["output"]
    if report is not None:
        check_report(report, file, options["out"], output)
    if output is not None:
        check_output(output, file, options["out"])


def tell_report(problems: "Problems", report: str, streams: "Streams") -> None:
    """Say where the rows with problems are, and how many."""
    rows = f"{len(problems):,}"
    streams.say(
        Words(f"Rows with problems: {rows}, listed in {report}.", f"有问题的行：{rows}，详见 {report}。")
    )


def tell_notes(planned: "Planned", streams: "Streams") -> None:
    """Say what is worth a note to who has not seen it beside the plan: that went into a file or a pipe."""
    for note in planned.notes:
        streams.say(Words(f"Note: {note.en}.", f"注意：{note.zh}。"))


def tell_next(planned: "Planned", streams: "Streams") -> None:
    """Say that nothing was written, and how it is."""
    if not planned.plan.is_empty:
        streams.say(
            Words(
                "Nothing was written or changed. To keep the plan: --out FILE.",
                "没有写出文件，也没有任何改动。要保存计划，请加 --out 文件。",
            )
        )


def tell_written(written: "Written", streams: "Streams") -> None:
    """Say where the plan is, and what comes next."""
    where = place_words(written.where, written.number)
    streams.say(
        Words(
            f"The plan is written. Next: fenzu regroup show {where}; fenzu regroup apply {where}",
            f"计划已写出。下一步：fenzu regroup show {where}；fenzu regroup apply {where}",
        )
    )

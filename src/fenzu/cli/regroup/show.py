"""`fenzu regroup show`: what a plan would do, as a person or a program reads it. Asks the platform nothing."""

from fenzu.cli.command import command
from fenzu.cli.on_account import JSON, streams_of
from fenzu.cli.regroup.place import PLAN, RUN
from fenzu.cli.regroup.rendering import FORMAT, OUTPUT, SHOWN, Form, show
from fenzu.wire.words import Words


@command(
    None,
    "show",
    words=Words("show what a plan would do", "显示计划内容"),
    details=Words(
        "Reads the plan only; asks the platform nothing. Refuses a plan that was changed after it was made.\n"
        + SHOWN.en,
        "只读取计划，不调用平台接口。生成后被改动过的计划会被拒绝。\n" + SHOWN.zh,
    ),
    examples=(
        "fenzu regroup show crm.plan",
        "fenzu regroup show crm.plan --format html --output crm.html",
    ),
)
@PLAN
@FORMAT
@OUTPUT
@RUN
@JSON
def show_plan(plan: str, form: Form, output: str | None, number: int | None, as_json: bool) -> None:
    """Open the plan, check its digest, and show it."""
    from fenzu.regroup._books.opening import open_run
    from fenzu.regroup._render.view import view_of
    from fenzu.regroup._running.stale import check_digest

    streams = streams_of(as_json=as_json)
    with open_run(plan, number, read_only=True) as run:
        book = run.planned
        check_digest(book)
        view = view_of(book.header, book.groups, book.creates, book.renames, book.deletes, book.batches())
    show(view, streams, form, output)

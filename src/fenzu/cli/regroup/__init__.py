"""`fenzu regroup …`: from a table of who belongs where to a reviewed plan, carried out, checked, taken back."""

from fenzu.cli.command import LazyGroup
from fenzu.cli.language import Line
from fenzu.cli.root import Entry

TABLE: dict[str, Entry] = {
    "plan": Entry(
        "fenzu.cli.regroup.plan:plan",
        Line("make a plan from a table of who belongs where", "根据名单制定计划"),
    ),
    "show": Entry("fenzu.cli.regroup.show:show_plan", Line("show what a plan would do", "显示计划内容")),
    "apply": Entry("fenzu.cli.regroup.apply:apply", Line("carry a plan out", "执行计划")),
    "resume": Entry(
        "fenzu.cli.regroup.apply:resume", Line("go on with a plan that stopped", "继续执行已停止的计划")
    ),
    "status": Entry(
        "fenzu.cli.regroup.status:status", Line("tell how far plans have come", "查看计划的进度")
    ),
    "report": Entry(
        "fenzu.cli.regroup.report:report",
        Line("tell what has become of a plan", "报告计划的执行结果"),
    ),
    "verify": Entry(
        "fenzu.cli.regroup.verify:verify",
        Line("compare the platform with the plan", "核对平台与计划"),
    ),
    "undo": Entry("fenzu.cli.regroup.undo:undo", Line("take a plan back", "撤销计划")),
}

regroup = LazyGroup(
    "regroup",
    table=TABLE,
    words=Line(
        "Regroup followers in bulk: plan, apply, verify, undo.",
        "批量分组：制定计划、执行、核对、撤销。",
    ),
    examples=("fenzu regroup verify crm.plan", "fenzu regroup report crm.plan"),
)

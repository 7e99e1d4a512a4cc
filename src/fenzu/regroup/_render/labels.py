"""The names of states, kinds and reasons as a person reads them. A pipe and JSON keep the names themselves."""

from collections.abc import Mapping

from fenzu.wire.words import Words

STATES = {
    "planned": Words("planned", "未开始"),
    "queued": Words("queued", "排队中"),
    "running": Words("running", "执行中"),
    "broken": Words("broken: its process ended unexpectedly", "进程异常结束"),
    "stopped": Words("stopped", "已停止"),
    "done": Words("done", "完成"),
}
KINDS = {"apply": Words("apply", "执行"), "undo": Words("undo", "撤销")}
REASONS = {
    "interrupted": Words("interrupted", "被中断"),
    "reserve": Words("reserve", "只剩预留额度"),
    "failures": Words("failures", "失败过多"),
    "lost": Words("lost", "失去租约"),
}
"""Others are a code of the platform or the name of an error."""
ELSEWHERE = {"elsewhere": Words("elsewhere", "在别处"), "gone": Words("gone", "已取消关注")}
LEFT_ALONE = {
    "moved_since": Words("moved since", "之后被移动"),
    "gone": Words("gone", "已取消关注"),
    "group_gone": Words("group gone", "原分组已删除"),
}


def label(names: Mapping[str, Words], name: str) -> Words:
    """Return what a name is called; one that is not known here goes by itself."""
    return names.get(name, Words(name, name))


def state_label(state: str, reason: str) -> Words:
    """Return a state, with its reason in brackets where there is one."""
    called = label(STATES, state)
    if not reason:
        return called
    why = label(REASONS, reason)
    return Words(f"{called.en} ({why.en})", f"{called.zh}（{why.zh}）")

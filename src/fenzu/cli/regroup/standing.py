"""How a run stands, told to a person: what it is, how far it has come, what to do next."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.moments import moment
from fenzu.cli.regroup.place import place_words
from fenzu.regroup._render.labels import label, state_label
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._settling.standing import Standing


_TITLES = {"apply": Words("plan", "计划"), "undo": Words("undo", "撤销")}
_COLUMNS = (Column(Words("what", "项目")), Column(Words("", "")))


def tell(standing: "Standing", streams: Streams) -> None:
    """Show it line by line, and say what to do next."""
    rows = [(title.say(streams.language), value.say(streams.language)) for title, value in _lines(standing)]
    streams.rows(_COLUMNS, rows)
    from fenzu.regroup._books.handing import HANDED

    command = NEXT.get(standing.state)
    if command is not None and standing.reason != HANDED:  # such a one goes on elsewhere
        told = f"fenzu regroup {command} {harmless(place_words(standing.plan, standing.run))}"
        streams.say(Words(f"Next: {told}", f"下一步：{told}"))


NEXT = {"planned": "apply", "broken": "resume", "stopped": "resume"}


def _lines(standing: "Standing") -> Iterator[tuple[Words, Words]]:
    yield label(_TITLES, standing.kind), _same(standing.plan)
    yield Words("account", "账号"), _same(f"{standing.appid} {standing.base_url}")
    yield Words("state", "状态"), state_label(standing.state, standing.reason)
    if standing.queued_until is not None:
        yield Words("not before", "不早于"), _same(moment(int(standing.queued_until)))
    yield (
        Words("moved", "已移动"),
        Words(
            f"{standing.moved:,} of {standing.followers:,}",
            f"{standing.followers:,} 个中的 {standing.moved:,} 个",
        ),
    )
    yield Words("failed", "失败"), _same(f"{standing.failed:,}")
    yield Words("calls", "调用次数"), _same(f"{standing.calls:,}")
    yield Words("since", "自"), _same(moment(int(standing.changed_at)))


def _same(text: str) -> Words:
    return Words(text, text)

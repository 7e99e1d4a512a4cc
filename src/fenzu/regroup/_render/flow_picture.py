"""The picture of a plan: groups as they are at the left, as they will be at the right, bands between them (SVG).

A band is as thick as the followers in it are many. Colours come from the page's style, so that they suit its light.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from fenzu.regroup._render.escape import html, printable, short
from fenzu.regroup._render.view import View
from fenzu.regroup._render.words import number
from fenzu.regroup._values import Flow
from fenzu.wire.words import Language, Words

NODES = 12
"""So many groups stand at each side; the smaller ones stand together as one."""
COLOURS = 12
OTHERS = 10**18
"""What the groups that stand together are called instead of an id."""
WIDTH, LABEL, BAR = 960.0, 250.0, 12.0
PLOT, LINE, GAP, TOP = 340.0, 22.0, 8.0, 34.0
EACH = 90.0
"""So high a single flow is drawn; more of them share the height."""
COLUMNS = 20
REST = Words("other groups", "其他分组")
NOW, THEN = Words("now", "现在"), Words("afterwards", "之后")
ABOUT = Words("Who moves from which group to which", "粉丝从哪个分组移到哪个分组")


class Node(msgspec.Struct, frozen=True):
    """A group at one side: where it stands, and how thick."""

    group_id: int
    followers: int
    y: float
    height: float


class Band(msgspec.Struct, frozen=True):
    """A flow: where its upper edge begins and ends, and how thick it is."""

    flow: Flow
    begins: float
    ends: float
    height: float


class Layout(msgspec.Struct, frozen=True):
    """Where everything stands."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[Band, ...]
    height: float


def picture(view: View, language: Language) -> str:
    """Return the picture as one `<svg>` element; there has to be at least one flow."""
    layout = lay_out(view.flows)
    colours = {node.group_id: f"c{at % COLOURS}" for at, node in enumerate(layout.right)} | {OTHERS: "rest"}

    def before(group_id: int) -> str:
        return REST.say(language) if group_id == OTHERS else view.name_before(group_id) or str(group_id)

    def after(group_id: int) -> str:
        return REST.say(language) if group_id == OTHERS else view.name_after(group_id) or str(group_id)

    pieces = [
        f'<svg viewBox="0 0 {WIDTH:.0f} {layout.height:.0f}" role="img" aria-label="{html(ABOUT.say(language))}">',
        _text(LABEL, 16, NOW.say(language), "side end"),
        _text(WIDTH - LABEL, 16, THEN.say(language), "side"),
    ]
    for band in layout.bands:
        told = f"{before(band.flow.source)} → {after(band.flow.target)}: {number(band.flow.followers)}"
        pieces.append(_band(band, colours[band.flow.target], told))
    for node in layout.left:
        pieces += _node(node, LABEL - BAR, "bar", LABEL - BAR - 8, " end", before(node.group_id))
    for node in layout.right:
        colour = f"bar {colours[node.group_id]}"
        pieces += _node(node, WIDTH - LABEL, colour, WIDTH - LABEL + BAR + 8, "", after(node.group_id))
    return "\n".join([*pieces, "</svg>"])


def lay_out(flows: Sequence[Flow]) -> Layout:
    """Place the larger groups at both sides, the largest at the top, and a band for each flow between them."""
    gathered = _gathered(flows)
    total = sum(flow.followers for flow in gathered)
    plot = min(PLOT, EACH * len(gathered))
    left = _column(_totals(gathered, at_source=True), plot / total)
    right = _column(_totals(gathered, at_source=False), plot / total)
    height = max(_end(left), _end(right))
    left, right = _centred(left, height), _centred(right, height)
    return Layout(left, right, tuple(_between(gathered, left, right)), height + GAP)


def _gathered(flows: Sequence[Flow]) -> list[Flow]:
    """Return the flows with the smaller groups of each side put together."""
    sources, targets = (
        {group_id for group_id, _ in _totals(flows, at_source=side)[:NODES]} for side in (True, False)
    )
    counted: Counter[tuple[int, int]] = Counter()
    for flow in flows:
        source = flow.source if flow.source in sources else OTHERS
        target = flow.target if flow.target in targets else OTHERS
        counted[source, target] += flow.followers
    return [Flow(source, target, n) for (source, target), n in counted.items()]


def _totals(flows: Sequence[Flow], *, at_source: bool) -> list[tuple[int, int]]:
    """Return groups and their followers at one side, the largest first and the rest last."""
    counted: Counter[int] = Counter()
    for flow in flows:
        counted[flow.source if at_source else flow.target] += flow.followers
    return sorted(counted.items(), key=lambda found: (found[0] == OTHERS, -found[1], found[0]))


def _column(totals: Sequence[tuple[int, int]], scale: float) -> tuple[Node, ...]:
    """Stack the groups of one side; each has room for a line of text."""
    nodes, y = [], TOP
    for group_id, followers in totals:
        height = max(followers * scale, 2.0)
        nodes.append(Node(group_id, followers, y + max(LINE - height, 0) / 2, height))
        y += max(height, LINE) + GAP
    return tuple(nodes)


def _end(nodes: Sequence[Node]) -> float:
    last = nodes[-1]
    return last.y + last.height + max(LINE - last.height, 0) / 2


def _centred(nodes: Sequence[Node], height: float) -> tuple[Node, ...]:
    down = (height - _end(nodes)) / 2
    return tuple(msgspec.structs.replace(node, y=node.y + down) for node in nodes)


def _between(flows: Sequence[Flow], left: Sequence[Node], right: Sequence[Node]) -> Iterator[Band]:
    """Yield the bands: at each side they stand in the order of the other side's groups, so that few cross."""
    rows = {node.group_id: at for at, node in enumerate(left)}
    columns = {node.group_id: at for at, node in enumerate(right)}
    ends: dict[tuple[int, int], float] = {}
    used = [0.0] * len(right)
    for flow in sorted(flows, key=lambda flow: rows[flow.source]):
        node = right[columns[flow.target]]
        ends[flow.source, flow.target] = node.y + used[columns[flow.target]]
        used[columns[flow.target]] += node.height * flow.followers / node.followers
    used = [0.0] * len(left)
    for flow in sorted(flows, key=lambda flow: (rows[flow.source], columns[flow.target])):
        node = left[rows[flow.source]]
        height = node.height * flow.followers / node.followers
        yield Band(flow, node.y + used[rows[flow.source]], ends[flow.source, flow.target], height)
        used[rows[flow.source]] += height


def _band(band: Band, colour: str, told: str) -> str:
    height = max(band.height, 1.0)
    upper = _curve(LABEL, band.begins, WIDTH - LABEL, band.ends)
    lower = _curve(WIDTH - LABEL, band.ends + height, LABEL, band.begins + height)
    return f'<path class="band {colour}" d="M{upper} L{lower} Z"><title>{html(told)}</title></path>'


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"{x:.0f},{y:.1f} C{middle:.0f},{y:.1f} {middle:.0f},{to_y:.1f} {to_x:.0f},{to_y:.1f}"


def _node(node: Node, x: float, style: str, at: float, side: str, name: str) -> Iterator[str]:
    yield f'<rect class="{style}" x="{x:.0f}" y="{node.y:.1f}" width="{BAR:.0f}" height="{node.height:.1f}" rx="2"/>'
    shown = f"{html(short(printable(name), COLUMNS))}"
    count = f'<tspan class="count" dx="6">{number(node.followers)}</tspan>'
    y = node.y + node.height / 2 + 4.5
    yield f'<text class="name{side}" x="{at:.0f}" y="{y:.1f}"><title>{html(name)}</title>{shown}{count}</text>'


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.0f}" y="{y:.0f}">{html(text)}</text>'

"""What a benchmark hands back, and how it is shown: rows of figures, as text, Markdown or JSON. It measures nothing."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

import msgspec


class Bound(msgspec.Struct, frozen=True):
    """A figure to reach: at most or at least so much, of the ratio to the peer or of our own value."""

    sign: Literal["<=", ">="]
    limit: float
    of: Literal["ratio", "value"] = "ratio"

    def is_met(self, value: float) -> bool:
        return value <= self.limit if self.sign == "<=" else value >= self.limit

    def told(self, unit: str) -> str:
        sign = "≤" if self.sign == "<=" else "≥"
        return f"{sign} {shown(self.limit)} {'×' if self.of == 'ratio' else unit}"


def at_most(limit: float, of: Literal["ratio", "value"] = "ratio") -> Bound:
    return Bound("<=", limit, of)


def at_least(limit: float, of: Literal["ratio", "value"] = "ratio") -> Bound:
    return Bound(">=", limit, of)


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One figure. Without a bound it is told for information; `lacking` says why something could not be measured."""

    what: str
    unit: str
    ours: float | None = None
    peer: float | None = None
    peer_name: str = ""
    ratio: float | None = None
    bound: Bound | None = None
    lacking: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the figure was reached; None where none is wanted, or nothing was measured."""
        value = self.ratio if self.bound is not None and self.bound.of == "ratio" else self.ours
        return None if self.bound is None or value is None or self.lacking else self.bound.is_met(value)


def compare(
    what: str,
    unit: str,
    ours: Sequence[float],
    peer: Sequence[float],
    peer_name: str,
    bound: Bound | None = None,
) -> Row:
    """Compare two sides measured in the same rounds: the ratio is the median of each round's own ratio."""
    ratio = median(mine / other for mine, other in zip(ours, peer, strict=True))
    return Row(what, unit, median(ours), median(peer), peer_name, ratio, bound)


def lone(what: str, unit: str, ours: float, bound: Bound | None = None) -> Row:
    """A figure that needs no peer."""
    return Row(what, unit, ours, bound=bound)


def lacking(what: str, unit: str, peer_name: str, why: str, bound: Bound | None = None) -> Row:
    """A figure that could not be measured, so that it is told and not left out."""
    return Row(what, unit, peer_name=peer_name, bound=bound, lacking=why)


class Part(msgspec.Struct, frozen=True):
    """What one benchmark found."""

    name: str
    rows: list[Row]
    seconds: float = 0.0


class Report(msgspec.Struct, frozen=True):
    """A whole run: where, of what, how long, and the figures."""

    machine: dict[str, str]
    quick: bool
    parts: list[Part]

    def json(self) -> str:
        """One JSON value, with `met` spelled out."""
        value = msgspec.to_builtins(self)
        for part, found in zip(value["parts"], self.parts, strict=True):
            for row, figure in zip(part["rows"], found.rows, strict=True):
                row["met"] = figure.met
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()

    def text(self) -> str:
        """Return a table for a terminal."""
        lines = [f"{name:<10}{value}" for name, value in self.machine.items()]
        if self.quick:
            lines.append(QUICK)
        table = [HEAD, *(_cells(part.name, row) for part in self.parts for row in part.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines.append("")
        lines += ["  ".join(map(_pad, cells, widths, RIGHT)).rstrip() for cells in table]
        return "\n".join([*lines, "", self.summary()])

    def markdown(self) -> str:
        """Return the same as a Markdown table, for README.md."""
        lines = [f"- {name}: {value}" for name, value in self.machine.items()]
        if self.quick:
            lines.append(f"- {QUICK}")
        lines += ["", _line(HEAD), _line(["--:" if right else "---" for right in RIGHT])]
        lines += [_line(_cells(part.name, row)) for part in self.parts for row in part.rows]
        return "\n".join([*lines, "", self.summary()])

    def summary(self) -> str:
        """Return how many figures were reached."""
        met = [row.met for part in self.parts for row in part.rows if row.bound is not None]
        told = f"{met.count(True)} figures met, {met.count(False)} missed, {met.count(None)} not measured"
        return f"{told}; {sum(part.seconds for part in self.parts):.0f} s"


QUICK = "a quick run: short rounds and small stores, to try the benchmarks and not to judge fenzu"
HEAD = ["benchmark", "what", "ours", "peer", "", "ratio", "wanted", "met"]
RIGHT = [False, False, True, True, False, True, True, False]
MET = {True: "yes", False: "NO", None: ""}


def _cells(name: str, row: Row) -> list[str]:
    if row.lacking:
        outcome = ["–", "–", row.peer_name, "–", row.bound.told(row.unit) if row.bound else "", row.lacking]
        return [name, row.what, *outcome]
    return [
        name,
        row.what,
        f"{shown(row.ours)} {row.unit}",
        "" if row.peer is None else f"{shown(row.peer)} {row.unit}",
        row.peer_name,
        "" if row.ratio is None else f"{shown(row.ratio)} ×",
        row.bound.told(row.unit) if row.bound else "",
        MET[row.met],
    ]


def shown(value: float | None) -> str:
    """Return three digits that matter, large numbers with thousands apart."""
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _pad(cell: str, width: int, right: bool) -> str:
    return cell.rjust(width) if right else cell.ljust(width)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

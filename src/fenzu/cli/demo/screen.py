"""What the demo shows, and its record for `--json`. Knows how a step looks, not what it does."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size

import msgspec

from fenzu.cli.demo.next_steps import next_steps
from fenzu.cli.demo.telling import Exchange
from fenzu.cli.io import Streams, harmless
from fenzu.cli.width import pad, width
from fenzu.errors import ApiError
from fenzu.model import Group
from fenzu.wire.words import Words

BOLD, DIM, RED, GREEN, CYAN = "1", "2", "1;31", "32", "36"
MARGIN = "   "


class Check(msgspec.Struct, frozen=True):
    """Something that was compared."""

    what: str
    wanted: object
    found: object
    ok: bool


class StepRecord(msgspec.Struct):
    """What happened in a step. Of many calls that are alike, the first and the last are kept."""

    title: str
    made: int = 0
    """How many calls there were."""
    calls: list[Exchange] = []
    errors: list[str] = []
    checks: list[Check] = []


class Calls:
    """What was called meanwhile, and how often."""

    def __init__(self) -> None:
        self._paths: Counter[str] = Counter()
        self.last: Exchange | None = None

    @property
    def count(self) -> int:
        """How many calls were made."""
        return self._paths.total()

    def to(self, *paths: str) -> int:
        """How many of them went to one of these paths: `groups/create`."""
        return sum(self._paths[f"/cgi-bin/{path}"] for path in paths)

    def add(self, exchange: Exchange) -> None:
        """Count a call."""
        self._paths[exchange.path.partition("?")[0]] += 1
        self.last = exchange


class Screen:
    """Shows the demo while it goes on; with `--json` it shows nothing until the end."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._steps: list[StepRecord] = []
        self._brief: Calls | None = None
        self._columns = max(get_terminal_size((100, 24)).columns if streams.drawn else 100, 60)

    def open(self, base_url: str, appid: str, folder: Path) -> None:
        """Say where the demo takes place."""
        self._write(self._paint("fenzu demo", BOLD))
        where = Words(
            f"A sandbox at {base_url} with its data in {folder}; account {appid}. Nothing below is made up:",
            f"沙箱 {base_url}，数据在 {folder}，账号 {appid}。下面全是真实的调用：",
        )
        self._write(where.say(self._streams.language))

    def begin(self, number: int, title: Words) -> None:
        """Begin a step."""
        text = title.say(self._streams.language)
        self._steps.append(StepRecord(text))
        self._write("")
        self._write(self._paint(f"{number}. {text}", BOLD))

    def hear(self, exchange: Exchange) -> None:
        """Take note of a call; show it, or only the first where many follow that are alike."""
        self._steps[-1].made += 1
        if self._brief is None or self._brief.count == 0:
            self._keep(exchange)
        if self._brief is not None:
            self._brief.add(exchange)

    @contextmanager
    def briefly(self) -> Iterator[Calls]:
        """Show of many calls the first, the last, and how many there were between."""
        self._brief = calls = Calls()
        yield calls
        self._brief = None
        if calls.count > 2:
            between = f"{calls.count - 2:,}"
            self.note(Words(f"… {between} more calls …", f"…… 另外 {between} 次调用 ……"))
        if calls.last is not None and calls.count > 1:
            self._keep(calls.last)

    def note(self, words: Words) -> None:
        """Add a remark."""
        self._write(MARGIN + self._paint(harmless(words.say(self._streams.language)), DIM))

    def table(self, groups: Sequence[Group]) -> None:
        """Draw the groups."""
        heads = (Words("id", "id"), Words("name", "名称"), Words("followers", "人数"))
        title = tuple(head.say(self._streams.language) for head in heads)
        rows = [(str(group.id), harmless(group.name), f"{group.count or 0:,}") for group in groups]
        wide = [max(width(row[column]) for row in (title, *rows)) for column in range(3)]
        self._write("")
        for row in (title, *rows):
            number, name, count = row
            gap = " " * (wide[0] - width(number))
            line = f"{gap}{number}  {pad(name, wide[1])}  {' ' * (wide[2] - width(count))}{count}"
            self._write(f"{MARGIN}  {self._paint(line, DIM) if row is title else line}")
        self._write("")

    def explain(self, error: ApiError) -> None:
        """Show an error as fenzu tells it."""
        text = error.say(self._streams.language)
        self._steps[-1].errors.append(text)
        self._write(f"{MARGIN}{self._paint('!', RED)} {type(error).__name__}: {harmless(text)}")

    def judge(self, what: Words, wanted: object, found: object, *, plain: bool) -> None:
        """Show whether something is as it should be; `plain` where the words say already what was found."""
        text = what.say(self._streams.language)
        check = Check(text, wanted, found, wanted == found)
        self._steps[-1].checks.append(check)
        if check.ok:
            shown = "" if plain else f": {_brief(found)}"
            self._write(f"{MARGIN}{self._paint('✓', GREEN)} {text}{shown}")
        else:
            self._write(f"{MARGIN}{self._paint('✗', RED)} {text}")
            self._write(f"{MARGIN}  {Words('wanted', '应为').say(self._streams.language)} {wanted}")
            self._write(f"{MARGIN}  {Words('found', '实为').say(self._streams.language)} {found}")

    def all_as_expected(self) -> bool:
        """Tell whether every check held."""
        return all(check.ok for step in self._steps for check in step.checks)

    def close(self, appid: str, secret: str) -> None:
        """Say how it went, and what to try next."""
        if self._streams.as_json:
            self._streams.json({"ok": self.all_as_expected(), "steps": self._steps})
            return
        checks = [check for step in self._steps for check in step.checks]
        calls = f"{sum(step.made for step in self._steps):,}"
        good = sum(check.ok for check in checks)
        self._write("")
        outcome = Words(
            f"{calls} calls, {good} of {len(checks)} checks hold.",
            f"共 {calls} 次调用，{len(checks)} 项核对中 {good} 项相符。",
        )
        self._write(self._paint(outcome.say(self._streams.language), GREEN if good == len(checks) else RED))
        self._write(next_steps(appid, secret).say(self._streams.language))

    def _keep(self, exchange: Exchange) -> None:
        self._steps[-1].calls.append(exchange)
        call = f"{exchange.method} {exchange.path}"
        body = self._cut(f" {exchange.body}" if exchange.body else "", width(MARGIN + call))
        self._write(f"{MARGIN}{self._paint(call, CYAN)}{body}")
        self._write(f"{MARGIN}{self._paint('←', DIM)} {self._cut(exchange.answer, len(MARGIN) + 2)}")

    def _cut(self, text: str, used: int) -> str:
        """Cut a text to what is left of the line."""
        text, room = harmless(text), self._columns - used - 1
        if width(text) <= room:
            return text
        kept, filled = "", 0
        for character in text:
            filled += width(character)
            if filled > room - 1:
                break
            kept += character
        return kept + "…"

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._streams.paints_out else text

    def _write(self, line: str) -> None:
        if not self._streams.as_json:
            self._streams.raw(line)


def _brief(found: object) -> str:
    values = found if isinstance(found, tuple | list) else (found,)
    return ", ".join(f"{value:,}" if isinstance(value, int) else str(value) for value in values)

"""`fenzu mirror forget-moves`: old moves go from a mirror, after a question."""

import json
import time
from pathlib import Path

import pytest

from fenzu.mirror import Mirror
from tests.cli.conftest import ACCOUNT, Shell

OPENID = f"o{0:027}"
FORGET = ("mirror", "forget-moves", "--older-than")


@pytest.fixture
def place(shell: Shell, tmp_path: Path) -> Path:
    """A mirror with a move from long ago and one of just now."""
    place = tmp_path / "mirror.db"
    shell.setenv(FENZU_MIRROR=str(place))
    assert shell.run("mirror", "sync").code == 0
    with opened(place) as mirror:
        mirror.moved([OPENID], 100, 1_700_000_000)
        mirror.moved([OPENID], 101, time.time())
    return place


def opened(place: Path) -> Mirror:
    return Mirror.open(str(place), ACCOUNT["FENZU_BASE_URL"], ACCOUNT["FENZU_APPID"])


def kept(place: Path) -> list[int]:
    """Return where the moves that are kept have led, the newest first."""
    with opened(place) as mirror:
        return [move.target for move in mirror.history(OPENID)]


def test_what_is_older_is_forgotten(shell: Shell, place: Path) -> None:
    """Moves from longer ago than so many days go, without a call, and what stays is told."""
    shell.platform.seen.clear()
    outcome = shell.run(*FORGET, "365d")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith("1 move forgotten; those since 20")
    assert (kept(place), shell.calls()) == ([101], [])
    told = json.loads(shell.run(*FORGET, "0d", "--json").out)
    assert told["moves"] == 1
    with opened(place) as mirror:
        assert mirror.moves_since == told["before"]
    assert kept(place) == []


def test_a_person_is_asked_first(shell: Shell, place: Path) -> None:
    """On a terminal only a yes forgets anything, unless --yes has said so before."""
    refused = shell.run(*FORGET, "365d", stdin="n\n", terminal=True)
    assert refused.code == 1
    assert "They cannot be brought back. [y/N]" in refused.err
    assert refused.err.endswith("Nothing was forgotten.\n")
    assert kept(place) == [101, 100]
    assert shell.run(*FORGET, "365d", stdin="y\n", terminal=True).code == 0
    assert kept(place) == [101]
    assert "[y/N]" not in shell.run(*FORGET, "0d", "--yes", terminal=True).err
    assert kept(place) == []


def test_it_is_told_in_chinese(shell: Shell, place: Path) -> None:
    """Question and outcome are in the reader's language."""
    shell.setenv(FENZU_LANG="zh")
    outcome = shell.run(*FORGET, "365d", stdin="是\n", terminal=True)
    assert "之前的移动记录？清除后无法恢复。" in outcome.err
    assert "已清除 1 条移动记录，保留 20" in outcome.err


@pytest.mark.parametrize("arguments", [("mirror", "forget-moves"), (*FORGET, "soon")])
def test_without_a_span_nothing_is_forgotten(shell: Shell, place: Path, arguments: tuple[str, ...]) -> None:
    """How old is old has to be said, in a span of time."""
    assert shell.run(*arguments, "--yes").code == 2
    assert kept(place) == [101, 100]


def test_a_mirror_that_is_not_there_is_not_made(shell: Shell, tmp_path: Path) -> None:
    """A mistyped place is told as such, with the next step, and no empty mirror stands there afterwards."""
    outcome = shell.run(*FORGET, "1d", "--mirror", str(tmp_path / "mistyped.db"))
    assert outcome.code == 1
    assert "there is no mirror at" in outcome.err
    assert list(tmp_path.glob("mistyped*")) == []


def test_nothing_is_older_than_time(shell: Shell, place: Path) -> None:
    """A span that reaches back before all clocks forgets nothing, and says so in a date that one can read."""
    outcome = shell.run(*FORGET, "999999999d")
    assert outcome.err == "0 moves forgotten; those since 1970-01-01T00:00:00Z are kept.\n"
    assert kept(place) == [101, 100]
